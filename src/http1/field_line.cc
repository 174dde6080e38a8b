#include "http1/field_line.h"

#include "http/tokens.h"

namespace minato::http1 {
namespace {

const char* fault_of_name(std::string_view line, std::size_t end) {
  if (end == line.size()) return "field line without a colon";
  if (is_blank(line[end]))
    return end == 0 ? "folded field line" : "white space in a field name or before its colon";
  return line[end] == ':' ? "empty field name" : "invalid character in a field name";
}

const char* fault_of_value(std::string_view value) {
  return value.contains('\r') ? "carriage return in a field value"
                              : "control character in a field value";
}

}  // namespace

const char* parse_field_line(std::string_view line, http::Field& field) {
  std::size_t end = 0;
  while (end < line.size() && http::is_tchar(line[end])) ++end;
  if (end == 0 || end == line.size() || line[end] != ':') return fault_of_name(line, end);

  field.name = line.substr(0, end);
  field.value = trim(line.substr(end + 1));
  if (!http::is_field_value(field.value)) return fault_of_value(field.value);
  field.id = http::field_id(field.name);
  return nullptr;
}

}  // namespace minato::http1
