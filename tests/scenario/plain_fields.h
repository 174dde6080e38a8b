// Fields read the plain way, for the model of a cache: written from the RFCs alone, without
// anything of src/http.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace minato::scenario {

using Lines = std::vector<std::pair<std::string, std::string>>;
/// Since 1970: all that happens in front of the model does so at whole seconds.
using Second = std::int64_t;
/// Longer than anything lasts.
inline constexpr Second for_ever = Second{1} << 40;

/// The first line of that name, whatever its case; nullptr where there is none.
const std::string* line_of(const Lines& lines, std::string_view name);
std::optional<std::string> value_in(const Lines& lines, std::string_view name);
/// All lines that a CGI program gets as one variable with that name (RFC 3875 4.1.18): `_` for `-`.
Lines spellings_of(const Lines& lines, const std::string& name);
/// All lines of that name as one list.
std::string joined(const Lines& lines, std::string_view name);
/// The elements of a list, which may be quoted; none is empty.
std::vector<std::string> split(const std::string& list);

/// The values of all cookies of that name (RFC 6265 4.2.1).
std::vector<std::string> cookies_of(const Lines& lines, const std::string& name);

std::string lowered(std::string text);
bool is_number(const std::string& text);
/// Of digits; `for_ever` at most.
Second number_of(const std::string& text);

/// Bytes from `first` to `last` of so many; 0 where that is not said.
struct PlainRange {
  std::size_t first = 0, last = 0, size = 0;
  friend bool operator==(const PlainRange&, const PlainRange&) = default;
};
/// Of a Range, as the generator writes it; nullopt where there is none.
std::optional<PlainRange> range_of(const Lines& request);
/// Of a Content-Range.
PlainRange range_in(const std::string& content_range);

/// In the form that is preferred (RFC 9110 5.6.7); nullopt for what is not.
std::optional<Second> plain_date(const std::string& text);
std::string date_text(Second moment);

/// Lower-case names, and arguments without quotes, in their order.
class PlainDirectives {
 public:
  PlainDirectives() = default;
  explicit PlainDirectives(const std::string& text);
  bool has(const std::string& name) const;
  /// There without an argument, or so often that none of its arguments is all of it.
  bool has_whole(const std::string& name) const;
  /// Of the first of that name: -1 where its argument is no number; nullopt where there is none.
  std::optional<Second> number(const std::string& name) const;
  /// Names of fields that `name` is narrowed to, in lower case.
  std::set<std::string> fields_of(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> all_;
};

/// RFC 3986 5.3 for what the generator writes; empty where it is another origin's.
std::string path_of(const std::string& reference);
/// Not what is of one message alone.
bool is_for_store(const std::string& name);

}  // namespace minato::scenario
