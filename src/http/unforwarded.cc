#include "http/unforwarded.h"

#include "base/strings.h"

namespace minato::http {
namespace {

constexpr std::string_view forwarding = "X-Forwarded-";

bool is_for_all_recipients(std::string_view name) {
  return field_id(name) != FieldId::unknown ||
         iequals(name.substr(0, forwarding.size()), forwarding);
}

}  // namespace

void remove_nominated(Fields& fields) {
  if (!fields.has(FieldId::connection)) return;
  fields.for_each([&](const Field& line) {
    if (line.id != FieldId::connection) return;
    // Its elements are tokens, so that a quote shields no comma.
    for (std::string_view rest = line.value; !rest.empty();)
      if (const auto option = trim(take_until(rest, ',')); !is_for_all_recipients(option))
        fields.remove(option);
  });
}

bool claims_a_way(const Field& line) {
  switch (line.id) {
    case FieldId::forwarded:
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_host:
    case FieldId::x_forwarded_proto:
    case FieldId::x_real_ip: return true;
    case FieldId::unknown:
      return to_lower(line.name.front()) == 'x' &&  // most are told by that, each time
             (same_variable(line.name.substr(0, forwarding.size()), forwarding) ||
              same_variable(line.name, canonical_name(FieldId::x_real_ip)));
    default: return false;
  }
}

void remove_claims(Fields& fields) { fields.remove_if(claims_a_way); }

}  // namespace minato::http
