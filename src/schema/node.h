// A parsed document with positions, whatever language it was written in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace minato::schema {

/// Where something stands: counted from 1, columns in bytes; line 0 is "nowhere in particular".
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t file = 0;  ///< index into the sources
  friend constexpr auto operator<=>(const Mark&, const Mark&) = default;
};

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  Mark mark;
  std::string text;  ///< of a scalar
  std::string key;   ///< where it is an entry of a map
  Mark key_mark;
  std::vector<Node> children;  ///< items of a list or entries of a map, in order; keys may repeat
};

}  // namespace minato::schema
