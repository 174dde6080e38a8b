// The nearest spelling: what a person probably meant.
#pragma once

#include <string_view>
#include <vector>

namespace minato::schema {

/// How many characters must be added, removed, replaced or swapped with their neighbour to make one
/// of the other; case and what stands between words does not count. At most 255.
unsigned edit_distance(std::string_view a, std::string_view b);

/// The name nearest to `text`, or empty where none is near enough to be meant.
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& names);

}  // namespace minato::schema
