#include "config/text.h"

#include <gtest/gtest.h>

namespace minato::config {
namespace {

TEST(Text, Utf8IsWhatRfc3629Says) {
  const struct {
    std::string_view text;
    bool good;
  } rows[] = {
      {"", true},
      {"plain\ttext\r\n", true},
      {"\xc3\xb6", true},           // U+00F6
      {"\xe2\x82\xac", true},       // U+20AC
      {"\xf0\x9f\x98\x80", true},   // U+1F600
      {"\xf4\x8f\xbf\xbf", true},   // U+10FFFF, the last
      {"\xf4\x90\x80\x80", false},  // beyond it
      {"\xc0\x80", false},          // longer than it needs to be
      {"\xe0\x80\x80", false},
      {"\xf0\x80\x80\x80", false},
      {"\xed\xa0\x80", false},  // half of a surrogate pair
      {"\x80", false},          // begins in the middle
      {"\xc3", false},          // ends in the middle
      {"\xc3(", false},
      {"\xff", false},
  };
  for (const auto& row : rows) EXPECT_EQ(!check_text(row.text), row.good) << row.text;
}

TEST(Text, ControlCharactersAreNoText) {
  for (int c = 0; c < 0x20; ++c) {
    const char byte = static_cast<char>(c);
    const bool allowed = byte == '\t' || byte == '\n' || byte == '\r';
    EXPECT_EQ(!check_text({&byte, 1}), allowed) << c;
  }
  EXPECT_TRUE(check_text("\x7f"));
}

TEST(Text, AFaultHasAPlace) {
  const auto fault = check_text("a\nbc\xff");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->mark, (schema::Mark{2, 3}));
}

TEST(Text, ALineIsWithoutItsEnd) {
  EXPECT_EQ(line_of("a\r\nb\nc", {1, 1}), "a");
  EXPECT_EQ(line_of("a\r\nb\nc", {2, 1}), "b");
  EXPECT_EQ(line_of("a\r\nb\nc", {3, 1}), "c");
  EXPECT_EQ(line_of("a\r\nb\nc", {4, 1}), "");
}

}  // namespace
}  // namespace minato::config
