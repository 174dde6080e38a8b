#include "cache/send_content.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cache/store/testing.h"
#include "http/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

/// Keeps what it is sent, and tells how it came.
struct Client final : http::testing::EagerResponder {
  explicit Client(bool takes) : pipes(takes) {}
  bool takes_pipes() const override { return pipes; }
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last) override {
    std::string text(pipe.held(), '\0');
    EXPECT_EQ(::read(pipe.out(), text.data(), text.size()), std::ssize(text));
    pipe.taken(text.size());
    piped += text.size();
    return write(text, last);
  }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override {
    EXPECT_FALSE(ended);
    body += piece;
    ended = last == http::Last::yes;
    return Result<void>{};
  }

  const bool pipes;
  std::string body;
  std::size_t piped = 0;
  bool ended = false;
};

struct SendContentTest : StoreTest {
  static constexpr std::size_t large = 300'000;

  std::string stored(std::size_t size) {
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 251 % 26);
    open({.memory_bytes = 8u << 20});
    EXPECT_TRUE(put("http://a/", body));
    return body;
  }
  Client sent(ByteRange range, bool takes_pipes = true) {
    Client client(takes_pipes);
    const Pin entry = find("http://a/");
    entry->hits = hits;
    tasks.start(send(*entry, range, client));
    loop->run();
    EXPECT_TRUE(client.ended);
    is_lent = entry->content->lent;
    return client;
  }
  Task<void> send(const Entry& entry, ByteRange range, Client& client) {
    runtime::Budget writes(*loop, steps_in_a_row);
    EXPECT_TRUE(co_await send_content(*loop, entry, range, http::Last::yes, client, writes));
    loop->stop();
  }

  std::unique_ptr<runtime::EpollLoop> loop = runtime::EpollLoop::make(1).value();
  runtime::Scope tasks{*loop};
  bool is_lent = false;
  std::uint32_t hits = 1000;  // so many that lending is worth it
};

TEST_F(SendContentTest, WhatIsLargeIsLent) {
  const std::string body = stored(large);
  const Client client = sent({.first = 0, .last = large - 1});
  EXPECT_EQ(client.body, body);
  EXPECT_GT(client.piped, large - (64u << 10));
  EXPECT_TRUE(is_lent);
}

TEST_F(SendContentTest, OfWhatIsLargeAnyRangeIsWhatItWas) {
  const std::string body = stored(large);
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t first = random.below(large), last = first + random.below(large - first);
    EXPECT_EQ(sent({.first = first, .last = last}).body, body.substr(first, last + 1 - first));
  }
}

TEST_F(SendContentTest, WhatIsNotWorthLendingAheadOfPagesIsCopiedAlone) {
  constexpr std::size_t mebibyte = 1u << 20, ahead = 60'000;
  const std::string body = stored(3 * mebibyte);
  const Client client = sent({.first = mebibyte - ahead, .last = 3 * mebibyte - 1});
  EXPECT_EQ(client.body, body.substr(mebibyte - ahead));
  EXPECT_GT(client.piped, 2 * mebibyte - (64u << 10));
}

/// With its memory used again, by what comes then.
TEST_F(SendContentTest, WhatIsOnItsWayStaysWhatItWas) {
  const std::string body = stored(large);
  Pipe pipe = loop->pipes().take();
  {
    const Pin entry = find("http://a/");
    const Piece& piece = *entry->content->first;
    ASSERT_TRUE(piece.has_pages());
    ASSERT_GT(pipe.lend(piece.text()), 200'000u);
    entry->content->lent = true;
  }
  const auto used = store->stats().memory_bytes;
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(put(arena.copy(fmt::format("http://a/{}", i)), std::string(large, '!')));
  EXPECT_FALSE(find("http://a/"));
  EXPECT_GE(store->stats().memory_bytes, used);
  std::string seen(pipe.held(), '\0');
  EXPECT_EQ(::read(pipe.out(), seen.data(), seen.size()), std::ssize(seen));
  pipe.taken(seen.size());
  EXPECT_EQ(seen, body.substr(0, seen.size()));
}

TEST_F(SendContentTest, WhatWasLentIsFreeAtOnceAndUsedAgain) {
  stored(large);
  const auto empty = [&] {
    store->purge_all(Purge::remove);
    carry_out_bans();
    return store->stats().memory_bytes;
  };
  const auto nothing = empty();
  for (int i = 0; i < 200; ++i) {  // more than there is memory for
    EXPECT_TRUE(put("http://a/", std::string(large, 'x')));
    sent({.first = 0, .last = large - 1});
    EXPECT_TRUE(is_lent);
    EXPECT_LE(empty(), nothing + Region::grain_bytes) << "what says where it is";
  }
}

TEST_F(SendContentTest, WhatIsSmallIsCopied) {
  stored(large);
  EXPECT_EQ(sent({.first = 1, .last = 60'000}).piped, 0u);
  EXPECT_FALSE(is_lent);
  stored(60'000);
  EXPECT_EQ(sent({.first = 0, .last = 59'999}).piped, 0u);
}

TEST_F(SendContentTest, WhatIsSeldomAskedForIsCopied) {
  stored(large);
  hits = 10;
  EXPECT_EQ(sent({.first = 0, .last = large - 1}).piped, 0u);
  EXPECT_FALSE(is_lent);
}

TEST_F(SendContentTest, WhereThereAreNoPipesItIsCopied) {
  const std::string body = stored(large);
  EXPECT_EQ(sent({.first = 0, .last = large - 1}, false).body, body);
  EXPECT_FALSE(is_lent);
  loop->pipes().limit(0);
  const Client client = sent({.first = 0, .last = large - 1});
  EXPECT_EQ(client.body, body);
  EXPECT_EQ(client.piped, 0u);
}

}  // namespace
}  // namespace minato::cache
