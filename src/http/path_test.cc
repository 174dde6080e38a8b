#include "http/path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace minato::http {
namespace {

struct PathTest : ::testing::Test {
  BlockPool pool;
  Arena arena{pool};

  std::string normal(std::string_view path, MergeSlashes merge = MergeSlashes::yes) {
    const auto result = normalize_path(path, merge, arena);
    return result ? std::string(*result) : describe(result.error());
  }
};

struct Case {
  const char* clause;
  const char* path;
  const char* normal;
};

constexpr Case cases[] = {
    {"3986 6.2.2.3", "/", "/"},
    {"3986 6.2.2.3", "/a/./b", "/a/b"},
    {"3986 6.2.2.3", "/a/../b", "/b"},
    {"3986 6.2.2.3", "/a/b/..", "/a/"},
    {"3986 6.2.2.3", "/a/b/.", "/a/b/"},
    {"3986 6.2.2.3", "/a/..", "/"},
    {"3986 6.2.2.3", "/.", "/"},
    {"3986 6.2.2.3", "/a/b/c/../../d", "/a/d"},
    {"3986 6.2.2.3", "/a/...", "/a/..."},
    {"3986 6.2.2.3", "/..a/b../.c", "/..a/b../.c"},
    {"3986 6.2.2.3", "/a/..;/b", "/a/..;/b"},
    {"3986 6.2.2.2", "/%61%7E%2D%5f%30", "/a~-_0"},
    {"3986 6.2.2.2", "/a/%2e%2E/b", "/b"},
    {"3986 6.2.2.2", "/a/.%2e/b", "/b"},
    {"3986 6.2.2.2", "/a/%2e/b", "/a/b"},
    {"3986 6.2.2.2", "/%40adm/%3Ax;%3d", "/@adm/:x;="},
    {"3986 6.2.2.1", "/%2f%3f%23%20%7f%c3%bc", "/%2F%3F%23%20%7F%C3%BC"},
    {"3986 2.2", "/a%2Fb", "/a%2Fb"},
    {"3986 2.2", "/a/..%2Fb", "/a/..%2Fb"},
    {"3986 2.4", "/%252e%252e/a", "/%252e%252e/a"},
    {"3986 2.4", "/%25%32%65", "/%252e"},
    {"3986 2.4", "/%00", "/%00"},
    {"3986 3.3", "/a\\..\\b", "/a\\..\\b"},
    {"3986 3.3", "/a/%5C..", "/a/\\.."},
    {"3986 3.3", "/a%5c..%5Cb", "/a\\..\\b"},
};

TEST_F(PathTest, HasOneFormForAllSpellings) {
  for (const Case& c : cases) EXPECT_EQ(normal(c.path), c.normal) << c.path << " RFC " << c.clause;
}

// Origins read both alike, so both take one route.
TEST_F(PathTest, HasOneFormForAVisibleCharacterRawAndEscaped) {
  for (char c = '!'; c <= '~'; ++c) {
    if (std::string_view("/%?#.").contains(c)) continue;
    const std::string raw = fmt::format("/{}adm", c);
    EXPECT_EQ(normal(fmt::format("/%{:02x}adm", static_cast<unsigned>(c))), raw);
    EXPECT_EQ(normal(fmt::format("/%{:02X}adm", static_cast<unsigned>(c))), raw);
    EXPECT_EQ(normal(raw), raw);
  }
}

TEST_F(PathTest, MergesSlashesOnlyWhereAsked) {
  EXPECT_EQ(normal("//a///b//"), "/a/b/");
  EXPECT_EQ(normal("//"), "/");
  EXPECT_EQ(normal("/a//../b"), "/b");  // merged first
  EXPECT_EQ(normal("/a/.//b"), "/a/b");
  EXPECT_EQ(normal("//a///b//", MergeSlashes::no), "//a///b//");
  EXPECT_EQ(normal("/a//../b", MergeSlashes::no), "/a/b");
  EXPECT_EQ(normal("//..", MergeSlashes::no), "/");
}

TEST_F(PathTest, RefusesToClimbAboveTheRoot) {
  for (const char* const path : {"/..", "/../", "/../a", "/a/../..", "/a/../../b", "/./..",
                                 "/%2e%2e/a", "/a/%2e./.%2E", "/a/b/../../../a/b", "//.."})
    EXPECT_EQ(normal(path), describe(PathFault::above_root)) << path;
}

TEST_F(PathTest, RefusesABrokenEscape) {
  for (const char* const path : {"/%", "/%2", "/a%/b", "/%g0", "/%0g", "/%%41", "/%2/f", "/%u0041"})
    EXPECT_EQ(normal(path), describe(PathFault::invalid_escape)) << path;
}

TEST_F(PathTest, RefusesWhatIsNoPath) {
  for (const char* const path : {"", "*", "a", "../a"})
    EXPECT_EQ(normal(path), describe(PathFault::relative));
}

TEST_F(PathTest, GivesANormalPathBackAsItIs) {
  for (const std::string_view path :
       {"/", "/a", "/a/", "/a/b", "/static/app.js/.well-known/a..b"}) {
    for (const MergeSlashes merge : {MergeSlashes::no, MergeSlashes::yes}) {
      const auto result = normalize_path(path, merge, arena);
      ASSERT_TRUE(result);
      EXPECT_EQ(result->data(), path.data());
      EXPECT_EQ(result->size(), path.size());
    }
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(PathTest, NormalFormsAreFixed) {
  for (const Case& c : cases) {
    EXPECT_EQ(normal(c.normal), c.normal);
    EXPECT_EQ(normal(c.normal, MergeSlashes::no), c.normal);
  }
}

}  // namespace
}  // namespace minato::http
