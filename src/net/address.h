// Where a socket is: an IPv4 or IPv6 address with its port, or the path of a Unix socket.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace minato::net {

/// A value: copies, compares, hashes. An IPv4 address that arrived on a dual-stack socket
/// (::ffff:a.b.c.d) is the IPv4 address itself, everywhere.
class Address {
 public:
  enum class Family : std::uint8_t { none, ipv4, ipv6, unix_path };

  Address() = default;
  /// As the kernel tells it. A Unix socket without a path of its own has an empty one.
  static Address from(const sockaddr* address, socklen_t size);
  /// Of 4 or 16 bytes in network order.
  static Address of_ip(std::string_view bytes, std::uint16_t port);
  /// A literal without brackets or port ("10.0.0.1", "::1"); nullopt where it is not one. Strict:
  /// four decimal numbers without leading zeros, no zone, nothing around it.
  static std::optional<Address> parse(std::string_view literal, std::uint16_t port);
  /// A literal with or without a port: "10.0.0.1:80", "[::1]:80", "10.0.0.1", "::1", "[::1]".
  static std::optional<Address> parse_with_port(std::string_view text, std::uint16_t default_port);
  /// nullopt where `path` is empty, has a NUL, or does not fit into a socket address (107 bytes).
  static std::optional<Address> unix_path(std::string_view path);

  Family family() const { return family_; }
  std::uint16_t port() const { return port_; }
  Address with_port(std::uint16_t port) const;
  bool is_loopback() const;
  /// 0.0.0.0 or ::, which to listen on means every address.
  bool is_wildcard() const;

  /// The address alone: "10.0.0.1", "::1", "/run/app.sock".
  std::string host_text() const;
  /// The same of an IP address without allocating, in `room`.
  std::string_view host_text_in(std::span<char, INET6_ADDRSTRLEN> room) const;
  /// With the port: "10.0.0.1:80", "[::1]:80", "unix:/run/app.sock".
  std::string text() const;

  /// As the kernel wants it. Returns the size that counts.
  socklen_t to_sockaddr(sockaddr_storage& out) const;
  /// The 4 or 16 bytes in network order; empty for a path.
  std::string_view ip_bytes() const;

  std::size_t hash() const noexcept;
  friend bool operator==(const Address&, const Address&) = default;

 private:
  Address(Family family, std::string_view bytes, std::uint16_t port);

  Family family_ = Family::none;
  std::uint16_t port_ = 0;
  std::array<char, 16> ip_{};  // the first 4 bytes of it for IPv4
  std::string path_;           // of a Unix socket alone: copying an IP address allocates nothing
};

/// True where some connection could arrive at listeners of both: `::` takes IPv4 too.
bool overlap(const Address& a, const Address& b);

}  // namespace minato::net

template <>
struct std::hash<minato::net::Address> {
  std::size_t operator()(const minato::net::Address& address) const noexcept {
    return address.hash();
  }
};
