// What a simulated network does to those who use it: nothing, unless a test or a seed says so.
#pragma once

#include <cstddef>

#include "base/random.h"
#include "base/time.h"

namespace minato::sim {

/// The `..._one_in` are chances: once in so many times on average; 0: never.
struct Faults {
  /// How long a connect, a segment, an end or a reset travels. Order within a direction is kept.
  Nanos delay_min{0}, delay_max{0};
  /// The longest run of bytes that travels together, drawn from 1 to this for each; 0: all of one
  /// write.
  std::size_t segment_max = 0;
  /// What a direction holds unread before its writer must wait; drawn for each connection.
  std::size_t buffer_min = 256u << 10, buffer_max = 256u << 10;
  /// A write takes less than would fit.
  unsigned short_write_one_in = 0;

  unsigned refuse_one_in = 0;  ///< connects
  unsigned reset_one_in = 0;   ///< segments in whose place both ends get a reset
  unsigned stall_one_in = 0;   ///< segments that come `stall` later, and all behind them
  Nanos stall{0};
};

// The draws: each from `random` alone, so that one seed is one course of events.
Nanos draw_delay(const Faults& faults, Random& random);
/// Of `most` bytes that would fit, how many a write takes.
std::size_t draw_write(const Faults& faults, Random& random, std::size_t most);
/// Of `most` bytes of a write, how many travel together.
std::size_t draw_segment(const Faults& faults, Random& random, std::size_t most);
std::size_t draw_buffer(const Faults& faults, Random& random);
/// True once in `n` times; never where `n` is 0.
bool happens(unsigned n, Random& random);

/// A network as `random` has it: from a quiet one to one that breaks every tenth connection.
Faults any_faults(Random& random);

}  // namespace minato::sim
