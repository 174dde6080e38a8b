#include "http1/field_line.h"

#include "http/tokens.h"

namespace minato::http1 {
namespace {

const char* fault_of_name(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && http::is_tchar(line[end])) ++end;
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

// A name that is known is a token.
const char* parse_field_line(const Line& line, http::Field& field) {
  const auto colon = line.text.find(':');
  if (colon == std::string_view::npos) return fault_of_name(line.text);
  field.name = line.text.substr(0, colon);
  field.id = http::field_id(field.name);
  if (field.id == http::FieldId::unknown && !http::is_token(field.name))
    return fault_of_name(line.text);
  field.value = trim(line.text.substr(colon + 1));
  const bool is_writable = !line.has_controls || http::is_field_value(field.value);
  return is_writable ? nullptr : fault_of_value(field.value);
}

}  // namespace minato::http1
