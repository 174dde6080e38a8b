// Values that settings have and that no room below knows.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace minato::schema {

/// Statuses from `first` to `last`, both included.
struct StatusRange {
  std::uint16_t first = 100;
  std::uint16_t last = 599;
  constexpr bool contains(std::uint16_t status) const { return first <= status && status <= last; }
  friend constexpr auto operator<=>(StatusRange, StatusRange) = default;
};

/// One status, or the hundred of its class.
struct StatusOrClass {
  std::uint16_t first = 200;
  std::uint16_t last = 200;
  /// Whose statuses begin with `hundred`.
  static constexpr StatusOrClass of_class(std::uint16_t hundred) {
    return {hundred, static_cast<std::uint16_t>(hundred + 99)};
  }
  constexpr bool is_class() const { return first != last; }
  constexpr bool contains(std::uint16_t status) const { return first <= status && status <= last; }
  friend constexpr auto operator<=>(StatusOrClass, StatusOrClass) = default;
};

/// So many in a span of time.
struct Rate {
  std::uint64_t count = 0;
  Seconds per{1};
  friend constexpr auto operator<=>(Rate, Rate) = default;
};

}  // namespace minato::schema
