// Things of an origin that change, for tests of who gets which of their bytes.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/random.h"
#include "cache/policy/range.h"

namespace minato::cache {

inline constexpr int things = 6;
inline constexpr std::array<std::string_view, 3> languages{"de", "en", "fr"};
/// Every other thing varies on the language. Those of one letter are purged by prefix together,
/// those of one tag by that.
inline bool varies(int thing) { return thing % 2 == 1; }
inline char letter_of(int thing) { return thing < things / 2 ? 'x' : 'y'; }
inline char tag_of(int thing) { return static_cast<char>('a' + thing % 3); }

/// One representation.
struct Text {
  int thing = 0;
  std::string_view language;  ///< empty where it does not vary
  int version = 0;

  std::string name() const { return fmt::format("{}/{}/{}", thing, language, version); }
  std::string etag() const { return fmt::format("\"{}\"", version); }
  std::uint64_t seed() const {
    const auto number = static_cast<std::uint64_t>(thing * 1'000'000 + version);
    return number * 4 + (language.empty() ? 0u : static_cast<unsigned char>(language[0]) % 4u);
  }
  /// Of all versions, so that the length does not tell one from another.
  std::uint64_t size() const { return 400 + 1000 * static_cast<std::uint64_t>(thing); }
  std::string bytes(ByteRange range) const {
    std::string made;
    for (std::uint64_t at = range.first; at <= range.last; ++at)
      made += static_cast<char>('a' + Random(seed() * 10'000 + at).below(26));
    return made;
  }
  ByteRange whole() const { return {.first = 0, .last = size() - 1}; }
  /// In quarters, so that parts touch often.
  ByteRange some(Random& random) const {
    const std::uint64_t first = random.below(4), count = 1 + random.below(4 - first);
    return {.first = first * size() / 4, .last = (first + count) * size() / 4 - 1};
  }
};

}  // namespace minato::cache
