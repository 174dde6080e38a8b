// Blocks of addresses: "10.0.0.0/8", "fd00::/8", and sets of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "schema/declare.h"

namespace minato::net {

namespace detail {
__extension__ using Bits128 = unsigned __int128;
/// The addresses from `first` to `last`, both in it.
struct AddressRange {
  Bits128 first;
  Bits128 last;
};
}  // namespace detail

/// A block of IPv4 or of IPv6 addresses; neither kind is ever in a block of the other.
class Cidr {
 public:
  /// `address/bits`, or a bare address (a block of one). nullopt for anything else, and where bits
  /// behind the prefix are set ("10.1.2.3/8"): one cannot know which of the two was meant.
  static std::optional<Cidr> parse(std::string_view text);

  bool contains(const Address& address) const;
  /// "10.0.0.0/8".
  std::string text() const;

 private:
  friend class CidrSet;
  friend std::optional<schema::Rejection> check_cidr(std::string_view text);
  static std::optional<Cidr> parse_loosely(std::string_view text);
  Cidr(const Address& address, unsigned bits) : address_(address), bits_(bits) {}
  detail::AddressRange range() const;
  bool has_bits_behind_prefix() const;

  Address address_;
  unsigned bits_;
};

/// Wrong where `text` is not what Cidr::parse takes; suggests the block that was probably meant.
std::optional<schema::Rejection> check_cidr(std::string_view text);

/// Answers in the logarithm of its size, allocates nothing then. A value.
class CidrSet {
 public:
  CidrSet() = default;
  explicit CidrSet(std::span<const Cidr> blocks);
  /// Of texts that check_cidr has let pass (asserted).
  static CidrSet of(std::span<const std::string> texts);

  /// False for a Unix socket.
  bool contains(const Address& address) const;
  bool empty() const { return ipv4_.empty() && ipv6_.empty(); }

 private:
  std::vector<detail::AddressRange> ipv4_, ipv6_;  // sorted, apart from one another
};

}  // namespace minato::net
