// The rules of single values that no other room knows.
#include "base/strings.h"
#include "config/declarations.h"
#include "net/address.h"
#include "schema/problem.h"

namespace minato::config {
namespace {

using schema::in_quotes;
using schema::Rejection;

constexpr std::size_t service_name_bytes_max = 100;
constexpr std::size_t socket_path_bytes_max = 107;  // what fits into sockaddr_un
constexpr std::size_t user_name_bytes_max = 255;    // LOGIN_NAME_MAX, which counts the NUL

}  // namespace

std::optional<Rejection> check_listen(std::string_view text) {
  const auto address = net::Address::parse_with_port(text, 0);
  if (address && address->port() != 0) return std::nullopt;
  if (address) return Rejection{in_quotes(text) + " has no port", {}, {}};
  std::string_view port = text;
  const bool is_local_name = iequals(take_until(port, ':'), "localhost");
  return Rejection{in_quotes(text) + " is not an address with a port",
                   {},
                   is_local_name ? "127.0.0.1:" + std::string(port) : ""};
}

std::optional<Rejection> check_address(std::string_view text) {
  if (text.empty() || net::Address::parse(text, 0)) return std::nullopt;
  std::string suggestion;
  if (iequals(text, "localhost")) suggestion = "127.0.0.1";
  if (text == "*") suggestion = "\"\"";
  return Rejection{in_quotes(text) + " is not an IP address", {}, std::move(suggestion)};
}

std::optional<Rejection> check_socket_path(std::string_view text) {
  if (!text.starts_with('/'))
    return Rejection{in_quotes(text) + " is not an absolute path", {}, {}};
  if (text.size() <= socket_path_bytes_max) return std::nullopt;
  return Rejection{"the path is too long for a Unix socket", "allowed: 107 bytes", {}};
}

std::optional<Rejection> check_service_name(std::string_view text) {
  if (text.empty()) return Rejection{"the name is empty", {}, {}};
  if (text.size() > service_name_bytes_max) return Rejection{"the name is too long", {}, {}};
  return std::nullopt;
}

/// A longer one is no user's, and the system's library may abort where it looks for it.
std::optional<Rejection> check_user_name(std::string_view text) {
  if (text.size() > user_name_bytes_max) return Rejection{"the name is too long", {}, {}};
  return std::nullopt;
}

ServiceConfig inherit(const Config& config) {
  ServiceConfig service;
  service.timeouts = config.timeouts.exchange;
  service.limits = config.limits.exchange;
  service.upstream_pool = config.upstream_pool;
  service.retries = config.retries;
  service.health_check = config.health_check;
  service.forwarding = config.forwarding;
  service.access_log = config.access_log;
  if (config.cache) service.cache = config.cache->service;
  return service;
}

}  // namespace minato::config
