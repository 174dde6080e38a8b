#include "connection/client_identity.h"

#include "http/tokens.h"

namespace minato::connection {
namespace {

using http::FieldId;

constexpr std::size_t request_id_bytes_max = 128;

/// Without the port, brackets and quotes that X-Forwarded-For and Forwarded (RFC 7239 6) may put
/// around it.
std::string_view bare_address(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"')
    node = node.substr(1, node.size() - 2);
  if (node.starts_with('[')) return node.substr(1, node.find(']') - 1);
  const auto colon = node.find(':');
  const bool is_ipv4_with_port = colon != std::string_view::npos && node.rfind(':') == colon;
  return is_ipv4_with_port ? node.substr(0, colon) : node;
}

/// True where the quote at `at`, inside a quoted string, is part of it.
bool is_escaped(std::string_view text, std::size_t at) {
  bool escaped = false;
  for (; at > 0 && text[at - 1] == '\\'; --at) escaped = !escaped;
  return escaped;
}

/// Takes the quoted string off that `text` begins with; nullopt where it does not end.
std::optional<std::string_view> take_quoted(std::string_view& text) {
  std::size_t end = 1;
  while (end < text.size() && (text[end] != '"' || is_escaped(text, end))) ++end;
  if (end >= text.size()) return std::nullopt;
  const auto quoted = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  return quoted;
}

/// The value in front of the next `;`, or of the end; nullopt where its quotes are not in order.
std::optional<std::string_view> take_value(std::string_view& pairs) {
  if (!pairs.starts_with('"')) {
    const auto value = trim(take_until(pairs, ';'));
    return value.contains('"') ? std::nullopt : std::optional(value);
  }
  const auto value = take_quoted(pairs);
  return value && trim(take_until(pairs, ';')).empty() ? value : std::nullopt;
}

/// The `for` parameter of one element of Forwarded (RFC 7239 4); empty where it has none, where it
/// has two, and where it is not well-formed.
std::string_view forwarded_for(std::string_view element) {
  std::string_view node;
  for (element = trim(element); !element.empty(); element = trim(element)) {
    const auto name = take_until(element, '=');
    const auto value = take_value(element);
    if (!http::is_token(name) || !value || value->empty()) return {};
    if (!iequals(name, "for")) continue;
    if (!node.empty()) return {};
    node = *value;
  }
  return node;
}

/// Takes the last element off a comma list.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
  return trim(last);
}

/// The same of Forwarded, where a comma in quotes separates nothing. Read from the right: what
/// stands on the left was written by who is trusted less, and may well leave a quote open.
std::string_view take_last_forwarded(std::string_view& list) {
  std::size_t begin = list.size();
  for (bool quoted = false; begin > 0 && (quoted || list[begin - 1] != ','); --begin)
    if (list[begin - 1] == '"' && !(quoted && is_escaped(list, begin - 1))) quoted = !quoted;
  const auto last = list.substr(begin);
  list = list.substr(0, begin == 0 ? 0 : begin - 1);
  return trim(last);
}

/// The rightmost address of `chain` that is not a trusted proxy's, or the leftmost that can be
/// read.
std::optional<net::Address> believed(std::string_view chain, bool is_forwarded,
                                     const net::CidrSet& trusted) {
  std::optional<net::Address> client;
  while (!chain.empty()) {
    const auto node = is_forwarded ? forwarded_for(take_last_forwarded(chain)) : take_last(chain);
    const auto address = net::Address::parse(bare_address(node), 0);
    if (!address) break;
    client = address;
    if (!trusted.contains(*address)) break;
  }
  return client;
}

std::optional<net::Address> claimed_client(http::Fields& fields, const net::CidrSet& trusted) {
  if (fields.has(FieldId::x_forwarded_for))
    return believed(fields.combined(FieldId::x_forwarded_for), false, trusted);
  if (fields.has(FieldId::forwarded))
    return believed(fields.combined(FieldId::forwarded), true, trusted);
  return believed(fields.value(FieldId::x_real_ip), false, trusted);
}

/// As every address is written here, however it was sent.
std::string_view canonical(const net::Address& address, Arena& arena) {
  return address.host_text_in(arena.array<char>(INET6_ADDRSTRLEN).first<INET6_ADDRSTRLEN>());
}

}  // namespace

http::Client identify_client(const Peer& peer, http::Fields& fields, const Front& front,
                             std::uint16_t local_port) {
  http::Client client{.address = peer.text,
                      .peer = peer.text,
                      .peer_port = peer.address.port(),
                      .trusted_peer = front.trusted_proxies->contains(peer.address),
                      .scheme = front.scheme,
                      .local_port = local_port};
  if (!client.trusted_peer) return client;
  const auto claimed = claimed_client(fields, *front.trusted_proxies);
  if (claimed) client.address = canonical(*claimed, fields.arena());
  return client;
}

http::RequestId request_id(const http::Fields& fields, const http::Client& client,
                           const Front& front, Random& random, Arena& arena) {
  if (client.trusted_peer && !front.request_id_field.empty()) {
    const http::Field* const given = fields.find(front.request_id_field);
    if (given != nullptr && given->value.size() <= request_id_bytes_max &&
        http::is_token(given->value))
      return http::RequestId(given->value);
  }
  return {random, arena};
}

}  // namespace minato::connection
