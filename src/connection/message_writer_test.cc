#include "connection/message_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/scope.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::connection {
namespace {

/// A writer whose peer takes nothing, until it is asked to.
class MessageWriterTest : public testing::Test {
 protected:
  MessageWriterTest() {
    world.wire().faults().buffer_min = world.wire().faults().buffer_max = 100;
    tasks.start(connect(*this));
    tasks.start(accept(*this));
    world.run_until_idle();
    writer = std::make_unique<MessageWriter>(*near);
  }
  ~MessageWriterTest() override { tasks.cancel_all(); }

  static Task<void> connect(MessageWriterTest& test) {
    const net::Address address = test.listener->address();
    auto made = co_await test.network.connect(address, never);
    test.near = *std::move(made);
  }
  static Task<void> accept(MessageWriterTest& test) {
    auto accepted = co_await test.listener->accept();
    test.far = std::move(accepted->stream);
  }
  static Task<void> write_last(MessageWriter& to, std::string_view body) {
    (void)co_await to.write(body, http::Last::yes, 0ms);
  }
  static Task<void> read_all(net::Stream& from) {
    std::array<char, 100> buffer;
    for (bool more = true; more;) {
      const auto count = co_await from.read(buffer, never);
      more = count && *count > 0;
    }
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  sim::SimNetwork network{world.wire(), loop};
  std::unique_ptr<net::Listener> listener =
      network.listen({.address = sim::SimNetwork::loopback()}).value();
  std::unique_ptr<net::Stream> near, far;
  std::unique_ptr<MessageWriter> writer;
  const std::string body = std::string(1000, 'b');
  runtime::Scope tasks{loop};
};

TEST_F(MessageWriterTest, IsCompleteWhenTheKernelHasTheLastByteAndNotBefore) {
  writer->begin_body({.kind = BodyFraming::Kind::chunked});
  tasks.start(write_last(*writer, body));
  world.run_until_idle();
  EXPECT_FALSE(writer->complete());
  tasks.start(read_all(*far));
  world.run_until_idle();
  EXPECT_TRUE(writer->complete());
}

TEST_F(MessageWriterTest, IsNotCompleteWhereItsLastWriteIsCancelled) {
  writer->begin_body({.kind = BodyFraming::Kind::known, .bytes = body.size()});
  tasks.start(write_last(*writer, body));
  world.run_until_idle();
  tasks.cancel_all();
  EXPECT_FALSE(writer->complete());
}

}  // namespace
}  // namespace minato::connection
