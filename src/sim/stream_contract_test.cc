// What a stream promises, asked of the kernel's TCP and of the simulated one alike: whatever stands
// above cannot tell them apart.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

#include "net/fd_stream.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::sim {
namespace {

using net::Stream;
using Streams = std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>>;

/// A loop with two connected streams.
class Rig {
 public:
  virtual ~Rig() = default;
  virtual runtime::Loop& loop() = 0;
  virtual Streams connected() = 0;
  /// Until nothing runs in `scope`.
  virtual void finish(runtime::Scope& scope) = 0;
};

class KernelRig : public Rig {
 public:
  KernelRig() { ::signal(SIGPIPE, SIG_IGN); }  // as programs do
  runtime::Loop& loop() override { return *loop_; }
  Streams connected() override {
    const Fd listener(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener.get(), any, size) | ::listen(listener.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener.get(), any, &size), 0);
    Fd client(::socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(client.get(), any, size), 0);
    Fd server(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
    EXPECT_EQ(::fcntl(client.get(), F_SETFL, O_NONBLOCK), 0);
    return {made(std::move(client), Side::upstream), made(std::move(server), Side::downstream)};
  }
  void finish(runtime::Scope& scope) override {
    runtime::Scope stopper(*loop_);
    stopper.start(stop_after(*loop_, scope));
    loop_->run();
  }

 private:
  static Task<void> stop_after(runtime::EpollLoop& loop, runtime::Scope& scope) {
    co_await scope.empty();
    loop.stop();
  }
  virtual std::unique_ptr<Stream> made(Fd socket, Side side) {
    return net::FdStream::make(*loop_, std::move(socket), side).value();
  }

 protected:
  std::unique_ptr<runtime::EpollLoop> loop_ = runtime::EpollLoop::make(1).value();
};

/// Where the loop hears of the streams a while later, or when they have to wait.
class LateKernelRig final : public KernelRig {
  std::unique_ptr<Stream> made(Fd socket, Side side) override {
    return net::FdStream::make_unheard(*loop_, std::move(socket), side);
  }
};

class SimRig final : public Rig {
 public:
  SimRig(std::uint64_t seed, const Faults& faults) : world_(seed) {
    world_.wire().faults() = faults;
  }
  runtime::Loop& loop() override { return loop_; }
  Streams connected() override {
    Streams streams;
    const auto listener = network_.listen({.address = SimNetwork::loopback()}).value();
    runtime::Scope scope(loop_);
    scope.start(connect(network_, listener->address(), streams.first));
    scope.start(accept(*listener, streams.second));
    finish(scope);
    return streams;
  }
  void finish(runtime::Scope& scope) override {
    EXPECT_TRUE(world_.run_until([&] { return scope.running() == 0; }, 24h));
  }

 private:
  static Task<void> connect(net::Network& network, net::Address to, std::unique_ptr<Stream>& made) {
    auto stream = co_await network.connect(to, never);
    made = std::move(stream.value());
  }
  static Task<void> accept(net::Listener& listener, std::unique_ptr<Stream>& made) {
    auto accepted = co_await listener.accept();
    made = std::move(accepted.value().stream);
  }
  SimWorld world_;
  SimLoop& loop_ = world_.add_loop();
  SimNetwork network_{world_.wire(), loop_};
};

struct RigKind {
  const char* name;
  std::function<std::unique_ptr<Rig>()> make;
};
const Faults slow{.delay_max = 5ms, .segment_max = 3, .buffer_min = 100, .buffer_max = 200};
const RigKind kinds[] = {
    {"Kernel", [] { return std::make_unique<KernelRig>(); }},
    {"KernelLate", [] { return std::make_unique<LateKernelRig>(); }},
    {"Simulated", [] { return std::make_unique<SimRig>(1, Faults{}); }},
    {"SimulatedSlow", [] { return std::make_unique<SimRig>(2, slow); }},
    {"SimulatedSlowOtherwise", [] { return std::make_unique<SimRig>(3, slow); }},
};

class StreamContract : public testing::TestWithParam<RigKind> {
 protected:
  StreamContract() { std::tie(here, there) = rig->connected(); }
  ~StreamContract() override { tasks.cancel_all(); }
  void run(Task<void> task) {
    tasks.start(std::move(task));
    rig->finish(tasks);
  }

