#include "cache/fill/fill_request.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;

http::Target copy_of(const http::Target& target, Arena& arena) {
  http::Target copy = target;
  copy.text = arena.copy(target.text);
  const auto moved = [&](std::string_view part) {  // the parts lie in the text
    if (part.empty()) return std::string_view{};
    return copy.text.substr(static_cast<std::size_t>(part.data() - target.text.data()),
                            part.size());
  };
  copy.path = moved(target.path);
  copy.query = moved(target.query);
  copy.authority = moved(target.authority);
  return copy;
}

void copy_fields(const http::Fields& from, http::Fields& to) {
  Arena& arena = to.arena();
  from.for_each([&](const Field& line) {
    to.append({arena.copy(line.name), arena.copy(line.value), line.id});
  });
}

bool is_condition(FieldId id) {
  switch (id) {
    case FieldId::if_match:
    case FieldId::if_modified_since:
    case FieldId::if_none_match:
    case FieldId::if_range:
    case FieldId::if_unmodified_since:
    case FieldId::range: return true;
    default: return false;
  }
}

}  // namespace

void copy_head(const http::RequestHead& from, http::RequestHead& to, Arena& arena) {
  to.method = from.method;
  to.method_text = arena.copy(from.method_text);
  to.target = copy_of(from.target, arena);
  to.version = from.version;
  to.authority = arena.copy(from.authority);
  copy_fields(from.fields, to.fields);
}

void copy_head(const http::ResponseHead& from, http::ResponseHead& to, Arena& arena) {
  to.status = from.status;
  to.reason = arena.copy(from.reason);
  copy_fields(from.fields, to.fields);
}

RequestFacts facts_for_others(const http::RequestHead& head) {
  RequestFacts facts = request_facts(head);
  facts.directives = {};
  return facts;
}

void compose_fill_request(const http::RequestHead& head, const Entry* validated,
                          http::RequestHead& into) {
  into.method = head.method;
  into.method_text = head.method_text;
  into.target = head.target;
  into.version = head.version;
  into.authority = head.authority;
  const bool of_whole = validated != nullptr && !validated->part;
  head.fields.for_each([&](const Field& line) {
    // A range of what the client has already must not be of something else (RFC 9110 13.1.5).
    const bool of_part = line.id == FieldId::range || line.id == FieldId::if_range;
    if ((!of_whole && of_part) || !is_condition(line.id)) into.fields.append(line);
  });
  if (validated == nullptr) return;
  for (const Field& line : validated->lines) {
    if (line.id == FieldId::etag) into.fields.add(FieldId::if_none_match, line.value);
    if (line.id == FieldId::last_modified) into.fields.add(FieldId::if_modified_since, line.value);
  }
}

}  // namespace minato::cache
