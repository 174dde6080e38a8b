#include "cache/answer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cache/send_content.h"
#include "cache/store/testing.h"
#include "http/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

struct AnswerTest : StoreTest {
  Task<void> answer_from(Pin entry, std::string range) {
    http::testing::TestRequest asked(arena);
    asked.head.method = http::Method::get;
    if (!range.empty()) asked.head.fields.add(http::FieldId::range, range);
    const ServiceRules rules{ServiceCacheOptions{}};
    http::testing::EagerResponder client;
    entry->facts.status = 200;
    const Answer with{.entry = *entry};
    const auto outcome = co_await answer(*loop, with, rules, "minato", asked.request, client);
    EXPECT_TRUE(outcome);
    status = client.status;
    over = true;
    loop->stop();
  }
  Task<void> count_turns() {
    for (; !over; ++turns) co_await loop->breathe();
  }

  /// How many somebody else has while it is answered from `bytes` that are stored.
  int turns_of(std::uint64_t bytes, std::string range = {}) {
    open({.memory_bytes = 64u << 20});
    EXPECT_TRUE(put("http://a/", std::string(bytes, 'x')));
    tasks.start(count_turns());
    tasks.start(answer_from(find("http://a/"), std::move(range)));
    loop->run();
    return turns;
  }

  std::unique_ptr<runtime::EpollLoop> loop = runtime::EpollLoop::make(1).value();
  runtime::Scope tasks{*loop};
  bool over = false;
  int turns = 0;
  int status = 0;
};

TEST_F(AnswerTest, ToAClientThatIsNeverWaitedForTakesManyTurns) {
  constexpr int writes = 24;
  EXPECT_GE(turns_of(writes * write_bytes_max), writes / writes_in_a_row);
  EXPECT_EQ(status, 200);
}

TEST_F(AnswerTest, OfManyRangesDoesToo) {
  constexpr int ranges = 16, writes_of_one = 2;  // its head, and its bytes
  constexpr std::uint64_t size = write_bytes_max;
  std::string asked;
  for (std::uint64_t first = 0; first < ranges * (size + 1); first += size + 1)
    asked += fmt::format("{}{}-{}", asked.empty() ? "bytes=" : ",", first, first + size - 1);
  EXPECT_GE(turns_of(ranges * (size + 1), asked), ranges * writes_of_one / writes_in_a_row);
  EXPECT_EQ(status, 206);
}

TEST_F(AnswerTest, OfAHitIsSaidHowOldItIs) {
  ServiceCacheOptions options;
  http::Record record;
  const auto say = [&](Seconds ttl) {
    return say_hit(7s, ttl, ServiceRules{options}, "minato", arena, record);
  };
  EXPECT_EQ(say(30s), "Age: 7\r\nCache-Status: minato; hit; ttl=30\r\n");
  EXPECT_EQ(record.cache, http::CacheUse::hit);
  EXPECT_EQ(record.cache_text, "hit; ttl=30");
  EXPECT_EQ(record.cache_status, "minato; hit; ttl=30");
  EXPECT_EQ(say(Seconds::max()), "Age: 7\r\nCache-Status: minato; hit; ttl=999999999999999\r\n");

  record = {};
  options.cache_status.enabled = false;
  EXPECT_EQ(say(30s), "Age: 7\r\n");
  EXPECT_EQ(record.cache_text, "hit; ttl=30");
  EXPECT_EQ(record.cache_status, "");
}

}  // namespace
}  // namespace minato::cache
