// A seeded hash of short texts for our own tables. With a secret seed a peer cannot choose names
// that collide. Not for secrets, not for what is stored or sent.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace minato {

namespace detail {
/// The halves of the 128-bit product folded into one word: every input bit reaches every output
/// bit.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace detail

inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u, other = 0xd6e8feb86659fd93u;
  std::uint64_t hash = seed ^ odd;
  const std::uint64_t size = text.size();
  for (; text.size() > 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = detail::fold(hash ^ word, odd);
  }
  std::uint64_t last = 0;
  if (!text.empty()) std::memcpy(&last, text.data(), text.size());
  return detail::fold(detail::fold(hash ^ last, odd), other ^ size);
}

}  // namespace minato
