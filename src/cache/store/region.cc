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

/// How many holes of about the size that is wanted are looked at, some of which may be too small.
constexpr int looks_max = 32;

/// Smaller ones are not given up.
constexpr std::size_t given_up_bytes_min = 64u << 10;

}  // namespace

Region::Region(std::size_t bytes)
    : grains_(std::max(bytes / piece_bytes_max, std::size_t{1}) * (piece_bytes_max / grain_bytes)),
      memory_(grains_ * grain_bytes),
      marks_(grains_) {
  memory_.prefer_large_pages();  // of which what is lent costs the kernel less
}

/// A hole is written into: what was never needed takes none of the system's memory, or what of a
/// large page is left behind what was.
bool Region::take_up_more() {
  if (reached_ == grains_) return false;
  const std::size_t first = reached_;
  reached_ += largest_grains;
  free_range(first, reached_);
  return true;
}

Region::Hole* Region::hole_at(std::size_t grain) const {
  return reinterpret_cast<Hole*>(memory_.data() + grain * grain_bytes);
}

/// Where `last` is the last of its grains. There is room for both in one grain.
std::size_t& Region::size_of_hole_until(std::size_t last) const {
  static_assert(sizeof(Hole) + sizeof(std::size_t) <= grain_bytes);
  return *reinterpret_cast<std::size_t*>(memory_.data() + (last + 1) * grain_bytes -
                                         sizeof(std::size_t));
}

std::size_t Region::grain_of(const void* at) const {
  return static_cast<std::size_t>(static_cast<const char*>(at) - memory_.data()) / grain_bytes;
}

std::size_t Region::class_of(std::size_t grains) {
  if (grains < sizes_apart) return grains;
  const auto power = static_cast<unsigned>(std::bit_width(grains) - 1);
  const std::size_t eighth = grains >> (power - 3) & 7;
  return sizes_apart + (power - 4) * 8 + eighth;
}

/// Of those of its own class one that fits, else any of the next class that has one: all of those
/// are large enough.
template <class Fits>
Region::Hole* Region::find(std::size_t grains, const Fits& fits) const {
  const std::size_t own = class_of(grains);
  Hole* hole = holes_[own];
  for (int look = 0; hole != nullptr && look < looks_max; ++look, hole = hole->next)
    if (fits(*hole)) return hole;
  const std::size_t next = own + 1;
  std::uint64_t bits = has_holes_[next / 64] & ~std::uint64_t{0} << (next % 64);
  for (std::size_t word = next / 64;; bits = has_holes_[word]) {
    if (bits != 0) return holes_[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
    if (++word == has_holes_.size()) return nullptr;
  }
}

void Region::push(std::size_t grain, std::size_t count) {
  const std::size_t kind = class_of(count);
  Hole* const hole = new (hole_at(grain)) Hole{holes_[kind], nullptr, count};
  if (hole->next != nullptr) hole->next->previous = hole;
  holes_[kind] = hole;
  has_holes_[kind / 64] |= std::uint64_t{1} << (kind % 64);
  size_of_hole_until(grain + count - 1) = count;
  marks_[grain] |= is_first;
  marks_[grain + count - 1] |= is_last;
}

void Region::unlink(Hole* hole) {
  const std::size_t grain = grain_of(hole), kind = class_of(hole->grains);
  (hole->previous != nullptr ? hole->previous->next : holes_[kind]) = hole->next;
  if (hole->next != nullptr) hole->next->previous = hole->previous;
  if (holes_[kind] == nullptr) has_holes_[kind / 64] &= ~(std::uint64_t{1} << (kind % 64));
  marks_[grain] = marks_[grain + hole->grains - 1] = 0;
}

char* Region::take(std::size_t bytes) {
  const std::size_t wanted = grains_of(bytes);
  MINATO_ASSERT(wanted > 0);
  if (wanted > largest_grains) return nullptr;
  const auto fits = [&](const Hole& hole) { return hole.grains >= wanted; };
  Hole* hole = find(wanted, fits);
  if (hole == nullptr && take_up_more()) hole = find(wanted, fits);
  return hole == nullptr ? nullptr : cut(hole, grain_of(hole), wanted);
}

char* Region::take_pages(std::size_t bytes) {
  const std::size_t wanted = grains_of(paged(bytes));
  MINATO_ASSERT(wanted > 0);
  if (wanted > largest_grains) return nullptr;
  do
    if (char* const pages = take_pages_there(wanted)) return pages;
  while (take_up_more());
  return nullptr;
}

/// A hole of that size may begin with a page; in one that is larger by all grains of a page but one
/// there is a place that does.
char* Region::take_pages_there(std::size_t wanted) {
  const auto fits = [&](const Hole& hole) {
    return first_of_page(hole) + wanted <= grain_of(&hole) + hole.grains;
  };
  for (const std::size_t enough : {wanted, wanted + grains_of(page_bytes()) - 1})
    if (Hole* const hole = find(enough, fits); hole != nullptr && fits(*hole))
      return cut(hole, first_of_page(*hole), wanted);
  return nullptr;
}

bool Region::give_up_some() {
  for (std::size_t bytes = piece_bytes_max; bytes >= given_up_bytes_min; bytes /= 2) {
    char* const pages = take_pages_there(grains_of(paged(bytes)));
    if (pages == nullptr) continue;
    renew(pages, bytes);
    return true;
  }
  return false;
}

std::size_t Region::first_of_page(const Hole& hole) const {
  const std::size_t grains = grains_of(page_bytes());
  return (grain_of(&hole) + grains - 1) / grains * grains;
}

/// Takes some of a hole; what is left on both sides stays one.
char* Region::cut(Hole* hole, std::size_t first, std::size_t count) {
  const std::size_t begin = grain_of(hole), end = begin + hole->grains;
  unlink(hole);
  if (begin < first) push(begin, first - begin);
  if (first + count < end) push(first + count, end - first - count);
  used_grains_ += count;
  return memory_.data() + first * grain_bytes;
}

void Region::give(char* piece, std::size_t bytes) {
  const std::size_t first = grain_of(piece), count = grains_of(bytes);
  MINATO_ASSERT(count <= used_grains_);
  used_grains_ -= count;
  if (count > 0) free_range(first, first + count);
}

/// Joined with the holes on both sides.
void Region::free_range(std::size_t first, std::size_t end) {
  if (end < grains_ && (marks_[end] & is_first) != 0) {
    Hole* const behind = hole_at(end);
    end += behind->grains;
    unlink(behind);
  }
  if (first > 0 && (marks_[first - 1] & is_last) != 0) {
    first -= size_of_hole_until(first - 1);
    unlink(hole_at(first));
  }
  push(first, end - first);
}

}  // namespace minato::cache
