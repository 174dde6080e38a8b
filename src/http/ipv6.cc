#include "http/ipv6.h"

#include <algorithm>

#include "base/strings.h"

namespace minato::http {
namespace {

/// Groups of 16 bits, up to the eight of an address.
struct Groups {
  std::array<std::uint16_t, 8> values{};
  std::size_t count = 0;

  bool add(std::uint32_t value) {
    if (count == values.size()) return false;
    values[count++] = static_cast<std::uint16_t>(value);
    return true;
  }
};

std::optional<std::uint8_t> parse_octet(std::string_view text) {
  if (text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return std::ranges::all_of(text, is_digit) ? parse_number<std::uint8_t>(text) : std::nullopt;
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  if (std::ranges::count(text, '.') != 3) return std::nullopt;
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) {
    const auto octet = parse_octet(take_until(text, '.'));
    if (!octet) return std::nullopt;
    address = address << 8 | *octet;
  }
  return address;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
  return text.size() <= 4 ? parse_number<std::uint16_t>(text, 16) : std::nullopt;
}

/// Adds the groups of the colon list `text`. An IPv4 address may be its last element, where `last`
/// says that these groups end the address. False where it is not such a list, or too long.
bool add_groups(std::string_view text, bool last, Groups& groups) {
  if (text.empty()) return true;
  for (;;) {
    const auto colon = text.find(':');
    const auto element = text.substr(0, colon);
    const bool ends = colon == std::string_view::npos;
    if (const auto ipv4 = ends && last ? parse_ipv4(element) : std::nullopt)
      return groups.add(*ipv4 >> 16) && groups.add(*ipv4 & 0xffff);
    const auto group = parse_group(element);
    if (!group || !groups.add(*group)) return false;
    if (ends) return true;
    text.remove_prefix(colon + 1);
  }
}

void put(Ipv6Bytes& bytes, std::size_t group, std::uint16_t value) {
  bytes[2 * group] = static_cast<std::uint8_t>(value >> 8);
  bytes[2 * group + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace

std::optional<Ipv6Bytes> parse_ipv6(std::string_view text) noexcept {
  if (text.size() > 45) return std::nullopt;
  const auto gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  Groups before, after;
  const bool well_formed = has_gap ? add_groups(text.substr(0, gap), false, before) &&
                                         add_groups(text.substr(gap + 2), true, after)
                                   : add_groups(text, true, before);
  const std::size_t count = before.count + after.count;
  if (!well_formed || (has_gap ? count > 7 : count != 8)) return std::nullopt;
  Ipv6Bytes bytes{};
  for (std::size_t i = 0; i < before.count; ++i) put(bytes, i, before.values[i]);
  for (std::size_t i = 0; i < after.count; ++i) put(bytes, 8 - after.count + i, after.values[i]);
  return bytes;
}

}  // namespace minato::http
