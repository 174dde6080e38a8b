#include "config/yaml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace minato::config {
namespace {

using schema::Node;

/// The node as text: scalars in <>, their places behind them.
std::string outline(const Node& node) {
  const std::string place = fmt::format("@{}:{}", node.mark.line, node.mark.column);
  if (node.kind == Node::Kind::null) return "null" + place;
  if (node.kind == Node::Kind::scalar) return "<" + node.text + ">" + place;
  const bool is_map = node.kind == Node::Kind::map;
  std::string out = is_map ? "{" : "[";
  for (const Node& child : node.children) {
    if (out.size() > 1) out += " ";
    if (is_map)
      out += fmt::format("{}@{}:{}=", child.key, child.key_mark.line, child.key_mark.column);
    out += outline(child);
  }
  return out + (is_map ? "}" : "]") + place;
}

/// The outline of `text`, or what is wrong with it.
std::string read(std::string_view text) {
  schema::Problems problems(std::vector{schema::Source{"f", std::string(text)}});
  const auto node = parse_yaml(text, problems);
  if (node) return outline(*node);
  return headline(problems.take().at(0));
}

TEST(Yaml, EverythingKnowsItsPlace) {
  EXPECT_EQ(read("a: 1\nb:\n  - x\n  - {c: 'y z'}\nd:\n"),
            "{a@1:1=<1>@1:4 b@2:1=[<x>@3:5 {c@4:6=<y z>@4:9}@4:5]@3:3 d@5:1=null@5:1}@1:1");
}

TEST(Yaml, NothingIsNull) {
  EXPECT_EQ(read(""), "null@0:0");
  EXPECT_EQ(read("# only words\n"), "null@0:0");
  EXPECT_EQ(read("a: ~"), "{a@1:1=null@1:1}@1:1");
}

TEST(Yaml, KeysMayRepeatSoThatItCanBeReported) {
  EXPECT_EQ(read("a: 1\na: 2"), "{a@1:1=<1>@1:4 a@2:1=<2>@2:4}@1:1");
}

TEST(Yaml, AnAliasIsWhatItStandsFor) {
  EXPECT_EQ(read("a: &x {b: 1}\nc: *x"),
            "{a@1:1={b@1:8=<1>@1:11}@1:4 c@2:1={b@1:8=<1>@1:11}@1:4}@1:1");
  EXPECT_EQ(read("a: &x 1\nb: [*x, *x]"), "{a@1:1=<1>@1:4 b@2:1=[<1>@1:4 <1>@1:4]@2:4}@1:1");
}

TEST(Yaml, LinesMayEndAsOnWindows) {
  EXPECT_EQ(read("a: 1\r\nb: 2\r\n"), "{a@1:1=<1>@1:4 b@2:1=<2>@2:4}@1:1");
}

TEST(Yaml, BlocksOfTextAreText) {
  EXPECT_EQ(read("a: |\n  x\n  y\nb: >-\n  x\n  y\n"), "{a@1:1=<x\ny\n>@1:4 b@4:1=<x y>@4:4}@1:1");
}

TEST(Yaml, QuotesEndInTheirLine) {
  EXPECT_EQ(read("a: 'it''s'"), "{a@1:1=<it's>@1:4}@1:1");
  EXPECT_EQ(read("a: \"b\\\"c\\\\\""), "{a@1:1=<b\"c\\>@1:4}@1:1");
  for (const std::string_view text :
       {"a: \"b\nc: d\"", "a: 'b\nc: d'", "a:\n  - \"b\nc: 1", "'a: 1", "a: \"b\\\"", "a: 'b''",
        "a:\n  - &x \"b\nc: 1", "a:\n  - 'b''\nc: 1", "a: \"b\\\n  c\""})
    EXPECT_EQ(read(text).substr(read(text).find(" ") + 1),
              "a quotation mark that is not closed in its line; needed: the same mark at the end")
        << text;
}

TEST(Yaml, NestingHasABound) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(read(nested(nesting_max))[0], '[');
  EXPECT_EQ(read(nested(nesting_max + 1)), "f:1:33: nested too deeply; allowed: 32 levels");
  EXPECT_EQ(read(nested(100'000)), "f:1:33: nested too deeply; allowed: 32 levels");
}

TEST(Yaml, ABombOfAliasesIsRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = fmt::format("*a{}", i - 1);
    text +=
        fmt::format("a{0}: &a{0} [{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}]\n", i, last);
  }
  EXPECT_NE(read(text).find("too many values; allowed: 2000000, with what aliases repeat"),
            std::string::npos);
}

TEST(Yaml, AnAliasOfItselfIsNone) {
  EXPECT_NE(read("a: &x [*x]").find("an alias (*) without its anchor (&)"), std::string::npos);
}

TEST(Yaml, TheSizeHasABound) {
  EXPECT_EQ(read(std::string(document_bytes_max + 1, ' ')),
            "f: the file is too large; allowed: 67108864 bytes");
}

TEST(Yaml, WhatIsNoTextIsRefused) {
  EXPECT_EQ(read("a: \xff"), "f:1:4: the byte 0xff is not UTF-8; allowed: text in UTF-8");
  EXPECT_EQ(read(std::string_view("a: 1\nb: \0", 9)),
            "f:2:4: the control character 0x00; allowed: tabs, line ends and what can be seen");
  EXPECT_EQ(read("a: 1\x04\nb: 2"),
            "f:1:5: the control character 0x04; allowed: tabs, line ends and what can be seen");
}

}  // namespace
}  // namespace minato::config
