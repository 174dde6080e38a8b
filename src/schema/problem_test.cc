#include "schema/problem.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace minato::schema {
namespace {

/// The problem that `found` is at `mark` of `text`, rendered.
std::string rendered(std::string text, Mark mark, std::string suggestion = "") {
  Problems problems(std::vector{Source{"f.yaml", std::move(text)}});
  problems.error(mark, "a.b", {"found", "allowed", std::move(suggestion)});
  return render(problems.take().at(0));
}

TEST(Problem, IsAHeadlineTheLineAndACaret) {
  EXPECT_EQ(rendered("a:\n  b: wrong # why\n", {2, 6}, "right"),
            "f.yaml:2:6: a.b: found; allowed\n"
            "     2 |   b: wrong # why\n"
            "       |      ^~~~~ did you mean right?");
}

TEST(Problem, TheCaretIsAsWideAsWhatIsMeant) {
  const struct {
    std::string_view line;
    std::uint32_t column;
    std::string_view caret;
  } rows[] = {
      {"key: value", 1, "^~~"},
      {"key: two words  # more", 6, "     ^~~~~~~~~"},
      {"key: \"in: quotes\"", 6, "     ^~~~~~~~~~~~"},
      {"key: http://a:80/b", 6, "     ^~~~~~~~~~~~~"},
      {"key: [a, b]", 7, "      ^"},
      {"key: {a: 1, b: 2}", 7, "      ^"},
      {"key: {a: 1, b: 2}", 6, "     ^~~~~~~~~~~~"},
      {"key: ${NAME}x", 6, "     ^~~~~~~~"},
      {"\tkey: x", 2, "\t^~~"},
      {"größe: groß", 10, "       ^~~~"},  // characters, not bytes
      {"key", 4, "   ^"},
      {"key", 90, "   ^"},
  };
  for (const auto& row : rows) {
    const std::string out = rendered(std::string(row.line), {1, row.column});
    EXPECT_EQ(out.substr(out.rfind("| ") + 2), row.caret) << row.line;
  }
}

TEST(Problem, ALongLineIsShownAroundTheCaret) {
  const std::string out = rendered(std::string(500, 'a') + ": " + std::string(500, 'b'), {1, 503});
  const auto shown = out.substr(out.find("| ") + 2);
  EXPECT_LE(shown.find('\n'), 120u);
  EXPECT_NE(shown.find("a: b"), std::string::npos);
  EXPECT_EQ(shown.find("b"), out.substr(out.rfind("| ") + 2).find('^'));
}

TEST(Problem, ALineThatIsNoTextIsShownToo) {
  EXPECT_NE(rendered(std::string(500, '\x80'), {1, 90}).find('^'), std::string::npos);
}

TEST(Problem, WhatCannotBeSeenIsNotPrinted) {
  EXPECT_EQ(rendered("a: \x1b[31m\n", {1, 4}),
            "f.yaml:1:4: a.b: found; allowed\n     1 | a: ?[31m\n       |    ^~~~~");
  EXPECT_EQ(in_quotes("a\x1b\n"), "\"a??\"");
}

TEST(Problem, ALongValueIsShortened) {
  EXPECT_EQ(in_quotes(std::string(100, 'x')), '"' + std::string(60, 'x') + "...\"");
  EXPECT_EQ(in_quotes(std::string(59, 'x') + "öö"),
            '"' + std::string(59, 'x') + "...\"");  // no half characters
}

TEST(Problem, NowhereInParticularHasNoLine) {
  EXPECT_EQ(rendered("", {}), "f.yaml: a.b: found; allowed");
}

TEST(Problem, WhereNoFileIsToBlameNoneIsNamed) {
  EXPECT_EQ(headline({.message = "the program is ending"}), "the program is ending");
}

TEST(Problem, AWarningSaysThatItIsOne) {
  Problems problems(std::vector{Source{"f.yaml", "a: b"}});
  problems.remember("a", {1, 4});
  problems.warning("a", {"old", "", {}});
  EXPECT_FALSE(problems.any_error());
  EXPECT_EQ(headline(problems.take().at(0)), "f.yaml:1:4: warning: a: old");
}

TEST(Problems, ComeInTheOrderOfTheFile) {
  Problems problems(std::vector{Source{"f", "a\nb\nc\n"}});
  problems.error(Mark{3, 1}, "third", {});
  problems.error(Mark{1, 2}, "second", {});
  problems.error(Mark{1, 1}, "first", {});
  problems.error(Mark{1, 1}, "also", {});
  std::string order;
  for (const Problem& problem : problems.take()) order += problem.path + " ";
  EXPECT_EQ(order, "first also second third ");
}

TEST(Problems, APathWithoutAPlaceStandsWhereItsParentStands) {
  Problems problems(std::vector<Source>{});
  problems.remember("services[0]", {4, 5});
  EXPECT_EQ(problems.mark_of("services[0].hosts[2]"), (Mark{4, 5}));
  EXPECT_EQ(problems.mark_of("services[0]"), (Mark{4, 5}));
  EXPECT_EQ(problems.mark_of("services[1]"), Mark{});
  EXPECT_EQ(problems.mark_of(""), Mark{});
}

TEST(Problems, AreBounded) {
  Problems problems(std::vector{Source{"f", "a\n"}});
  for (std::size_t i = 0; i < Problems::kept_max + 5; ++i)
    problems.error(Mark{1, 1}, "", {"x", "", {}});
  const auto all = problems.take();
  ASSERT_EQ(all.size(), Problems::kept_max + 1);
  EXPECT_EQ(all.back().message, "5 more errors are not shown");
  EXPECT_EQ(all.back().severity, Severity::error);
}

TEST(Problems, ManyWarningsHideNoErrorAndAreNone) {
  Problems problems(std::vector{Source{"f", "a: 1\n"}});
  for (std::size_t i = 0; i < Problems::kept_max + 7; ++i) problems.warning("a", {"old", "", {}});
  EXPECT_FALSE(problems.any_error());
  problems.error(Mark{1, 4}, "a", {"wrong", "", {}});
  const auto all = problems.take();
  ASSERT_EQ(all.size(), Problems::kept_max + 2);
  EXPECT_EQ(std::ranges::count(all, Severity::error, &Problem::severity), 1);
  EXPECT_EQ(all.back().message, "7 more warnings are not shown");
  EXPECT_EQ(all.back().severity, Severity::warning);
}

TEST(Problems, AnErrorIsKnownByItsPath) {
  Problems problems(std::vector<Source>{});
  problems.error(Mark{1, 1}, "a.b", {});
  problems.warning("c", {});
  EXPECT_TRUE(problems.has_error_at("a.b"));
  EXPECT_FALSE(problems.has_error_at("a"));
  EXPECT_FALSE(problems.has_error_at("c"));
}

TEST(Problems, AnErrorIsKnownByWhatItIsPartOf) {
  Problems problems(std::vector<Source>{});
  problems.error(Mark{1, 1}, "a.b[1].c", {});
  problems.warning("d.e", {});
  for (const auto* path : {"a", "a.b", "a.b[1]", "a.b[1].c"})
    EXPECT_TRUE(problems.has_error_within(path)) << path;
  for (const auto* path : {"a.b[1].cc", "a.b[1].c.d", "a.b[0]", "b", "d"})
    EXPECT_FALSE(problems.has_error_within(path)) << path;
}

TEST(Problem, AlternativesAreJoinedAsInASentence) {
  EXPECT_EQ(alternatives({}), "");
  EXPECT_EQ(alternatives({"a"}), "a");
  EXPECT_EQ(alternatives({"a", "b"}), "a or b");
  EXPECT_EQ(alternatives({"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace minato::schema
