#include "cache/policy/freshen.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;

// RFC 9110 7.6.1 and RFC 9111 3.1.
constexpr std::array<std::string_view, 1> never_stored{"Proxy-Authentication-Info"};
// RFC 9111 3.2: of the message's content as it is stored.
constexpr std::array<std::string_view, 2> never_updated{"Content-MD5", "Content-Digest"};

bool is_among(const auto& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view one) { return iequals(one, name); });
}

std::size_t bytes_of(const http::Fields& fields) {
  std::size_t bytes = 0;
  fields.for_each([&](const Field& line) { bytes += line.name.size() + line.value.size() + 4; });
  return bytes;
}

bool has_name(const http::Fields& fields, const Field& like) {
  return like.id == FieldId::unknown ? fields.find(like.name) != nullptr : fields.has(like.id);
}

}  // namespace

bool is_stored(const Field& field) {
  switch (field.id) {
    case FieldId::age:  // counted on from what it said
    case FieldId::connection:
    case FieldId::keep_alive:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authorization:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::trailer:
    case FieldId::transfer_encoding:
    case FieldId::upgrade:
    case FieldId::content_length:  // of the content as it is served
      return false;
    default: return !is_among(never_stored, field.name);
  }
}

bool is_updated(const Field& field) {
  switch (field.id) {
    case FieldId::content_encoding:
    case FieldId::content_length:
    case FieldId::content_range:
    case FieldId::etag: return false;
    default: return is_stored(field) && !is_among(never_updated, field.name);
  }
}

void freshen(const http::Fields& stored, const http::Fields& update, http::Fields& into) {
  stored.for_each([&](const Field& line) {
    if (!is_updated(line) || !has_name(update, line)) into.append(line);
  });
  update.for_each([&](const Field& line) {
    if (is_updated(line)) into.append(line);
  });
}

bool outgrows(const http::Fields& fresh, const http::Fields& stored, const http::Fields& update) {
  return bytes_of(fresh) > std::max({head_bytes_usual, bytes_of(stored), bytes_of(update)});
}

bool head_fits(const http::Fields& head, http::BodyLength length, const http::Fields& stored,
               std::uint64_t stored_size) {
  const auto same = [&](FieldId id) { return !head.has(id) || head.value(id) == stored.value(id); };
  const bool says_length = length.kind == http::BodyLength::Kind::known;
  return (!says_length || length.bytes == stored_size) && same(FieldId::etag) &&
         same(FieldId::last_modified);
}

}  // namespace minato::cache
