// What the fuzz targets share: an input as text, and requirements that end the run when they do not
// hold.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace minato::fuzz {

inline std::string_view text(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// One of 0 to `bound` - 1, by the input alone, so that a failure repeats (FNV-1a).
inline std::size_t pick(std::string_view input, std::size_t bound) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<std::size_t>(hash % bound);
}

inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

inline void require_same(std::string_view found, std::string_view expected) {
  if (found == expected) return;
  std::cerr << "found:\n" << found << "\nexpected:\n" << expected << "\n";
  std::abort();
}

}  // namespace minato::fuzz
