// Weights of alternatives: the q of Accept and its like (RFC 9110 12.4.2).
#pragma once

#include <optional>
#include <string_view>

namespace minato::http {

/// In thousandths.
inline constexpr int weight_max = 1000;

/// The q among the parameters behind an element, such as `level=1;q=0.5`: `weight_max` where there
/// is none, nullopt where it is malformed.
std::optional<int> weight_of(std::string_view parameters) noexcept;

}  // namespace minato::http
