// Sets of characters that a text is looked through for, sixteen bytes at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace minato::http {

/// So many bytes are looked at in one step.
inline constexpr std::size_t chars_step = 16;

#ifdef __SSE2__
using Chars = __m128i;

inline Chars chars_at(const char* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}
/// Eight at `first`, and eight at `second`.
inline Chars chars_at(const char* first, const char* second) {
  std::uint64_t low, high;
  std::memcpy(&low, first, sizeof low);
  std::memcpy(&high, second, sizeof high);
  return _mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low));
}
#else
using Chars = std::array<char, chars_step>;

inline Chars chars_at(const char* first, const char* second) {
  Chars chars;
  std::memcpy(chars.data(), first, 8);
  std::memcpy(chars.data() + 8, second, 8);
  return chars;
}
inline Chars chars_at(const char* bytes) { return chars_at(bytes, bytes + 8); }

template <class Set>
unsigned misfits_one_by_one(const Chars& chars) {
  unsigned found = 0;
  for (std::size_t i = 0; i < chars_step; ++i) found |= (Set::fits(chars[i]) ? 0u : 1u) << i;
  return found;
}
#endif

/// What may stand in a field value: visible ASCII, obs-text, space or tab (RFC 9110 5.5).
struct ValueChars {
  static constexpr bool fits(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  }
  /// A bit for each that may not.
  static unsigned misfits(Chars chars) {
#ifdef __SSE2__
    const Chars low = _mm_cmpeq_epi8(_mm_min_epu8(chars, _mm_set1_epi8(0x1f)), chars);
    const Chars low_but_tab = _mm_andnot_si128(_mm_cmpeq_epi8(chars, _mm_set1_epi8('\t')), low);
    const Chars del = _mm_cmpeq_epi8(chars, _mm_set1_epi8(0x7f));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low_but_tab, del)));
#else
    return misfits_one_by_one<ValueChars>(chars);
#endif
  }
};

/// What a request target may be made of: visible ASCII (VCHAR of RFC 5234). RFC 3986 has no place
/// for some of it ("<", "|", "\"), but clients send them and every server reads them alike. A
/// fragment is never sent (RFC 9110 7.1).
struct TargetChars {
  static constexpr bool fits(char c) { return c > 0x20 && c < 0x7f && c != '#'; }
  static unsigned misfits(Chars chars) {
#ifdef __SSE2__
    const Chars visible = _mm_cmpgt_epi8(chars, _mm_set1_epi8(0x20));  // signed: no byte over 0x7f
    const Chars others = _mm_or_si128(_mm_cmpeq_epi8(chars, _mm_set1_epi8(0x7f)),
                                      _mm_cmpeq_epi8(chars, _mm_set1_epi8('#')));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(others, visible))) ^ 0xffffu;
#else
    return misfits_one_by_one<TargetChars>(chars);
#endif
  }
};

/// Nothing that lower case would change.
struct LowerChars {
  static constexpr bool fits(char c) { return c < 'A' || c > 'Z'; }
  static unsigned misfits(Chars chars) {
#ifdef __SSE2__
    const Chars from_a = _mm_cmpgt_epi8(chars, _mm_set1_epi8('A' - 1));  // signed: nor what has
    const Chars to_z = _mm_cmplt_epi8(chars, _mm_set1_epi8('Z' + 1));    // the highest bit
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(from_a, to_z)));
#else
    return misfits_one_by_one<LowerChars>(chars);
#endif
  }
};

/// Only characters of `Set`. What is no whole step is looked at with some that stands before it.
template <class Set>
bool all_fit(std::string_view text) {
  constexpr std::size_t half = chars_step / 2;
  const char* const end = text.data() + text.size();
  if (text.size() < half) {
    for (const char c : text)
      if (!Set::fits(c)) return false;
    return true;
  }
  if (text.size() <= chars_step) return Set::misfits(chars_at(text.data(), end - half)) == 0;
  for (const char* at = text.data(); at < end - chars_step; at += chars_step)
    if (Set::misfits(chars_at(at)) != 0) return false;
  return Set::misfits(chars_at(end - chars_step)) == 0;
}

inline bool is_field_value(std::string_view text) { return all_fit<ValueChars>(text); }

}  // namespace minato::http
