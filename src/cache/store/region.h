// Memory of a fixed size, from which everything that the cache stores is taken: holes by their size
// in lists, of which the first that is sure to be large enough is cut to size, and joined with its
// neighbours when it is free again (TLSF: Masmano et al., ECRTS 2004). At most a grain of each
// piece is lost, and all costs the same however many there are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/reserved_array.h"

namespace minato::cache {

/// Thread: whoever holds the lock of the store.
/// Bounds: `bytes`, of which the system gives what was ever used.
class Region {
 public:
  static constexpr std::size_t grain_bytes = 64;
  /// The largest piece that can be taken.
  static constexpr std::size_t piece_bytes_max = 1u << 20;

  /// `bytes` is rounded down to pieces of the largest size.
  explicit Region(std::size_t bytes);
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  /// `bytes` bytes, aligned to a grain; nullptr where no hole is that large.
  char* take(std::size_t bytes);
  /// The same in whole pages, which it shares with nothing else.
  char* take_pages(std::size_t bytes);
  /// What was taken; `bytes` as it was asked for, of pages in whole pages. The end alone may be
  /// given back as well: `piece` must then begin at a grain.
  void give(char* piece, std::size_t bytes);
  /// Makes other pages of these, whoever still looks at what they were: of what `take_pages` gave,
  /// before it is given back.
  void renew(char* pages, std::size_t bytes) const { memory_.renew(pages, bytes); }
  /// Gives a largest piece, or less, of what nobody has back to the system: it counts as taken from
  /// then on. False where no hole is worth it.
  bool give_up_some();

  /// What is taken of `bytes` bytes.
  static constexpr std::size_t rounded(std::size_t bytes) {
    return (bytes + grain_bytes - 1) / grain_bytes * grain_bytes;
  }
  /// What is taken in pages of `bytes` bytes.
  static std::size_t paged(std::size_t bytes) { return ReservedArray<char>::paged(bytes); }
  static std::size_t page_bytes() { return ReservedArray<char>::page_bytes(); }
  std::size_t size_bytes() const { return grains_ * grain_bytes; }
  std::size_t used_bytes() const { return used_grains_ * grain_bytes; }
  /// Of its own book-keeping.
  std::size_t overhead_bytes() const { return grains_; }

 private:
  /// Stands in the hole's first grain; in its last one stands its size again.
  struct Hole {
    Hole* next;
    Hole* previous;
    std::size_t grains;
  };
  /// One for each size below `sizes_apart`, and eight between two powers of two above.
  static constexpr std::size_t sizes_apart = 16, classes = 320;
  static constexpr std::uint8_t is_first = 1, is_last = 2;

  static std::size_t class_of(std::size_t grains);
  template <class Fits>
  Hole* find(std::size_t grains, const Fits& fits) const;
  std::size_t first_of_page(const Hole& hole) const;
  char* take_pages_there(std::size_t wanted);
  char* cut(Hole* hole, std::size_t first, std::size_t count);
  Hole* hole_at(std::size_t grain) const;
  std::size_t& size_of_hole_until(std::size_t last) const;
  std::size_t grain_of(const void* at) const;
  void push(std::size_t grain, std::size_t count);
  void unlink(Hole* hole);
  void free_range(std::size_t first, std::size_t end);
  bool take_up_more();

  std::size_t grains_;
  std::size_t reached_ = 0;  // grains from here on were never written
  std::size_t used_grains_ = 0;
  ReservedArray<char> memory_;
  ReservedArray<std::uint8_t> marks_;  // one a grain, of holes
  std::array<Hole*, classes> holes_{};
  std::array<std::uint64_t, classes / 64> has_holes_{};  // a bit a class
};

}  // namespace minato::cache
