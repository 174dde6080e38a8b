// What a stream promises, asked of the kernel's TCP and of the simulated one alike: whatever stands
// above cannot tell them apart.
#include "sim/test_streams.h"

namespace minato::sim {
namespace {

INSTANTIATE_TEST_SUITE_P(Rooms, StreamContract, testing::ValuesIn(kinds),
                         [](const auto& kind) { return kind.param.name; });

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

Task<void> expect_get(Stream& from, std::string text) {
  EXPECT_TRUE(co_await gets(from, text.size()) == text);
}

TEST_P(StreamContract, AWriterWaitsUntilTheReaderTakes) {
  const std::string text = more_than_fits();
  tasks.start(expect_put(*here, text, "ok"));
  run(expect_get(*there, text));
}

TEST_P(StreamContract, AFullStreamTimesOutWhenThePeerTakesNothing) {
  fill(*here);
  run(expect_put(*here, "more", "timed out", 20ms));
}

TEST_P(StreamContract, AResetEndsAWriteThatWaits) {
  fill(*here);
  tasks.start(expect_put(*here, "more", "reset"));
  run(reset_it(there));
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
