#include "admin/gate.h"

#include <algorithm>

#include "base/strings.h"
#include "http/authority.h"
#include "net/address.h"

namespace minato::admin {

using http::FieldId;

namespace {

/// RFC 6750 2.1: b64token.
bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("-._~+/=").contains(c);
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// What stands behind `Bearer`; empty where the field is missing, doubled or of another scheme.
std::string_view given_token(const http::Fields& fields) {
  if (fields.count_of(FieldId::authorization) != 1) return {};
  std::string_view token = fields.value(FieldId::authorization);
  const auto scheme = take_until(token, ' ');
  return iequals(scheme, "Bearer") ? trim(token) : std::string_view{};
}

bool is_local_name(std::string_view authority) {
  const auto parsed = http::parse_authority(authority);
  if (!parsed) return false;
  return iequals(parsed->host, "localhost") ||
         net::Address::parse_with_port(parsed->host, 0).has_value();
}

bool is_own_page(const http::RequestHead& head) {
  const auto origins = head.fields.count_of(FieldId::origin);
  if (origins == 0) return true;
  std::string_view origin = head.fields.value(FieldId::origin);
  if (origins > 1 || !origin.starts_with("http://")) return false;
  origin.remove_prefix(std::string_view("http://").size());
  return iequals(origin, head.authority);
}

}  // namespace

std::optional<Denial> denial(const http::RequestHead& head, const GateOptions& options) {
  if (!options.token.empty()) {
    const auto given = given_token(head.fields);
    if (given.empty()) return Denial::no_token;
    if (!same_secret(given, options.token)) return Denial::wrong_token;
    return std::nullopt;
  }
  if (options.reach == GateOptions::Reach::unix_socket) return std::nullopt;
  if (!is_local_name(head.authority)) return Denial::foreign_host;
  if (!is_own_page(head)) return Denial::foreign_page;
  return std::nullopt;
}

bool same_secret(std::string_view given, std::string_view secret) noexcept {
  if (secret.empty()) return false;
  unsigned difference = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

std::optional<std::string> token_of_file(std::string_view text) {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  if (text.empty() || !std::ranges::all_of(text, is_token_char)) return std::nullopt;
  return std::string(text);
}

}  // namespace minato::admin
