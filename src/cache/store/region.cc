#include "cache/store/region.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/assert.h"

namespace minato::cache {
namespace {

constexpr std::size_t grains_of(std::size_t bytes) {
  return Region::rounded(bytes) / Region::grain_bytes;
}

constexpr std::size_t largest_grains = grains_of(Region::piece_bytes_max);

}  // namespace

Region::Region(std::size_t bytes)
    : grains_(std::max(bytes / piece_bytes_max, std::size_t{1}) * (piece_bytes_max / grain_bytes)),
      memory_(grains_ * grain_bytes),
      order_of_hole_(grains_) {}

/// A hole is written into: what was never needed takes none of the system's memory.
bool Region::take_up_more() {
  if (reached_ == grains_) return false;
  push(reached_, orders - 1);
  reached_ += largest_grains;
  return true;
}

Region::Hole* Region::hole_at(std::size_t grain) const {
  return reinterpret_cast<Hole*>(memory_.data() + grain * grain_bytes);
}

std::size_t Region::grain_of(const void* at) const {
  return static_cast<std::size_t>(static_cast<const char*>(at) - memory_.data()) / grain_bytes;
}

void Region::push(std::size_t grain, unsigned order) {
  Hole* const hole = new (hole_at(grain)) Hole{holes_[order], nullptr};
  if (hole->next != nullptr) hole->next->previous = hole;
  holes_[order] = hole;
  order_of_hole_[grain] = static_cast<std::uint8_t>(order + 1);
}

void Region::unlink(std::size_t grain, unsigned order) {
  Hole* const hole = hole_at(grain);
  (hole->previous != nullptr ? hole->previous->next : holes_[order]) = hole->next;
  if (hole->next != nullptr) hole->next->previous = hole->previous;
  order_of_hole_[grain] = 0;
}

char* Region::take(std::size_t bytes) {
  const std::size_t wanted = grains_of(bytes);
  MINATO_ASSERT(wanted > 0);
  auto order = static_cast<unsigned>(std::bit_width(wanted - 1));
  if (order >= orders) return nullptr;
  while (order < orders && holes_[order] == nullptr) ++order;
  if (order == orders) {
    if (!take_up_more()) return nullptr;
    order = orders - 1;
  }
  const std::size_t first = grain_of(holes_[order]);
  unlink(first, order);
  free_range(first + wanted, first + (std::size_t{1} << order));
  used_grains_ += wanted;
  return memory_.data() + first * grain_bytes;
}

void Region::give(char* piece, std::size_t bytes) {
  const std::size_t first = grain_of(piece), count = grains_of(bytes);
  MINATO_ASSERT(count <= used_grains_);
  used_grains_ -= count;
  free_range(first, first + count);
}

void Region::free_range(std::size_t first, std::size_t last) {
  while (first < last) {
    const auto fits = static_cast<unsigned>(std::bit_width(last - first) - 1);
    const auto aligned = static_cast<unsigned>(std::countr_zero(first | largest_grains));
    const unsigned order = std::min(fits, aligned);
    free_block(first, order);
    first += std::size_t{1} << order;
  }
}

/// Joins it with its buddy for as long as that is free, too.
void Region::free_block(std::size_t grain, unsigned order) {
  for (; order + 1 < orders; ++order) {
    const std::size_t buddy = grain ^ (std::size_t{1} << order);
    if (order_of_hole_[buddy] != order + 1) break;
    unlink(buddy, order);
    grain = std::min(grain, buddy);
  }
  push(grain, order);
}

}  // namespace minato::cache
