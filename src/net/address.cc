#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/hash.h"
#include "base/strings.h"

namespace minato::net {
namespace {

constexpr std::string_view mapped_prefix{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};  // ::ffff:0:0/96
constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

/// True where who listens on `a` listens on `b`.
bool covers(const Address& a, const Address& b) {
  using enum Address::Family;
  if (!a.is_wildcard()) return a == b;
  return a.family() == b.family() || (a.family() == ipv6 && b.family() == ipv4);
}

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class T>
T read_as(const sockaddr* address) {
  T value;
  std::memcpy(&value, address, sizeof value);
  return value;
}

template <class T>
socklen_t write_as(const T& value, sockaddr_storage& out) {
  std::memcpy(&out, &value, sizeof value);
  return sizeof value;
}

std::string_view path_of(const sockaddr* address, socklen_t size) {
  constexpr auto head = offsetof(sockaddr_un, sun_path);
  if (size <= head) return {};
  const char* const path = reinterpret_cast<const char*>(address) + head;
  return {path, ::strnlen(path, size - head)};
}

/// The port behind a colon; `default_port` where nothing stands there.
std::optional<std::uint16_t> port_behind(std::string_view rest, std::uint16_t default_port) {
  if (rest.empty()) return default_port;
  return rest.front() == ':' ? parse_number<std::uint16_t>(rest.substr(1)) : std::nullopt;
}

}  // namespace

Address::Address(Family family, std::string_view bytes, std::uint16_t port)
    : family_(family), port_(port) {
  if (family == Family::ipv6 && bytes.starts_with(mapped_prefix)) {
    family_ = Family::ipv4;
    bytes.remove_prefix(mapped_prefix.size());
  }
  std::ranges::copy(bytes, ip_.begin());
}

Address Address::from(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto ipv4 = read_as<sockaddr_in>(address);
    return Address(Family::ipv4, bytes_of(ipv4.sin_addr), ntohs(ipv4.sin_port));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    const auto ipv6 = read_as<sockaddr_in6>(address);
    return Address(Family::ipv6, bytes_of(ipv6.sin6_addr), ntohs(ipv6.sin6_port));
  }
  if (address->sa_family != AF_UNIX) return {};
  Address path(Family::unix_path, {}, 0);
  path.path_ = path_of(address, size);
  return path;
}

Address Address::of_ip(std::string_view bytes, std::uint16_t port) {
  MINATO_ASSERT(bytes.size() == 4 || bytes.size() == 16);
  return Address(bytes.size() == 4 ? Family::ipv4 : Family::ipv6, bytes, port);
}

std::optional<Address> Address::parse(std::string_view literal, std::uint16_t port) {
  std::array<char, INET6_ADDRSTRLEN> text{};  // with its NUL
  if (literal.size() >= text.size() || literal.contains('\0')) return std::nullopt;
  std::ranges::copy(literal, text.begin());
  in6_addr ipv6;
  if (::inet_pton(AF_INET6, text.data(), &ipv6) == 1)
    return Address(Family::ipv6, bytes_of(ipv6), port);
  in_addr ipv4;
  if (::inet_pton(AF_INET, text.data(), &ipv4) == 1)
    return Address(Family::ipv4, bytes_of(ipv4), port);
  return std::nullopt;
}

std::optional<Address> Address::parse_with_port(std::string_view text, std::uint16_t default_port) {
  if (const auto bare = parse(text, default_port)) return bare;
  const bool bracketed = text.starts_with('[');
  if (bracketed) text.remove_prefix(1);
  const auto end = text.find(bracketed ? ']' : ':');
  if (end == std::string_view::npos) return std::nullopt;
  const auto port = port_behind(text.substr(bracketed ? end + 1 : end), default_port);
  const auto literal = text.substr(0, end);
  if (!port || literal.contains(':') != bracketed) return std::nullopt;
  return parse(literal, *port);
}

std::optional<Address> Address::unix_path(std::string_view path) {
  if (path.empty() || path.size() > path_bytes_max || path.contains('\0')) return std::nullopt;
  Address address(Family::unix_path, {}, 0);
  address.path_ = path;
  return address;
}

Address Address::with_port(std::uint16_t port) const {
  Address other = *this;
  other.port_ = port;
  return other;
}

bool Address::is_loopback() const {
  if (family_ == Family::ipv4) return ip_[0] == 127;
  return family_ == Family::ipv6 && ip_bytes() == bytes_of(in6addr_loopback);
}

bool Address::is_wildcard() const {
  const std::string_view bytes = ip_bytes();
  return !bytes.empty() && bytes.find_first_not_of('\0') == std::string_view::npos;
}

std::string Address::host_text() const {
  if (family_ == Family::unix_path) return path_;
  if (family_ == Family::none) return {};
  std::array<char, INET6_ADDRSTRLEN> text;
  return std::string(host_text_in(text));
}

std::string_view Address::host_text_in(std::span<char, INET6_ADDRSTRLEN> room) const {
  MINATO_ASSERT(family_ == Family::ipv4 || family_ == Family::ipv6);
  return ::inet_ntop(family_ == Family::ipv4 ? AF_INET : AF_INET6, ip_.data(), room.data(),
                     room.size());
}

std::string Address::text() const {
  switch (family_) {
    case Family::none: return {};
    case Family::unix_path: return "unix:" + path_;
    case Family::ipv4: return host_text() + ":" + std::to_string(port_);
    case Family::ipv6: return "[" + host_text() + "]:" + std::to_string(port_);
  }
  std::unreachable();
}

socklen_t Address::to_sockaddr(sockaddr_storage& out) const {
  MINATO_ASSERT(family_ != Family::none);
  out = {};
  if (family_ == Family::ipv4) {
    sockaddr_in ipv4{.sin_family = AF_INET, .sin_port = htons(port_)};
    std::memcpy(&ipv4.sin_addr, ip_.data(), sizeof ipv4.sin_addr);
    return write_as(ipv4, out);
  }
  if (family_ == Family::ipv6) {
    sockaddr_in6 ipv6{.sin6_family = AF_INET6, .sin6_port = htons(port_)};
    std::memcpy(&ipv6.sin6_addr, ip_.data(), sizeof ipv6.sin6_addr);
    return write_as(ipv6, out);
  }
  sockaddr_un path{.sun_family = AF_UNIX};
  std::memcpy(path.sun_path, path_.data(), path_.size());
  write_as(path, out);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size() + 1);
}

std::string_view Address::ip_bytes() const {
  switch (family_) {
    case Family::ipv4: return {ip_.data(), 4};
    case Family::ipv6: return {ip_.data(), 16};
    default: return {};
  }
}

std::size_t Address::hash() const noexcept {
  return hash_bytes(family_ == Family::unix_path ? std::string_view(path_) : ip_bytes(), port_);
}

bool overlap(const Address& a, const Address& b) {
  return a.port() == b.port() && (covers(a, b) || covers(b, a));
}

}  // namespace minato::net
