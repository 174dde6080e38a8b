#include "proxy/forwarding.h"

#include "base/strings.h"
#include "http/tokens.h"
#include "http/unforwarded.h"
#include "http1/connection_fields.h"

namespace minato::proxy {
namespace {

using http::Field;
using http::FieldId;
using http::Fields;
using http::Request;

/// Framing and Host are the next connection's to say.
bool is_for_this_hop(const Field& line) {
  const bool is_known = line.id != FieldId::unknown;
  switch (is_known ? line.id : http::field_id_as_variable(line.name)) {
    case FieldId::host:
    case FieldId::content_length:
    case FieldId::transfer_encoding: return true;
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
    if (is_for_this_hop(line) || http::same_variable(line.name, options.request_id)) return;
    if (!request.client.trusted_peer && http::claims_a_way(line)) return;
    out.append(line);
  });
  http1::remove_hop_by_hop(out);
  if (options.x_forwarded) add_x_forwarded(request, out);
  if (options.x_real_ip) replace(out, FieldId::x_real_ip, request.client.address);
  if (options.forwarded) add_forwarded(request, out);
  if (options.via) add_via(request, pseudonym, out);
  if (!options.request_id.empty()) out.add(options.request_id, request.id.text());
  add_connection_fields(request, out);
}

void forward_trailers(const Fields& trailers, std::string_view connection,
                      std::string_view request_id, Fields& out) {
  trailers.for_each([&](const Field& line) {
    if (!http1::names_option(connection, line.name) && !http::same_variable(line.name, request_id))
      out.append(line);
  });
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
