#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "http/authority.h"
#include "http/tokens.h"
#include "http1/connection_fields.h"
#include "http1/field_line.h"
#include "http1/head_parser.h"
#include "http1/target.h"

namespace minato::http1 {

using http::FieldId;
using http::Method;
using http::Reason;
using http::TargetForm;
using http::Version;
using Cut = detail::LineCutter::Cut;

namespace {

// Two spaces, "HTTP/1.1" and CRLF.
constexpr std::size_t around_method_and_target = 2 + 8 + 2;

bool is_version(std::string_view text) {
  return text.size() == 8 && std::memcmp(text.data(), "HTTP/", 5) == 0 && is_digit(text[5]) &&
         text[6] == '.' && is_digit(text[7]);
}

}  // namespace

Progress RequestParser::feed(std::string_view bytes) {
  for (;;) {
    if (check_first_byte(bytes) == Progress::refused) return Progress::refused;
    Line line;
    switch (lines_.next(bytes, line_bound(), line)) {
      case Cut::line: break;
      case Cut::need_more: return Progress::need_more;
      case Cut::bare_lf:
        return refuse(Reason::malformed_request, "line feed without carriage return");
      case Cut::too_long:
        return in_fields_ ? refuse(Reason::head_too_large, "request head too large")
                          : refuse_long_line(
                                bytes.substr(lines_.offset(), line_bound() - lines_.offset()));
    }
    const Progress progress = take_line(line);
    if (progress != Progress::need_more) return progress;
  }
}

void RequestParser::reset() {
  head_ = http::RequestHead(head_.fields.arena());
  lines_ = {};
  refusal_ = {};
  empty_lines_ = 0;
  started_ = in_fields_ = false;
}

Progress RequestParser::refuse(Reason reason, const char* detail) {
  refusal_ = {reason, detail};
  return Progress::refused;
}

std::size_t RequestParser::line_bound() const {
  if (in_fields_) return limits_.head_bytes;
  return std::min(limits_.head_bytes, lines_.offset() + method_bytes_max + limits_.target_bytes +
                                          around_method_and_target);
}

// What cannot become a request line, such as a TLS handshake, is answered before its line ends.
Progress RequestParser::check_first_byte(std::string_view bytes) {
  if (started_ || bytes.size() <= lines_.offset()) return Progress::need_more;
  const char first = bytes[lines_.offset()];
  if (first == '\r' || first == '\n') return Progress::need_more;
  started_ = true;
  if (http::is_tchar(first)) return Progress::need_more;
  return refuse(Reason::malformed_request, "invalid method");
}

/// What is too long about a request line that has no end within its bound (RFC 9112 3). `line` is
/// what lies within that bound: what follows may or may not have come yet.
Progress RequestParser::refuse_long_line(std::string_view line) {
  const auto beginning = line.substr(0, method_bytes_max + 1);
  const auto method = beginning.substr(0, beginning.find(' '));
  if (!http::is_token(method)) return refuse(Reason::malformed_request, "invalid method");
  return method.size() > method_bytes_max
             ? refuse(Reason::method_not_implemented, "method too long")
             : refuse(Reason::uri_too_long, "request line too long");
}

Progress RequestParser::take_line(const Line& line) {
  if (in_fields_) return line.text.empty() ? finish() : take_field(line);
  if (!line.text.empty()) return take_request_line(line.text);
  if (++empty_lines_ <= empty_lines_max) return Progress::need_more;
  return refuse(Reason::malformed_request, "too many empty lines before a request");
}

// RFC 9112 3: one space between the three, none around them; the leniency that 3 allows is not
// taken.
Progress RequestParser::take_request_line(std::string_view line) {
  in_fields_ = true;
  const auto method_end = line.find(' ');
  head_.method_text = line.substr(0, method_end);
  if (!http::is_token(head_.method_text))
    return refuse(Reason::malformed_request, "invalid method");
  if (head_.method_text.size() > method_bytes_max)
    return refuse(Reason::method_not_implemented, "method too long");
  head_.method = http::method_of(head_.method_text);

  const auto target_end = method_end == line.npos ? line.npos : line.find(' ', method_end + 1);
  if (target_end == line.npos)
    return refuse(Reason::malformed_request, "request line without a version");
  head_.target.text = line.substr(method_end + 1, target_end - method_end - 1);
  if (head_.target.text.size() > limits_.target_bytes)
    return refuse(Reason::uri_too_long, "request target too long");

  if (take_version(line.substr(target_end + 1)) == Progress::refused) return Progress::refused;
  const char* const fault = parse_target(head_.target.text, head_.method, head_.target);
  return fault == nullptr ? Progress::need_more : refuse(Reason::malformed_request, fault);
}

// RFC 9110 2.5: a higher minor version is read as the highest known one of its major version.
Progress RequestParser::take_version(std::string_view text) {
  if (!is_version(text)) return refuse(Reason::malformed_request, "malformed request line");
  if (text[5] != '1') return refuse(Reason::version_not_supported, "major version is not 1");
  head_.version = text[7] == '0' ? Version::http_1_0 : Version::http_1_1;
  return Progress::need_more;
}

Progress RequestParser::take_field(const Line& line) {
  if (head_.fields.count() == limits_.field_count)
    return refuse(Reason::head_too_large, "too many field lines");
  http::Field field;
  const char* const fault = parse_field_line(line, field);
  if (fault != nullptr) return refuse(Reason::malformed_request, fault);
  head_.fields.append(field);
  return Progress::need_more;
}

// RFC 9112 3.2: exactly one Host in HTTP/1.1, at most one in HTTP/1.0; an absolute target overrules
// it, but does not excuse it.
Progress RequestParser::take_host() {
  const std::size_t hosts = head_.fields.count_of(FieldId::host);
  if (hosts > 1) return refuse(Reason::malformed_request, "more than one Host field");
  if (hosts == 0 && head_.version == Version::http_1_1)
    return refuse(Reason::malformed_request, "no Host field");
  const auto host = head_.fields.value(FieldId::host);
  if (hosts == 1 && !http::parse_authority(host))
    return refuse(Reason::malformed_request, "invalid Host field");
  head_.authority = head_.target.form == TargetForm::absolute ? head_.target.authority : host;
  return Progress::need_more;
}

Progress RequestParser::finish() {
  if (take_host() == Progress::refused) return Progress::refused;
  if (has_too_many_options(head_.fields))
    return refuse(Reason::malformed_request, "too many connection options");
  if (head_.method == Method::connect)
    return refuse(Reason::method_not_implemented, "CONNECT is not implemented");
  return Progress::done;
}

}  // namespace minato::http1
