#include "net/fd_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
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

void fill(Stream& stream) {
  const std::string block(1 << 16, 'x');
  std::array<iovec, 1> piece;
  for (std::span<iovec> left; left.empty(); (void)stream.write_now(left)) {
    piece = {{{const_cast<char*>(block.data()), block.size()}}};
    left = piece;
  }
}

Task<void> expect_write_fails(Stream& to, Millis idle, Fault fault) {
  std::array<iovec, 1> piece{{{const_cast<char*>("a"), 1}}};
  const auto written = co_await to.write(piece, idle);
  EXPECT_FALSE(written.has_value());
  if (!written) {
    EXPECT_EQ(written.error().fault, fault);
  }
}

TEST_F(FdStreamTest, AWriteThatFindsNoRoomFromTheStartEndsAtItsDeadline) {
  fill(*here);
  start(expect_write_fails(*here, 1ms, Fault::timed_out));
  settle();
}

std::array<Fd, 2> tcp_pair() {
  const Fd listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener.get(), generic, size), 0);
  EXPECT_EQ(::listen(listener.get(), 1), 0);
  EXPECT_EQ(::getsockname(listener.get(), generic, &size), 0);
  Fd one(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(::connect(one.get(), generic, size), 0);
  Fd other(::accept(listener.get(), nullptr, nullptr));
  for (const Fd* fd : {&one, &other}) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
  return {std::move(one), std::move(other)};
}

Task<void> read_after_failed_write(Stream& stream) {
  (void)co_await stream.readable(never);
  co_await expect_write_fails(stream, 0ms, Fault::reset);
  co_await expect_read_fails(stream, never, Fault::reset);
}

TEST_F(FdStreamTest, AResetThatAWriteWasToldOfIsNoOrderlyEndToTheReader) {
  auto [one, other] = tcp_pair();
  const auto ours = FdStream::make(*loop, std::move(one), Side::upstream).value();
  FdStream::make(*loop, std::move(other), Side::downstream).value()->reset_on_close();
  start(read_after_failed_write(*ours));
  settle();
}

Task<void> read_to_the_urgent_byte(Stream& stream) {
  std::array<char, 10> buffer;
  auto read = co_await stream.read(buffer, never);
  while (read) read = co_await stream.read(buffer, never);
  EXPECT_EQ(read.error().fault, Fault::malformed);
}

TEST_F(FdStreamTest, UrgentDataIsTheEndOfAConnection) {
  auto [one, other] = tcp_pair();
  const auto ours = FdStream::make_unheard(*loop, std::move(one), Side::downstream);
  EXPECT_EQ(::send(other.get(), "ab", 2, 0), 2);
  EXPECT_EQ(::send(other.get(), "c", 1, MSG_OOB), 1);
  EXPECT_EQ(::send(other.get(), "de", 2, 0), 2);
  start(read_to_the_urgent_byte(*ours));
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

Task<void> expect_to_know_of(Stream& acting, Stream& other) {
  EXPECT_TRUE(co_await acting.readable(never));
  EXPECT_FALSE(other.untouched());
}

TEST_F(FdStreamTest, WhoActsOnABatchKnowsAllOfIt) {
  for (Stream* const from : {there.get(), here.get()}) {
    std::array<iovec, 1> piece{{{const_cast<char*>("a"), 1}}};
    std::span<iovec> pieces = piece;
    EXPECT_TRUE(from->write_now(pieces));
  }
  run(expect_to_know_of(*here, *there));  // whose turn comes after
}

}  // namespace
}  // namespace minato::net
