// Structured Fields (RFC 9651), read strictly: what does not parse as a whole is no value at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace minato::http {

/// The value of a dictionary's member, without its parameters. Views into the text that was parsed.
struct SfValue {
  enum class Kind : std::uint8_t {
    integer,
    decimal,
    string,
    token,
    binary,
    boolean,
    date,
    display_string,
    inner_list,
  };
  Kind kind = Kind::boolean;
  bool boolean = true;
  std::int64_t integer = 0;  ///< of an integer or a date; of a decimal in thousandths
  std::string_view text{};   ///< of the other kinds, inside their delimiters, escapes as written
};

struct SfMember {
  std::string_view key;
  SfValue value;
};

/// RFC 9651 4.2.2: in the order of the first appearance of each key, with its last value; nullopt
/// for what is not a dictionary, and for more than the 1024 members that anybody must be able to
/// read (3.2), repeated ones among them. An empty text is an empty one.
std::optional<std::vector<SfMember>> parse_sf_dictionary(std::string_view text);

}  // namespace minato::http
