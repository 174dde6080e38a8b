// The variables of access log templates: a row each.
#pragma once

#include <span>
#include <string_view>

#include "observe/access_line.h"
#include "observe/line_writer.h"
#include "observe/time_text.h"

namespace minato::observe {

/// How values stand in a line: bare, escaped as nginx does, `-` where there is none; or as JSON
/// values, with their quotes, null where there is none.
enum class AccessEncoding : std::uint8_t { text, json };

/// Writes one value the way a format wants it.
class ValueWriter {
 public:
  /// Of a text no more than `bytes_max` are written.
  ValueWriter(LineWriter& out, TimeText& times, AccessEncoding encoding, std::size_t bytes_max)
      : out_(out), times_(times), json_(encoding == AccessEncoding::json), bytes_max_(bytes_max) {}

  TimeText& times() { return times_; }

  void absent() { out_.put(json_ ? "null" : "-"); }
  /// What a stranger may have written.
  void text(std::string_view value);
  /// The words of a request line, with spaces between.
  void request_line(std::string_view method, std::string_view target, std::string_view version);
  /// What needs no escaping.
  void plain(std::string_view value);
  void number(std::uint64_t value) { out_.number(value); }
  /// Three digits, as every parser of these formats expects, 000 where there is none.
  void status(std::uint16_t value);
  /// With six decimals.
  void seconds(Nanos value);

 private:
  void quote() {
    if (json_) out_.put('"');
  }
  void escaped(std::string_view value);

  LineWriter& out_;
  TimeText& times_;
  bool json_;
  std::size_t bytes_max_;
};

struct AccessVariable {
  std::string_view name;
  std::string_view meaning;
  void (*put)(ValueWriter&, const AccessLine&);
};

/// All of them, for references and messages.
std::span<const AccessVariable> access_variables() noexcept;
/// Null where there is none of that name.
const AccessVariable* find_access_variable(std::string_view name) noexcept;

}  // namespace minato::observe
