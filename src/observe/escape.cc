#include "observe/escape.h"

#include <array>

#include "base/chars.h"

namespace minato::observe {
namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";
constexpr std::string_view lower_hex = "0123456789abcdef";

constexpr unsigned code(char c) { return static_cast<unsigned char>(c); }
constexpr bool is_control(char c) { return code(c) < 0x20 || code(c) == 0x7f; }

void put_byte(LineWriter& out, std::string_view prefix, std::string_view digits, char c) {
  out.put(prefix);
  out.put(digits[code(c) >> 4]);
  out.put(digits[code(c) & 15]);
}

// A style is the set of what passes as it is, and says what becomes of the others; its `put_next`
// writes what stands for the head of `text` and returns how many bytes that head has.
struct PrintableStyle {
  static constexpr bool fits(char c) { return code(c) >= 0x20 && code(c) < 0x7f; }
  static unsigned misfits(Chars chars) {
#ifdef __SSE2__
    const Chars printable = _mm_cmpgt_epi8(chars, _mm_set1_epi8(0x1f));  // signed: ASCII alone
    const Chars del = _mm_cmpeq_epi8(chars, _mm_set1_epi8(0x7f));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(del, printable))) ^ 0xffffu;
#else
    return misfits_one_by_one<PrintableStyle>(chars);
#endif
  }
  static std::size_t put_next(LineWriter& out, std::string_view text) {
    const auto length = utf8_length(text);
    const bool c1 = length == 2 && code(text[0]) == 0xc2 && code(text[1]) < 0xa0;  // U+0080-U+009F
    if (length > 1 && !c1) {
      out.put(text.substr(0, length));
      return length;
    }
    put_byte(out, "\\x", upper_hex, text.front());
    return 1;
  }
};

#ifdef __SSE2__
unsigned quotes_among(Chars chars) {
  const Chars either = _mm_or_si128(_mm_cmpeq_epi8(chars, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(chars, _mm_set1_epi8('\\')));
  return static_cast<unsigned>(_mm_movemask_epi8(either));
}
#endif

struct HexStyle {
  static constexpr bool fits(char c) {
    return code(c) >= 0x20 && code(c) < 0x7f && c != '"' && c != '\\';
  }
  static unsigned misfits(Chars chars) {
#ifdef __SSE2__
    return quotes_among(chars) | PrintableStyle::misfits(chars);
#else
    return misfits_one_by_one<HexStyle>(chars);
#endif
  }
  static std::size_t put_next(LineWriter& out, std::string_view text) {
    put_byte(out, "\\x", upper_hex, text.front());
    return 1;
  }
};

struct JsonStyle {
  static constexpr bool fits(char c) { return HexStyle::fits(c); }
  static unsigned misfits(Chars chars) { return HexStyle::misfits(chars); }
  static std::size_t put_next(LineWriter& out, std::string_view text) {
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out.put('\\');
      out.put(c);
    } else if (is_control(c)) {
      put_byte(out, "\\u00", lower_hex, c);
    } else if (const auto length = utf8_length(text); length != 0) {
      out.put(text.substr(0, length));
      return length;
    } else {
      out.put("\\ufffd");
    }
    return 1;
  }
};

template <class Style>
void put_escaped(LineWriter& out, std::string_view text) {
  while (!text.empty()) {
    const auto clean = find_misfit<Style>(text.data(), 0, text.size());  // nearly always all
    out.put(text.substr(0, clean));
    text.remove_prefix(clean);
    if (!text.empty()) text.remove_prefix(Style::put_next(out, text));
  }
}

// RFC 3629 4: what may stand first, how many follow, and the range of the second byte, which keeps
// out overlong forms, surrogates and what lies beyond U+10FFFF.
struct Utf8Row {
  unsigned first_low, first_high;
  std::size_t length;
  unsigned second_low, second_high;
};
constexpr std::array utf8_rows{
    Utf8Row{0x00, 0x7f, 1, 0, 0},       Utf8Row{0xc2, 0xdf, 2, 0x80, 0xbf},
    Utf8Row{0xe0, 0xe0, 3, 0xa0, 0xbf}, Utf8Row{0xe1, 0xec, 3, 0x80, 0xbf},
    Utf8Row{0xed, 0xed, 3, 0x80, 0x9f}, Utf8Row{0xee, 0xef, 3, 0x80, 0xbf},
    Utf8Row{0xf0, 0xf0, 4, 0x90, 0xbf}, Utf8Row{0xf1, 0xf3, 4, 0x80, 0xbf},
    Utf8Row{0xf4, 0xf4, 4, 0x80, 0x8f},
};

bool follows(const Utf8Row& row, std::string_view text) {
  if (text.size() < row.length) return false;
  if (row.length == 1) return true;
  if (code(text[1]) < row.second_low || code(text[1]) > row.second_high) return false;
  for (std::size_t i = 2; i < row.length; ++i)
    if ((code(text[i]) & 0xc0) != 0x80) return false;
  return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  for (const Utf8Row& row : utf8_rows)
    if (code(text[0]) >= row.first_low && code(text[0]) <= row.first_high)
      return follows(row, text) ? row.length : 0;
  return 0;
}

void put_hex_escaped(LineWriter& out, std::string_view text) { put_escaped<HexStyle>(out, text); }
void put_json_escaped(LineWriter& out, std::string_view text) { put_escaped<JsonStyle>(out, text); }
void put_printable(LineWriter& out, std::string_view text) {
  put_escaped<PrintableStyle>(out, text);
}

}  // namespace minato::observe
