#include "http1/trailers.h"

#include <algorithm>

#include "base/strings.h"
#include "http1/field_line.h"

namespace minato::http1 {

using http::Field;
using http::FieldId;

namespace {

constexpr std::size_t first_room_bytes = 256;

}  // namespace

bool may_be_trailer(const Field& field) {
  constexpr std::string_view forwarding = "x-forwarded-";
  switch (field.id) {
    case FieldId::unknown:
      return http::field_id_as_variable(field.name) == FieldId::unknown &&
             !http::same_variable(field.name.substr(0, forwarding.size()), forwarding);
    case FieldId::accept_ranges:  // RFC 9110 14.3
    case FieldId::etag:           // RFC 9110 8.8.3
    case FieldId::cache_status:   // RFC 9211 2
    case FieldId::proxy_status:   // RFC 9209 2
      return true;
    default: return false;
  }
}

Progress TrailerSection::take(char c) {
  if (++section_bytes_ > limits_.bytes) return refuse_size("trailer section too large");
  if (after_return_) return c == '\n' ? end_line() : refuse("carriage return in a trailer field");
  if (c == '\n') return refuse("line feed without carriage return");
  if (c == '\r') {
    after_return_ = true;
  } else {
    push(c);
  }
  return Progress::need_more;
}

Progress TrailerSection::refuse(const char* detail) {
  detail_ = detail;
  return Progress::refused;
}

Progress TrailerSection::refuse_size(const char* detail) {
  too_large_ = true;
  return refuse(detail);
}

Progress TrailerSection::end_line() {
  after_return_ = false;
  if (line_bytes_ == 0) return Progress::done;
  const std::string_view line(room_.data(), line_bytes_);
  room_ = room_.subspan(line_bytes_);
  line_bytes_ = 0;
  return take_field(line);
}

Progress TrailerSection::take_field(std::string_view line) {
  if (++lines_ > limits_.count) return refuse_size("too many trailer fields");
  Field field;
  const char* const fault = parse_field_line({.text = line}, field);
  if (fault != nullptr) return refuse(fault);
  if (may_be_trailer(field)) fields_.append(field);
  return Progress::need_more;
}

void TrailerSection::push(char c) {
  if (line_bytes_ == room_.size()) {
    const auto larger = fields_.arena().array<char>(std::max(first_room_bytes, 2 * line_bytes_));
    std::ranges::copy(room_, larger.begin());
    room_ = larger;
  }
  room_[line_bytes_++] = c;
}

}  // namespace minato::http1
