#include "cache/store/ban_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace minato::cache {
namespace {

/// Of few things, so that many bans concern many keys.
struct BanTableTest : testing::Test {
  static constexpr std::uint64_t seed = 42;
  Random random{17};
  BanTable table{1u << 16, seed};

  std::string one_of(std::initializer_list<std::string_view> texts) {
    return std::string(texts.begin()[random.below(texts.size())]);
  }
  std::string path() {
    std::string text = "/";
    for (auto left = random.below(5); left > 0; --left) text += one_of({"a", "b", "/"});
    return text;
  }
  Ban ban() {
    const auto what = random.below(20);
    const bool soft = random.one_in(3);
    if (what == 0) return {.what = Ban::What::all, .soft = soft};
    if (what < 4) return {.what = Ban::What::tag, .tag = random.below(10), .soft = soft};
    if (what < 6)
      return {.what = Ban::What::keys, .stamp = one_of({" q(1)", " q(2)"}), .soft = soft};
    return {.what = what < 10 ? Ban::What::url : Ban::What::urls,
            .scheme = one_of({"", "http", "https"}),
            .host = one_of({"h", "h.", "i"}),
            .port = one_of({"", "80", "080", "81"}),
            .prefix = random.one_in(5) ? "" : path(),
            .soft = soft};
  }
  std::string key() {
    return one_of({"http://", "https://"}) + one_of({"h", "h.", "i", "h:81", "i:80", "h.:081"}) +
           path() + one_of({"", " q(1)", " q(2) more", " q(3)"});
  }
};

TEST_F(BanTableTest, SaysOfEachKeyWhatItsBansSay) {
  std::vector<Ban> bans;
  for (int round = 0; round < 2000; ++round) {
    if (random.one_in(20) || !table.has_room()) {
      bans.clear();
      table.hide();
      while (!table.clear(1000)) {
      }
    }
    bans.push_back(ban());
    table.add(bans.back(), bans.size());
    const std::string text = key();
    const TagNode tags[] = {{.hash = random.below(10)}, {.hash = random.below(10)}};
    const BanFacts facts(text, tags);
    LatestBans expected;
    for (std::uint64_t number = 1; const Ban& one : bans) {
      if (one.concerns(facts)) (one.soft ? expected.soft : expected.hard) = number;
      ++number;
    }
    const LatestBans latest = table.latest_of(facts);
    ASSERT_EQ(latest.hard, expected.hard) << text;
    ASSERT_EQ(latest.soft, expected.soft) << text;
  }
}

TEST_F(BanTableTest, WhatIsSaidAgainTakesNoRoom) {
  BanTable small(0, seed);
  for (std::uint64_t number = 1; number < 1000; ++number)
    small.add({.host = "h", .prefix = "/x"}, number);
  EXPECT_TRUE(small.has_room());
  EXPECT_EQ(small.latest_of(BanFacts("http://h/xy")).hard, 999u);
}

TEST_F(BanTableTest, NothingIsFoundOnceItIsHidden) {
  for (std::uint64_t number = 1; number < 100; ++number) table.add(ban(), number);
  table.hide();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(table.latest_of(BanFacts(key())).either(), 0u);
  while (!table.clear(100)) {
  }
  table.for_each([](std::uint64_t, bool, const LatestBans&) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace minato::cache