  std::unique_ptr<Rig> rig = GetParam().make();
  std::unique_ptr<Stream> here, there;
  runtime::Scope tasks{rig->loop()};
};
INSTANTIATE_TEST_SUITE_P(Rooms, StreamContract, testing::ValuesIn(kinds),
                         [](const auto& kind) { return kind.param.name; });

std::string_view word(const Result<std::size_t>& count) {
  if (!count) return name(count.error().fault);
  return *count == 0 ? "end" : "bytes";
}

/// What comes until `most` bytes are there, and behind a bar what ended it before: "abc|end".
Task<std::string> gets(Stream& from, std::size_t most, Instant until = never) {
  std::string got;
  std::array<char, 100> buffer;
  while (got.size() < most) {
    const std::span into(buffer.data(), std::min(most - got.size(), buffer.size()));
    const auto count = co_await from.read(into, until);
    if (!count || *count == 0) co_return got.append("|").append(word(count));
    got.append(buffer.data(), *count);
  }
  co_return got;
}

Task<std::string> puts(Stream& to, std::string text, Millis idle = 0ms) {
  iovec piece{text.data(), text.size()};
  const auto written = co_await to.write({&piece, 1}, idle);
  co_return std::string(written ? "ok" : name(written.error().fault));
}

/// `gets` by way of pipes.
Task<std::string> gets_piped(Stream& from, std::size_t most, Instant until = never) {
  std::string got;
  while (got.size() < most) {
    Pipe pipe;
    const auto count = co_await from.fill(pipe, most - got.size(), until);
    if (!count || *count == 0) co_return got.append("|").append(word(count));
    EXPECT_EQ(pipe.held(), *count);
    std::string bytes(*count, '\0');
    EXPECT_EQ(::read(pipe.out(), bytes.data(), bytes.size()), static_cast<ssize_t>(*count));
    pipe.taken(*count);
    got += bytes;
  }
  co_return got;
}

/// `puts` by way of pipes.
Task<std::string> puts_piped(Stream& to, std::string_view text, Millis idle = 0ms) {
  while (!text.empty()) {
    Pipe pipe = to.loop().pipes().take();
    const auto taken = ::write(pipe.in(), text.data(), text.size());
    EXPECT_GT(taken, 0);
    pipe.put(static_cast<std::size_t>(taken));
    text.remove_prefix(pipe.held());
    const auto written = co_await to.drain(pipe, idle);
    if (!written) co_return std::string(name(written.error().fault));
    EXPECT_EQ(pipe.held(), 0u);
  }
  co_return "ok";
}

/// co_await Stir(stream): the next that an observer hears; true where it is a break.
class Stir final : net::Observer {
 public:
  using Observer::Observer;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) noexcept { who_ = who; }
  bool await_resume() const noexcept { return broken_; }

 private:
  void stirred(bool broken) override {
    broken_ = broken;
    if (who_) std::exchange(who_, nullptr).resume();
  }
  std::coroutine_handle<> who_;
  bool broken_ = false;
};

Task<void> until_broken(Stream& stream) {
  while (!stream.broken()) co_await Stir(stream);
}

Task<void> bytes_and_end(Stream& here, Stream& there) {
  EXPECT_EQ(co_await puts(here, "hello"), "ok");
  EXPECT_EQ(co_await gets(there, 2), "he");
  EXPECT_EQ(co_await gets(there, 3), "llo");
  here.end_writing();
  EXPECT_EQ(co_await gets(there, 1), "|end");
  EXPECT_EQ(co_await gets(there, 1), "|end");
  EXPECT_EQ(co_await puts(there, "back"), "ok");
  EXPECT_EQ(co_await gets(here, 4), "back");
  EXPECT_EQ(co_await puts(here, "more"), "reset");
}

TEST_P(StreamContract, OneDirectionEndsAndTheOtherStaysOpen) { run(bytes_and_end(*here, *there)); }

Task<void> piped_bytes_and_end(Stream& here, Stream& there) {
  EXPECT_EQ(co_await puts_piped(here, "hello"), "ok");
  EXPECT_EQ(here.bytes_written(), 5u);
  EXPECT_EQ(co_await gets_piped(there, 2), "he");
  EXPECT_EQ(co_await gets(there, 3), "llo");  // no more than was asked for is in the pipe
  here.end_writing();
  EXPECT_EQ(co_await gets_piped(there, 1), "|end");
  EXPECT_EQ(co_await puts_piped(there, "back"), "ok");
  EXPECT_EQ(co_await gets_piped(here, 4), "back");
  EXPECT_EQ(co_await puts_piped(here, "more"), "reset");
}

TEST_P(StreamContract, PipesBringTheSameAsReadsAndWrites) {
  run(piped_bytes_and_end(*here, *there));
  EXPECT_EQ(rig->loop().pipes().lent(), 0u);
}

Task<void> last_words(std::unique_ptr<Stream>& here, Stream& there) {
  EXPECT_EQ(co_await puts(*here, "last words"), "ok");
  here.reset();
  EXPECT_EQ(co_await gets(there, 100), "last words|end");
}

