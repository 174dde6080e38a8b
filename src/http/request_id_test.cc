#include "http/request_id.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/strings.h"

namespace minato::http {
namespace {

TEST(RequestId, IsWhatOthersGave) {
  RequestId id("theirs");
  EXPECT_FALSE(id.is_none());
  EXPECT_EQ(id.text(), "theirs");
}

TEST(RequestId, IsNone) {
  RequestId id;
  EXPECT_TRUE(id.is_none());
  EXPECT_EQ(id.text(), "");
}

TEST(RequestId, IsMadeUpOnce) {
  BlockPool pool;
  Arena arena(pool);
  Random random(1), other(2);
  RequestId id(random, arena), another(random, arena), like(other, arena);
  EXPECT_FALSE(id.is_none());
  const auto text = id.text();
  EXPECT_EQ(text.size(), 32u);
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
  })) << text;
  EXPECT_EQ(id.text(), text);
  EXPECT_NE(another.text(), text);
  EXPECT_NE(like.text(), text);
}

}  // namespace
}  // namespace minato::http
