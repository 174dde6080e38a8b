#include "net/fd_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

#include "net/test_loop.h"

namespace minato::net {
namespace {

class FdStreamTest : public LoopTest {
 protected:
  FdStreamTest() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    here = FdStream::make(*loop, Fd(fds[0]), Side::downstream).value();
    there = FdStream::make(*loop, Fd(fds[1]), Side::upstream).value();
  }
  // Tasks that still wait go before the streams that they wait for.
  ~FdStreamTest() override { tasks.cancel_all(); }

  std::unique_ptr<Stream> here, there;
};

Task<void> read_all(Stream& from, std::string& into) {
  std::array<char, 1000> buffer;
  for (;;) {
    const auto count = co_await from.read(buffer, never);
    if (!count || *count == 0) co_return;
    into.append(buffer.data(), *count);
  }
}

Task<void> write_all(Stream& to, std::string text) {
  std::array<iovec, 2> pieces{{{text.data(), 10}, {text.data() + 10, text.size() - 10}}};
  EXPECT_TRUE(co_await to.write(pieces, 0ms));
  to.end_writing();
}

TEST_F(FdStreamTest, MovesMoreThanTheKernelHoldsAndTellsTheEnd) {
  const std::string sent(3'000'000, 'x');
  std::string got;
  start(write_all(*here, sent));
  start(read_all(*there, got));
  settle();
  EXPECT_TRUE(got == sent);
}

Task<void> expect_read_fails(Stream& from, Instant until, Fault fault) {
  std::array<char, 10> buffer;
  const auto count = co_await from.read(buffer, until);
  EXPECT_FALSE(count.has_value());
  if (!count) {
    EXPECT_EQ(count.error().fault, fault);
    EXPECT_EQ(count.error().side, from.side());
  }
}

TEST_F(FdStreamTest, AReadEndsAtItsDeadline) {
  start(expect_read_fails(*here, loop->now() + 1ms, Fault::timed_out));
  settle();
}

TEST_F(FdStreamTest, AnEarlierDeadlineThanTheArmedOneStillHolds) {
  start(expect_read_fails(*here, loop->now() + 1ms, Fault::timed_out));
  settle();
  start(expect_read_fails(*here, loop->now() + 2ms, Fault::timed_out));
  settle();
}

Task<void> abort_it(Stream& stream) {
  stream.abort({Fault::cancelled, stream.side()});
  co_return;
}

TEST_F(FdStreamTest, AbortingFailsWhatWaitsAndAllThatFollows) {
  start(expect_read_fails(*here, never, Fault::cancelled));
  start(abort_it(*here));
  settle();
  start(expect_read_fails(*here, never, Fault::cancelled));
  settle();
}

Task<void> destroy_after_read(std::unique_ptr<Stream>& stream) {
  {
    std::array<char, 10> buffer;
    (void)co_await stream->read(buffer, never);
  }
  stream.reset();
}

TEST_F(FdStreamTest, WhoIsResumedMayDestroyTheStream) {
  start(destroy_after_read(here));
  std::array<iovec, 1> piece{{{const_cast<char*>("a"), 1}}};
  std::span<iovec> pieces = piece;
  EXPECT_TRUE(there->write_now(pieces));
  settle();
  EXPECT_EQ(here, nullptr);
}

struct Noting final : Observer {
  Noting(Stream& stream, runtime::EpollLoop& at) : Observer(stream), loop(at) {}
  void stirred(bool broken) override {
    heard.push_back(broken);
    loop.stop();
  }
  runtime::EpollLoop& loop;
  std::vector<bool> heard;
};

TEST_F(FdStreamTest, AnObserverHearsBytesAndTheEndWhileNobodyReads) {
  Noting observer(*here, *loop);
  std::array<iovec, 1> piece{{{const_cast<char*>("a"), 1}}};
  std::span<iovec> pieces = piece;
  EXPECT_TRUE(there->write_now(pieces));
  loop->run();
  EXPECT_FALSE(observer.heard.back());
  there.reset();
  while (!observer.heard.back()) loop->run();
  EXPECT_TRUE(here->broken());
}

TEST_F(FdStreamTest, QuietMeansNeitherBytesNorEnd) {
  EXPECT_TRUE(here->quiet());
  std::array<iovec, 1> piece{{{const_cast<char*>("a"), 1}}};
  std::span<iovec> pieces = piece;
  EXPECT_TRUE(there->write_now(pieces));
  EXPECT_FALSE(here->quiet());
  here->end_writing();
  EXPECT_FALSE(there->quiet());
}

}  // namespace
}  // namespace minato::net
