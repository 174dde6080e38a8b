#include "net/cidr.h"

#include <algorithm>

#include "base/assert.h"
#include "base/strings.h"

namespace minato::net {
namespace {

using detail::AddressRange;
using detail::Bits128;

unsigned width_of(const Address& address) {
  return static_cast<unsigned>(address.ip_bytes().size()) * 8;
}

Bits128 number_of(const Address& address) {
  Bits128 number = 0;
  for (const char byte : address.ip_bytes())
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

/// The bits that a prefix of `bits` leaves free in an address of `width`, all set.
Bits128 free_bits(unsigned width, unsigned bits) {
  return bits == 0 && width == 128 ? ~Bits128{0} : (Bits128{1} << (width - bits)) - 1;
}

Address address_of(Bits128 number, unsigned width) {
  std::string bytes(width / 8, '\0');
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8)
    *byte = static_cast<char>(number & 0xff);
  return Address::of_ip(bytes, 0);
}

std::vector<AddressRange> merged(std::vector<AddressRange> ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::first);
  std::vector<AddressRange> apart;
  for (const AddressRange& range : ranges)
    if (!apart.empty() && range.first <= apart.back().last)
      apart.back().last = std::max(apart.back().last, range.last);
    else
      apart.push_back(range);
  return apart;
}

}  // namespace

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const auto block = parse_loosely(text);
  return block && !block->has_bits_behind_prefix() ? block : std::nullopt;
}

std::optional<Cidr> Cidr::parse_loosely(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view literal = text.substr(0, slash);
  const auto address = Address::parse(literal, 0);
  if (!address) return std::nullopt;
  const unsigned width = width_of(*address);
  if (slash == std::string_view::npos) return Cidr(*address, width);
  const auto bits = parse_number<unsigned>(text.substr(slash + 1));
  // The bits of ::ffff:10.0.0.0/104 count from the front of the IPv6 address.
  const unsigned unseen = literal.contains(':') ? 128 - width : 0;
  if (!bits || *bits < unseen || *bits > width + unseen) return std::nullopt;
  return Cidr(*address, *bits - unseen);
}

AddressRange Cidr::range() const {
  const Bits128 number = number_of(address_), free = free_bits(width_of(address_), bits_);
  return {number & ~free, number | free};
}

bool Cidr::has_bits_behind_prefix() const { return range().first != number_of(address_); }

bool Cidr::contains(const Address& address) const {
  if (address.family() != address_.family()) return false;
  const Bits128 number = number_of(address);
  return range().first <= number && number <= range().last;
}

std::string Cidr::text() const { return address_.host_text() + "/" + std::to_string(bits_); }

std::optional<schema::Rejection> check_cidr(std::string_view text) {
  const auto block = Cidr::parse_loosely(text);
  if (block && !block->has_bits_behind_prefix()) return std::nullopt;
  if (!block) return schema::Rejection{};
  const Address first = address_of(block->range().first, width_of(block->address_));
  return schema::Rejection{.found = '"' + std::string(text) + "\" has bits set behind its prefix",
                           .suggestion = Cidr(first, block->bits_).text()};
}

CidrSet::CidrSet(std::span<const Cidr> blocks) {
  for (const Cidr& block : blocks)
    (block.address_.family() == Address::Family::ipv4 ? ipv4_ : ipv6_).push_back(block.range());
  ipv4_ = merged(std::move(ipv4_));
  ipv6_ = merged(std::move(ipv6_));
}

CidrSet CidrSet::of(std::span<const std::string> texts) {
  std::vector<Cidr> blocks;
  for (const std::string& text : texts) {
    const auto block = Cidr::parse(text);
    MINATO_ASSERT(block.has_value());
    blocks.push_back(*block);
  }
  return CidrSet(blocks);
}

bool CidrSet::contains(const Address& address) const {
  if (empty() || address.ip_bytes().empty()) return false;
  const auto& ranges = address.family() == Address::Family::ipv4 ? ipv4_ : ipv6_;
  const Bits128 number = number_of(address);
  const auto behind = std::ranges::upper_bound(ranges, number, {}, &AddressRange::first);
  return behind != ranges.begin() && number <= std::prev(behind)->last;
}

}  // namespace minato::net