TEST_P(StreamContract, WhatWasWrittenBeforeTheCloseArrives) { run(last_words(here, *there)); }

/// `got` is the beginning of `sent`, then `outcome`: a reset may overtake what was sent.
void expect_cut_short(const std::string& got, std::string_view sent, std::string_view outcome) {
  const auto bar = got.find('|');
  ASSERT_NE(bar, std::string::npos);
  EXPECT_TRUE(sent.starts_with(got.substr(0, bar))) << got;
  EXPECT_EQ(got.substr(bar + 1), outcome);
}

Task<void> reset_on_close(std::unique_ptr<Stream>& here, Stream& there) {
  EXPECT_EQ(co_await puts(*here, "abc"), "ok");
  here->reset_on_close();
  here.reset();
  expect_cut_short(co_await gets(there, 100), "abc", "reset");
  EXPECT_EQ(co_await gets(there, 1), "|end");  // told once
  EXPECT_EQ(co_await puts(there, "x"), "reset");
}

TEST_P(StreamContract, AResetIsToldOnceAfterWhatArrived) { run(reset_on_close(here, *there)); }

Task<void> close_unread(std::unique_ptr<Stream>& here, Stream& there) {
  EXPECT_EQ(co_await puts(there, "nobody reads this"), "ok");
  EXPECT_TRUE(co_await here->readable(never));
  EXPECT_EQ(co_await puts(*here, "abc"), "ok");
  here.reset();
  expect_cut_short(co_await gets(there, 100), "abc", "reset");
}

TEST_P(StreamContract, ClosingWithBytesUnreadIsAReset) { run(close_unread(here, *there)); }

Task<void> write_to_closed(std::unique_ptr<Stream>& here, Stream& there) {
  here.reset();
  EXPECT_EQ(co_await gets(there, 1), "|end");
  EXPECT_EQ(co_await puts(there, "first"), "ok");
  co_await until_broken(there);
  EXPECT_EQ(co_await puts(there, "second"), "reset");
}

TEST_P(StreamContract, TheSecondWriteToAClosedPeerFails) { run(write_to_closed(here, *there)); }

Task<void> expect_put(Stream& to, std::string text, std::string outcome, Millis idle = 0ms) {
  EXPECT_EQ(co_await puts(to, std::move(text), idle), outcome);
}

Task<void> expect_get(Stream& from, std::string text) {
  EXPECT_TRUE(co_await gets(from, text.size()) == text);
}

/// For one connection at once.
std::string more_than_fits() {
  const bool of_kernel = std::string_view(StreamContract::GetParam().name).starts_with("Kernel");
  const std::size_t size = of_kernel ? 9'000'000 : 20'000;
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i);
  return text;
}

TEST_P(StreamContract, AWriterWaitsUntilTheReaderTakes) {
  const std::string text = more_than_fits();
  tasks.start(expect_put(*here, text, "ok"));
  run(expect_get(*there, text));
}

Task<void> expect_put_piped(Stream& to, std::string text, std::string outcome, Millis idle = 0ms) {
  EXPECT_EQ(co_await puts_piped(to, text, idle), outcome);
}

Task<void> expect_get_piped(Stream& from, std::string text) {
  EXPECT_TRUE(co_await gets_piped(from, text.size()) == text);
}

TEST_P(StreamContract, WhoWritesByPipesWaitsUntilTheReaderTakes) {
  const std::string text = more_than_fits();
  tasks.start(expect_put_piped(*here, text, "ok"));
  run(expect_get_piped(*there, text));
}

Task<void> expect_no_pipe(Stream& here, Stream& there) {
  here.loop().pipes().limit(0);
  EXPECT_EQ(co_await puts(here, "hello"), "ok");
  Pipe pipe;
  const auto count = co_await there.fill(pipe, 5, never);
  EXPECT_EQ(count.error().fault, Fault::resource);
  EXPECT_EQ(count.error().side, Side::local);
  EXPECT_EQ(co_await gets(there, 5), "hello");
}

TEST_P(StreamContract, WithoutAPipeNothingIsLost) { run(expect_no_pipe(*here, *there)); }

Task<void> wait_without_a_pipe(Stream& from, Nanos span) {
  EXPECT_EQ(co_await gets_piped(from, 1, from.loop().now() + span), "|timed out");
}

Task<void> expect_none_lent(runtime::Loop& loop) {
  co_await loop.breathe();
  EXPECT_EQ(loop.pipes().lent(), 0u);
}

TEST_P(StreamContract, WhoWaitsForBytesHoldsNoPipe) {
  tasks.start(wait_without_a_pipe(*here, 3ms));
  run(expect_none_lent(rig->loop()));
}

