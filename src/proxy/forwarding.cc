#include "proxy/forwarding.h"

#include <algorithm>

#include "base/strings.h"
#include "http/tokens.h"
#include "http1/connection_fields.h"

namespace minato::proxy {
namespace {

using http::Field;
using http::FieldId;
using http::Fields;
using http::Request;

/// As an origin compares names that reads fields from its environment, where CGI (RFC 3875 4.1.18)
/// leaves no difference between `-` and `_`.
bool equals_as_variable(std::string_view name, std::string_view wanted) {
  return std::ranges::equal(name, wanted, [](char a, char b) {
    return to_lower(a == '_' ? '-' : a) == to_lower(b == '_' ? '-' : b);
  });
}

bool claims_a_way(const Field& line) {
  switch (line.id) {
    case FieldId::forwarded:
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_host:
    case FieldId::x_forwarded_proto:
    case FieldId::x_real_ip: return true;
    case FieldId::unknown: {
      constexpr std::string_view prefix = "X-Forwarded-";
      return equals_as_variable(line.name.substr(0, prefix.size()), prefix) ||
             equals_as_variable(line.name, "X-Real-IP");
    }
    default: return false;
  }
}

/// `list` with `element` behind it.
std::string_view appended(std::string_view list, std::string_view element, Arena& arena) {
  return list.empty() ? element : arena.join(list, ", ", element);
}

void replace(Fields& out, FieldId id, std::string_view value) {
  out.remove(id);
  if (!value.empty()) out.add(id, value);
}

/// Leaves what a trusted proxy said, and says it where nobody did.
void supply(Fields& out, FieldId id, std::string_view value) {
  if (!out.has(id) && !value.empty()) out.add(id, value);
}

std::string_view scheme_text(http::Scheme scheme) {
  return scheme == http::Scheme::https ? "https" : "http";
}

void add_x_forwarded(const Request& request, Fields& out) {
  replace(out, FieldId::x_forwarded_for,
          appended(out.combined(FieldId::x_forwarded_for), request.client.peer, request.arena));
  supply(out, FieldId::x_forwarded_proto, scheme_text(request.client.scheme));
  supply(out, FieldId::x_forwarded_host, request.head.authority);
}

/// RFC 7239 4: an address with a colon in it is an IPv6 one, and stands in brackets and quotes.
std::string_view node(std::string_view address, Arena& arena) {
  if (address.empty() || address.starts_with('/')) return "unknown";
  return address.find(':') == std::string_view::npos ? address : arena.join("\"[", address, "]\"");
}

void add_forwarded(const Request& request, Fields& out) {
  Arena& arena = request.arena;
  const auto host = request.head.authority;
  const auto host_part = host.empty() ? std::string_view{} : arena.join(";host=\"", host, "\"");
  const auto element = arena.join("for=", node(request.client.peer, arena), host_part,
                                  ";proto=", scheme_text(request.client.scheme));
  replace(out, FieldId::forwarded, appended(out.combined(FieldId::forwarded), element, arena));
}

/// RFC 9110 7.6.3.
void add_via(const Request& request, std::string_view pseudonym, Fields& out) {
  const std::string_view version =
      request.head.version == http::Version::http_1_0 ? "1.0 " : "1.1 ";
  const auto hop = request.arena.join(version, pseudonym);
  replace(out, FieldId::via, appended(out.combined(FieldId::via), hop, request.arena));
}

void set_request_id(const Request& request, std::string_view name, Fields& out) {
  out.remove(name);
  out.add(name, request.id);
}

void add_connection_fields(const Request& request, Fields& out) {
  const bool trailers = http1::accepts_trailers(request.head.fields);
  if (trailers) out.add(FieldId::te, "trailers");  // RFC 9110 10.1.4
  if (!request.upgrade.empty()) out.add(FieldId::upgrade, request.upgrade);
  if (trailers || !request.upgrade.empty())
    out.add(FieldId::connection, request.upgrade.empty() ? "TE"
                                 : trailers              ? "Upgrade, TE"
                                                         : "Upgrade");
}

}  // namespace

void forward_fields(const Request& request, const ForwardingOptions& options,
                    std::string_view pseudonym, Fields& out) {
  if (!request.head.authority.empty()) out.add(FieldId::host, request.head.authority);
  request.head.fields.for_each([&](const Field& line) {
    if (line.id == FieldId::host || line.id == FieldId::content_length) return;
    if (!request.client.trusted_peer && claims_a_way(line)) return;
    out.append(line);
  });
  http1::remove_hop_by_hop(out);
  if (options.x_forwarded) add_x_forwarded(request, out);
  if (options.x_real_ip) replace(out, FieldId::x_real_ip, request.client.address);
  if (options.forwarded) add_forwarded(request, out);
  if (options.via) add_via(request, pseudonym, out);
  if (!options.request_id.empty()) set_request_id(request, options.request_id, out);
  add_connection_fields(request, out);
}

bool has_passed_through(const Fields& fields, std::string_view pseudonym) {
  bool found = false;
  fields.for_each([&](const Field& line) {
    if (line.id != FieldId::via) return;
    http::ListElements hops(line.value);
    while (auto hop = hops.next()) {
      const auto protocol = hop->substr(0, hop->find_first_of(" \t"));
      const auto by = trim(hop->substr(protocol.size()));
      found |= by.substr(0, by.find_first_of(" \t(")) == pseudonym;
    }
  });
  return found;
}

}  // namespace minato::proxy
