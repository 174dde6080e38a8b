// What a stream promises of bytes that come and go by pipes.
#include <unistd.h>

#include "sim/test_streams.h"

namespace minato::sim {
namespace {

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

TEST_P(StreamContract, WhoWritesByPipesTimesOutToo) {
  fill(*here);
  run(expect_put_piped(*here, "more", "timed out", 20ms));
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

TEST_P(StreamContract, AResetEndsAWriteByPipesThatWaits) {
  fill(*here);
  tasks.start(expect_put_piped(*here, "more", "reset"));
  run(reset_it(there));
}

Task<void> expect_get_end(Stream& from, std::string outcome) {
  EXPECT_EQ(co_await gets_piped(from, 1), "|" + outcome);
}

TEST_P(StreamContract, AResetEndsAReadIntoAPipe) {
  tasks.start(reset_it(there));
  run(expect_get_end(*here, "reset"));
}

}  // namespace
}  // namespace minato::sim
