// Lets many threads read what one takes apart: what is taken out of sight is destroyed only once
// nobody can still be looking at it (epoch-based reclamation, Fraser 2004).
//
// To look costs one store to a line that no other thread writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/cache_line.h"

namespace minato::cache {

/// Shared. Readers are numbered from 0, one a thread.
class Readers {
  struct Slot;

 public:
  using Epoch = std::uint64_t;

  explicit Readers(std::size_t count) : slots_(std::make_unique<Slot[]>(count)), count_(count) {}

  std::size_t memory_bytes() const { return count_ * sizeof(Slot); }

  /// While it lives, nothing that its reader can reach is destroyed. It is short, and never waits.
  class Look {
   public:
    Look(Readers& readers, std::size_t reader);
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    ~Look();

   private:
    Slot& slot_;
  };

  /// What was taken out of sight before this call may go once `passed` says so of its answer. One
  /// thread at a time.
  Epoch retire() { return now_.fetch_add(1, std::memory_order_seq_cst); }
  bool passed(Epoch epoch) const { return epoch < oldest(); }

 private:
  static constexpr Epoch nobody = ~Epoch{0};
  struct alignas(cache_line_bytes) Slot {
    std::atomic<Epoch> since{nobody};
  };
  Epoch oldest() const {
    Epoch least = nobody;
    for (std::size_t i = 0; i < count_; ++i)
      least = std::min(least, slots_[i].since.load(std::memory_order_seq_cst));
    return least;
  }

  std::unique_ptr<Slot[]> slots_;
  std::size_t count_;
  std::atomic<Epoch> now_{1};
};

inline Readers::Look::Look(Readers& readers, std::size_t reader) : slot_(readers.slots_[reader]) {
  slot_.since.store(readers.now_.load(std::memory_order_acquire), std::memory_order_seq_cst);
}

inline Readers::Look::~Look() { slot_.since.store(nobody, std::memory_order_release); }

}  // namespace minato::cache
