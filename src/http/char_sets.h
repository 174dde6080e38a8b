// Sets of characters that texts of HTTP are looked through for (base/chars.h).
#pragma once

#include "base/chars.h"

namespace minato::http {

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

inline bool is_field_value(std::string_view text) { return all_fit<ValueChars>(text); }

}  // namespace minato::http
