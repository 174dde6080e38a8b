#include "proxy/options.h"

#include "http/field_id.h"
#include "http/tokens.h"
#include "schema/problem.h"

namespace minato::proxy {

std::optional<schema::Rejection> check_request_id_field(std::string_view text) {
  using http::FieldId;
  if (text.empty()) return std::nullopt;
  if (!http::is_token(text))
    return schema::Rejection{schema::in_quotes(text) + " is not a field name", {}, {}};
  const FieldId id = http::field_id(text);
  if (id == FieldId::unknown || id == FieldId::x_request_id) return std::nullopt;
  return schema::Rejection{schema::in_quotes(text) + " has a meaning of its own in HTTP", {}, {}};
}

}  // namespace minato::proxy
