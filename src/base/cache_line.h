// How far apart two threads' data must lie, so that a write of one does not cost the other.
#pragma once

#include <cstddef>

namespace minato {

/// Not std::hardware_destructive_interference_size: g++ warns that it varies with -mtune.
inline constexpr std::size_t cache_line_bytes = 64;

}  // namespace minato
