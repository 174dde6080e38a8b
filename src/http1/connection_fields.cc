#include "http1/connection_fields.h"

#include "base/strings.h"
#include "http/unforwarded.h"

namespace minato::http1 {

using http::Field;
using http::FieldId;
using http::Fields;
using http::Method;
using http::Version;

namespace {

// Calls `visit(element)` for every element of `list`. Its elements are tokens, so that a quote
// shields no comma.
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty())
    if (const auto element = trim(take_until(list, ',')); !element.empty()) visit(element);
}

// The same for every line named `id`.
template <class Visit>
void for_each_element(const Fields& fields, FieldId id, Visit visit) {
  if (!fields.has(id)) return;
  fields.for_each([&](const Field& line) {
    if (line.id == id) for_each_element(line.value, visit);
  });
}

bool any_element(const Fields& fields, FieldId id, std::string_view wanted) {
  bool found = false;
  for_each_element(fields, id,
                   [&](std::string_view element) { found |= iequals(element, wanted); });
  return found;
}

constexpr FieldId hop_by_hop[] = {
    FieldId::connection,        FieldId::keep_alive, FieldId::proxy_connection, FieldId::te,
    FieldId::transfer_encoding, FieldId::upgrade,    FieldId::http2_settings,
};

bool persists(const Fields& fields, Version version) {
  const ConnectionOptions options = connection_options(fields);
  return !options.close && (version == Version::http_1_1 || options.keep_alive);
}

}  // namespace

ConnectionOptions connection_options(const Fields& fields) {
  ConnectionOptions options;
  for_each_element(fields, FieldId::connection, [&](std::string_view option) {
    options.close |= iequals(option, "close");
    options.keep_alive |= iequals(option, "keep-alive");
    options.upgrade |= iequals(option, "upgrade");
  });
  return options;
}

bool names_option(std::string_view connection, std::string_view name) {
  bool found = false;
  for_each_element(connection, [&](std::string_view option) { found |= iequals(option, name); });
  return found;
}

bool has_too_many_options(const Fields& fields) {
  std::size_t options = 0;
  for_each_element(fields, FieldId::connection, [&](std::string_view) { ++options; });
  return options > connection_options_max;
}

bool keep_alive(const http::RequestHead& head) { return persists(head.fields, head.version); }
bool keep_alive(const http::ResponseHead& head) { return persists(head.fields, head.version); }

std::string_view wanted_upgrade(const http::RequestHead& head) {
  constexpr std::string_view websocket = "websocket";
  const Fields& fields = head.fields;
  if (!fields.has(FieldId::upgrade) || head.version != Version::http_1_1 ||
      head.method != Method::get)
    return {};
  if (fields.has(FieldId::transfer_encoding) || fields.has(FieldId::content_length)) return {};
  if (!connection_options(fields).upgrade) return {};
  return any_element(fields, FieldId::upgrade, websocket) ? websocket : std::string_view{};
}

bool switches_to(const http::ResponseHead& head, std::string_view wanted) {
  if (head.status != 101 || wanted.empty() || head.fields.count_of(FieldId::upgrade) != 1)
    return false;
  return iequals(head.fields.value(FieldId::upgrade), wanted) &&
         connection_options(head.fields).upgrade;
}

bool accepts_trailers(const Fields& fields) { return any_element(fields, FieldId::te, "trailers"); }

std::optional<Seconds> keep_alive_timeout(const Fields& fields) {
  constexpr std::string_view parameter = "timeout=";
  std::optional<Seconds> timeout;
  for_each_element(fields, FieldId::keep_alive, [&](std::string_view element) {
    if (!iequals(element.substr(0, parameter.size()), parameter)) return;
    const auto seconds = parse_number<std::uint32_t>(element.substr(parameter.size()));
    if (seconds) timeout = Seconds(*seconds);
  });
  return timeout;
}

void remove_hop_by_hop(Fields& fields) {
  http::remove_nominated(fields);
  for (const FieldId id : hop_by_hop) fields.remove(id);
}

}  // namespace minato::http1
