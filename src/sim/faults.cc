#include "sim/faults.h"

#include <algorithm>
#include <array>

namespace minato::sim {
namespace {

template <class T, std::size_t n>
T one_of(Random& random, const std::array<T, n>& choices) {
  return choices[random.below(n)];
}

}  // namespace

Nanos draw_delay(const Faults& faults, Random& random) {
  const auto spread = faults.delay_max - faults.delay_min;
  if (spread <= Nanos::zero()) return faults.delay_min;
  return faults.delay_min + Nanos(random.below(static_cast<std::uint64_t>(spread.count()) + 1));
}

std::size_t draw_write(const Faults& faults, Random& random, std::size_t most) {
  return happens(faults.short_write_one_in, random) ? 1 + random.below(most) : most;
}

std::size_t draw_segment(const Faults& faults, Random& random, std::size_t most) {
  if (faults.segment_max == 0) return most;
  return std::min(most, 1 + random.below(faults.segment_max));
}

std::size_t draw_buffer(const Faults& faults, Random& random) {
  return faults.buffer_min + random.below(faults.buffer_max - faults.buffer_min + 1);
}

bool happens(unsigned n, Random& random) { return n != 0 && random.one_in(n); }

Faults any_faults(Random& random) {
  Faults faults;
  faults.delay_max = one_of(random, std::array<Nanos, 4>{0ms, 1ms, 20ms, 200ms});
  faults.segment_max = one_of(random, std::array<std::size_t, 5>{0, 3, 40, 700, 1460});
  faults.buffer_min = one_of(random, std::array<std::size_t, 4>{16, 300, 5000, 65536});
  faults.buffer_max = faults.buffer_min * 4;
  faults.short_write_one_in = one_of(random, std::array{0u, 0u, 3u, 20u});
  faults.refuse_one_in = one_of(random, std::array{0u, 0u, 5u, 30u});
  faults.reset_one_in = one_of(random, std::array{0u, 0u, 30u, 200u});
  faults.stall_one_in = one_of(random, std::array{0u, 0u, 100u});
  faults.stall = one_of(random, std::array<Nanos, 3>{1s, 20s, 300s});
  return faults;
}

}  // namespace minato::sim
