// What a client sees of a port that closes, and of a shutdown.
#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

class DrainTest : public LoneProxyTest {
 protected:
  /// A client that was answered, and stays.
  sim::Peer& idle() {
    auto& browser = client(get);
    origin().newest().send(ok);
    EXPECT_EQ(status_of(browser.received()), 200);
    return browser;
  }
  void expect_last_answer(sim::Peer& browser) {
    origin().newest().send(ok);
    EXPECT_THAT(browser.received(),
                AllOf(HasSubstr("\r\nConnection: close\r\n"), EndsWith("\r\n\r\nok")));
    EXPECT_TRUE(browser.heard_end());
    EXPECT_EQ(server.connections(), 0u);
  }
};

TEST_F(DrainTest, IdleConnectionsEndAtOnce) {
  auto& browser = idle();
  server.retire(*port);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
}

TEST_F(DrainTest, AConnectionThatHasNotAskedYetIsStillAnswered) {
  auto& browser = client();
  server.retire(*port);
  (void)browser.received();
  EXPECT_FALSE(browser.heard_all());
  world.advance(1s);
  browser.send(get);
  expect_last_answer(browser);
}

TEST_F(DrainTest, AndSoIsOneOfAProgramThatEnds) {
  auto& browser = client();
  server.drain();
  browser.send(get);
  expect_last_answer(browser);
}

TEST_F(DrainTest, ButItIsNotWaitedForForLong) {
  auto& browser = client();
  server.retire(*port);
  world.advance(1s);
  EXPECT_EQ(server.connections(), 1u);
  world.advance(1s);
  EXPECT_EQ(server.connections(), 0u);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
}

TEST_F(DrainTest, OtherPortsAreLeftAlone) {
  auto& browser = idle();
  const auto other = make_local<connection::Port>();
  server.retire(*other);
  world.advance(3s);
  (void)browser.received();
  EXPECT_FALSE(browser.heard_all());
}

}  // namespace
}  // namespace minato::proxy
