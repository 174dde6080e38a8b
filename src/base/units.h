// Amounts with their unit in the type.
#pragma once

#include <compare>
#include <cstdint>

namespace minato {

/// A number of bytes. A setting of zero means "no limit" where its documentation says so.
struct Bytes {
  std::uint64_t count = 0;
  friend constexpr auto operator<=>(Bytes, Bytes) = default;
};

constexpr Bytes operator""_B(unsigned long long n) { return {n}; }
constexpr Bytes operator""_KiB(unsigned long long n) { return {n << 10}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return {n << 20}; }

}  // namespace minato