/// Writes until nothing more is taken.
void fill(Stream& to) {
  std::string much(1 << 20, 'x');
  for (bool taken = true; taken;) {
    iovec piece{much.data(), much.size()};
    std::span pieces(&piece, 1);
    taken = to.write_now(pieces);
  }
}

TEST_P(StreamContract, AFullStreamTimesOutWhenThePeerTakesNothing) {
  fill(*here);
  run(expect_put(*here, "more", "timed out", 20ms));
  run(expect_put_piped(*here, "more", "timed out", 20ms));
}

Task<void> expect_get_end(Stream& from, std::string outcome) {
  EXPECT_EQ(co_await gets_piped(from, 1), "|" + outcome);
}

Task<void> reset_it(std::unique_ptr<Stream>& stream) {
  stream->reset_on_close();
  stream.reset();
  co_return;
}

TEST_P(StreamContract, AResetEndsAWriteThatWaits) {
  fill(*here);
  tasks.start(expect_put(*here, "more", "reset"));
  run(reset_it(there));
}

TEST_P(StreamContract, AResetEndsAWriteByPipesThatWaits) {
  fill(*here);
  tasks.start(expect_put_piped(*here, "more", "reset"));
  run(reset_it(there));
}

TEST_P(StreamContract, AResetEndsAReadIntoAPipe) {
  tasks.start(reset_it(there));
  run(expect_get_end(*here, "reset"));
}

Task<void> expect_timed_out(Stream& from, Nanos span) {
  const Instant until = from.loop().now() + span;
  EXPECT_EQ(co_await gets(from, 1, until), "|timed out");
  EXPECT_GE(from.loop().now(), until);
}

TEST_P(StreamContract, AReadEndsAtItsDeadline) { run(expect_timed_out(*here, 3ms)); }

Task<void> touch(Stream& here, Stream& there) {
  EXPECT_TRUE(there.quiet() && there.untouched());
  EXPECT_EQ(co_await puts(here, "a"), "ok");
  EXPECT_TRUE(co_await there.readable(never));
  EXPECT_FALSE(there.quiet() || there.untouched());
  std::array<char, 10> buffer;
  EXPECT_EQ(co_await there.read(buffer, never), 1u);
  EXPECT_TRUE(there.quiet() && there.untouched());
  here.end_writing();
  EXPECT_TRUE(co_await there.readable(never));
  EXPECT_FALSE(there.quiet() || there.untouched());
  EXPECT_FALSE(there.broken());
}

TEST_P(StreamContract, TouchedMeansBytesThatNobodyReadOrTheEnd) { run(touch(*here, *there)); }

Task<void> observe(Stream& here, std::unique_ptr<Stream>& there) {
  EXPECT_EQ(co_await puts(*there, "a"), "ok");
  EXPECT_FALSE(co_await Stir(here));
  there->end_writing();
  EXPECT_FALSE(co_await Stir(here));
  EXPECT_EQ(co_await gets(here, 2), "a|end");
  EXPECT_EQ(co_await puts(here, "b"), "ok");
  EXPECT_TRUE(co_await there->readable(never));
  there.reset();  // with a byte unread
  co_await until_broken(here);
}

TEST_P(StreamContract, AnObserverHearsOfBytesTheEndAndABreak) { run(observe(*here, there)); }

Task<void> end_both(Stream& here, Stream& there) {
  here.end_writing();
  EXPECT_EQ(co_await gets(there, 1), "|end");
  EXPECT_FALSE(there.broken());
  there.end_writing();
  co_await until_broken(here);
  co_await until_broken(there);
  EXPECT_EQ(co_await gets(here, 1), "|end");
}

TEST_P(StreamContract, EndedBothWaysIsBroken) { run(end_both(*here, *there)); }

Task<void> note(Stream& from, bool& woke) {
  EXPECT_EQ(co_await gets(from, 1), "a");
  woke = true;
}

Task<void> write_and_look(Stream& to, bool& woke) {
  EXPECT_EQ(co_await puts(to, "a"), "ok");
  EXPECT_FALSE(woke);
}

TEST_P(StreamContract, AReaderIsNeverResumedFromWithinThePeersWrite) {
  bool woke = false;
  tasks.start(note(*there, woke));
  run(write_and_look(*here, woke));
  EXPECT_TRUE(woke);
}

Task<void> destroy_after_read(std::unique_ptr<Stream>& stream) {
  EXPECT_EQ(co_await gets(*stream, 1), "a");
  stream.reset();
}

TEST_P(StreamContract, WhoIsResumedMayDestroyTheStream) {
  tasks.start(destroy_after_read(there));
  run(expect_put(*here, "a", "ok"));
  EXPECT_EQ(there, nullptr);
}

}  // namespace
}  // namespace minato::sim
