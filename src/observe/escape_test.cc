#include "observe/escape.h"

#include <gtest/gtest.h>

#include <string>

namespace minato::observe {
namespace {

using namespace std::string_view_literals;

std::string escaped(void (*put)(LineWriter&, std::string_view), std::string_view text) {
  std::string room(4096, '\0');
  LineWriter out(room);
  put(out, text);
  EXPECT_FALSE(out.overflowed());
  return std::string(out.view());
}

TEST(HexEscape, LeavesPlainAsciiAlone) {
  const std::string_view plain = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 ~!'#$%&";
  EXPECT_EQ(escaped(put_hex_escaped, plain), plain);
}

TEST(HexEscape, WritesWhatNginxWrites) {
  EXPECT_EQ(escaped(put_hex_escaped, "a\"b\\c"), R"(a\x22b\x5Cc)");
  EXPECT_EQ(escaped(put_hex_escaped, "\r\n\t\0\x1f"sv), R"(\x0D\x0A\x09\x00\x1F)");
  EXPECT_EQ(escaped(put_hex_escaped, "\x7f\x80\xff"), R"(\x7F\x80\xFF)");
  EXPECT_EQ(escaped(put_hex_escaped, "h\u00fc"), R"(h\xC3\xBC)");
}

void expect_is_found(char c, std::size_t at, std::size_t size) {
  std::string text(size, '~');
  text[at] = c;
  const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  EXPECT_EQ(escaped(put_hex_escaped, text) == text, plain) << int{c} << " at " << at << '/' << size;
}

TEST(HexEscape, FindsEveryByteAtEveryPlaceOfAValueOfAnySize) {
  for (std::size_t size = 1; size <= 20; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) expect_is_found(static_cast<char>(byte), at, size);
}

TEST(JsonEscape, KeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ(escaped(put_json_escaped, "h\u00fcte \u20ac \U0001f600"),
            "h\u00fcte \u20ac \U0001f600");
  EXPECT_EQ(escaped(put_json_escaped, "a\"b\\c\n\0\x7f"sv), R"(a\"b\\c\u000a\u0000\u007f)");
}

TEST(JsonEscape, PutsTheReplacementCharacterForWhatIsNotUtf8) {
  EXPECT_EQ(escaped(put_json_escaped,
                    "a\xff"
                    "b"),
            R"(a\ufffdb)");
  EXPECT_EQ(escaped(put_json_escaped, "\xc3"), R"(\ufffd)");            // cut short
  EXPECT_EQ(escaped(put_json_escaped, "\xc3\""), R"(\ufffd\")");        // a quote cannot hide
  EXPECT_EQ(escaped(put_json_escaped, "\xc0\xaf"), R"(\ufffd\ufffd)");  // overlong
}

TEST(Printable, KeepsQuotesAndUtf8ButNoControls) {
  EXPECT_EQ(escaped(put_printable, "say \"h\u00fc\" \\"), "say \"h\u00fc\" \\");
  EXPECT_EQ(escaped(put_printable, "\x1b[2J\n\x7f\xff"), R"(\x1B[2J\x0A\x7F\xFF)");
  EXPECT_EQ(escaped(put_printable, "\u009b2J"), R"(\xC2\x9B2J)");
}

struct Utf8Case {
  std::string_view text;
  std::size_t length;
  const char* why;
};

TEST(Utf8, IsWhatRfc3629Says) {
  const Utf8Case cases[] = {
      {"", 0, "nothing"},
      {"a", 1, "ASCII"},
      {"\xc2\x80", 2, "the first of two bytes"},
      {"\xdf\xbf", 2, "the last of two bytes"},
      {"\xc1\xbf", 0, "overlong in two"},
      {"\x80", 0, "a continuation alone"},
      {"\xe0\xa0\x80", 3, "the first of three bytes"},
      {"\xe0\x9f\xbf", 0, "overlong in three"},
      {"\xed\x9f\xbf", 3, "before the surrogates"},
      {"\xed\xa0\x80", 0, "a surrogate"},
      {"\xef\xbf\xbf", 3, "the last of three bytes"},
      {"\xe2\x82", 0, "three bytes cut short"},
      {"\xe2\x82\x2f", 0, "the third byte is none"},
      {"\xf0\x90\x80\x80", 4, "the first of four bytes"},
      {"\xf0\x8f\xbf\xbf", 0, "overlong in four"},
      {"\xf4\x8f\xbf\xbf", 4, "U+10FFFF"},
      {"\xf4\x90\x80\x80", 0, "beyond U+10FFFF"},
      {"\xf5\x80\x80\x80", 0, "no such first byte"},
  };
  for (const auto& c : cases) EXPECT_EQ(utf8_length(c.text), c.length) << c.why;
}

TEST(LineWriter, NeverWritesPastItsRoom) {
  char room[8] = "zzzzzzz";
  LineWriter out({room, 4});
  out.put("abc");
  out.put("de");
  EXPECT_TRUE(out.overflowed());
  out.put('x');  // would fit, but must not follow a gap
  EXPECT_EQ(out.view(), "abc");
  EXPECT_EQ(room[4], 'z');
}

TEST(LineWriter, WritesNumbers) {
  char room[32];
  LineWriter out(room);
  out.number(std::uint64_t{18446744073709551615u});
  out.put(' ');
  out.padded(7, 3);
  EXPECT_EQ(out.view(), "18446744073709551615 007");
}

TEST(LineWriter, RefusesANumberThatDoesNotFit) {
  char room[2];
  LineWriter out(room);
  out.number(100);
  EXPECT_TRUE(out.overflowed());
  EXPECT_EQ(out.view(), "");
}

}  // namespace
}  // namespace minato::observe
