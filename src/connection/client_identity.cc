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

/// The `for` parameter of one element of Forwarded (RFC 7239 4); empty where it has none.
std::string_view forwarded_for(std::string_view element) {
  while (!element.empty()) {
    const auto pair = trim(take_until(element, ';'));
    if (pair.size() > 4 && iequals(pair.substr(0, 4), "for=")) return pair.substr(4);
  }
  return {};
}

/// Takes the last element off a comma list.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
  return trim(last);
}

/// The rightmost address of `chain` that is not a trusted proxy's, or the leftmost that can be
/// read.
std::string_view believed(std::string_view chain, bool is_forwarded, const net::CidrSet& trusted) {
  std::string_view client;
  while (!chain.empty()) {
    const auto element = take_last(chain);
    const auto text = bare_address(is_forwarded ? forwarded_for(element) : element);
    const auto address = net::Address::parse(text, 0);
    if (!address) break;
    client = text;
    if (!trusted.contains(*address)) break;
  }
  return client;
}

std::string_view claimed_client(http::Fields& fields, const net::CidrSet& trusted) {
  if (fields.has(FieldId::x_forwarded_for))
    return believed(fields.combined(FieldId::x_forwarded_for), false, trusted);
  if (fields.has(FieldId::forwarded))
    return believed(fields.combined(FieldId::forwarded), true, trusted);
  return believed(fields.value(FieldId::x_real_ip), false, trusted);
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
  if (!claimed.empty()) client.address = claimed;
  return client;
}

std::string_view request_id(const http::Fields& fields, const http::Client& client,
                            const Front& front, Random& random, Arena& arena) {
  if (client.trusted_peer && !front.request_id_field.empty()) {
    const http::Field* const given = fields.find(front.request_id_field);
    if (given != nullptr && given->value.size() <= request_id_bytes_max &&
        http::is_token(given->value))
      return given->value;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto text = arena.array<char>(32);
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t bits = random();
    for (std::size_t i = 0; i < 16; ++i, bits >>= 4) text[half * 16 + i] = digits[bits & 15];
  }
  return {text.data(), text.size()};
}

}  // namespace minato::connection
