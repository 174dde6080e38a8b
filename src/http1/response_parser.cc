#include <cstring>

#include "base/strings.h"
#include "http/tokens.h"
#include "http1/connection_fields.h"
#include "http1/field_line.h"
#include "http1/head_parser.h"

namespace minato::http1 {

using http::Reason;
using http::Version;
using Cut = detail::LineCutter::Cut;

namespace {

// "HTTP/1.1 200": what every status line begins with.
bool begins_status_line(std::string_view line) {
  return line.size() >= 12 && std::memcmp(line.data(), "HTTP/1.", 7) == 0 && is_digit(line[7]) &&
         line[8] == ' ' && line[9] >= '1' && is_digit(line[9]) && is_digit(line[10]) &&
         is_digit(line[11]);
}

}  // namespace

Progress ResponseParser::feed(std::string_view bytes) {
  for (;;) {
    Line line;
    switch (lines_.next(bytes, limits_.head_bytes, line)) {
      case Cut::line: break;
      case Cut::need_more: return Progress::need_more;
      case Cut::bare_lf: return refuse("line feed without carriage return");
      case Cut::too_long: return refuse("response head too large", Reason::upstream_head_too_large);
    }
    const Progress progress = take_line(line);
    if (progress != Progress::need_more) return progress;
  }
}

void ResponseParser::reset() {
  head_ = http::ResponseHead(head_.fields.arena());
  lines_ = {};
  refusal_ = {};
  in_fields_ = false;
}

Progress ResponseParser::refuse(const char* detail, Reason reason) {
  refusal_ = {reason, detail};
  return Progress::refused;
}

Progress ResponseParser::take_line(const Line& line) {
  if (!in_fields_) return take_status_line(line.text);
  return line.text.empty() ? finish() : take_field(line);
}

// RFC 9112 4. Many origins leave out the space before an empty phrase, which nobody can misread;
// 600 to 999 mean no more than 5xx does (RFC 9110 15) and are passed on.
Progress ResponseParser::take_status_line(std::string_view line) {
  in_fields_ = true;
  if (!begins_status_line(line)) return refuse("malformed status line");
  head_.version = line[7] == '0' ? Version::http_1_0 : Version::http_1_1;
  head_.status = parse_number<std::uint16_t>(line.substr(9, 3)).value_or(0);
  if (line.size() == 12) return Progress::need_more;
  if (line[12] != ' ') return refuse("malformed status line");
  head_.reason = line.substr(13);
  return http::is_field_value(head_.reason) ? Progress::need_more
                                            : refuse("control character in a reason phrase");
}

Progress ResponseParser::take_field(const Line& line) {
  if (head_.fields.count() == limits_.field_count)
    return refuse("too many field lines", Reason::upstream_head_too_large);
  http::Field field;
  const char* const fault = parse_field_line(line, field);
  if (fault != nullptr) return refuse(fault);
  head_.fields.append(field);
  return Progress::need_more;
}

Progress ResponseParser::finish() {
  return has_too_many_options(head_.fields) ? refuse("too many connection options")
                                            : Progress::done;
}

}  // namespace minato::http1
