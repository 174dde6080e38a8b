#include "cli/demo_origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/background_server.h"
#include "cli/control_client.h"

namespace minato::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// An origin at a Unix socket, so that the client of the control socket can ask it.
class DemoOriginTest : public testing::Test {
 protected:
  DemoOriginTest() {
    EXPECT_TRUE(server->listen(*net::Address::unix_path(socket),
                               std::make_unique<DemoOrigin>(server->loop(), "origin A", 0ms)));
    server->start();
  }
  ControlAnswer get(std::string_view path) {
    return ask({.socket = socket, .method = "GET", .path = path}).value();
  }

  std::string socket = testing::TempDir() + "minato-demo-origin-test.sock";
  std::unique_ptr<BackgroundServer> server = BackgroundServer::make().value();
};

TEST_F(DemoOriginTest, TellsWhoItIsAndWhatReachedIt) {
  const auto answer = get("/x?y=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, StartsWith("This is origin A"));
  EXPECT_THAT(answer.body, HasSubstr("GET /x?y=1\nHost: localhost\n"));
}

TEST_F(DemoOriginTest, StreamsWhereItIsAskedTo) {
  EXPECT_THAT(get("/slow").body, testing::AllOf(StartsWith("data: 1 of"), HasSubstr("data: 5 of")));
}

}  // namespace
}  // namespace minato::cli
