// A seeded hash of short texts for our own tables (after wyhash). With a secret seed a peer cannot
// choose names that collide. Not for secrets, not for what is stored or sent.
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

template <class Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace detail

inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) {
  using detail::fold, detail::load;
  using Eight = std::uint64_t;
  using Four = std::uint32_t;
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u, other = 0xd6e8feb86659fd93u;
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t first = 0, last = 0;  // of what is left at the end; they overlap where it is short
  seed ^= other;
  for (; left > 16; at += 16, left -= 16)
    seed = fold(load<Eight>(at) ^ odd, load<Eight>(at + 8) ^ seed);
  if (left >= 8) {
    first = load<Eight>(at), last = load<Eight>(at + left - 8);
  } else if (left >= 4) {
    first = load<Four>(at), last = load<Four>(at + left - 4);
  } else if (left > 0) {
    first = load<std::uint8_t>(at) | load<std::uint8_t>(at + left / 2) << 8;
    last = load<std::uint8_t>(at + left - 1);
  }
  return fold(other ^ text.size(), fold(first ^ odd, last ^ seed));
}

}  // namespace minato
