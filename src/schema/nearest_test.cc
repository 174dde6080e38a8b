#include "schema/nearest.h"

#include <gtest/gtest.h>

namespace minato::schema {
namespace {

TEST(Nearest, CountsWhatMustBeChanged) {
  const struct {
    std::string_view a, b;
    unsigned distance;
  } rows[] = {
      {"", "", 0},
      {"abc", "abc", 0},
      {"abc", "abd", 1},
      {"abc", "ab", 1},
      {"abc", "abcd", 1},
      {"abc", "acb", 1},  // neighbours swapped
      {"keep_alive", "Keep-Alive", 0},
      {"kitten", "sitting", 3},
      {"", "abc", 3},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(edit_distance(row.a, row.b), row.distance) << row.a << " " << row.b;
    EXPECT_EQ(edit_distance(row.b, row.a), row.distance) << row.b << " " << row.a;
  }
}

TEST(Nearest, SuggestsOnlyWhatIsNearEnoughToBeMeant) {
  const std::vector<std::string_view> names{"timeouts", "limits", "log", "access_log"};
  EXPECT_EQ(nearest("timeout", names), "timeouts");
  EXPECT_EQ(nearest("time-outs", names), "timeouts");
  EXPECT_EQ(nearest("limit", names), "limits");
  EXPECT_EQ(nearest("lgo", names), "log");
  EXPECT_EQ(nearest("acces_log", names), "access_log");
  EXPECT_EQ(nearest("services", names), "");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(100, 'a'), names), "");
}

}  // namespace
}  // namespace minato::schema
