// Pipes by which bytes go from one connection to another without entering the program: splice(2).
//
// Thread: one pool a worker, used only there.
// Bounds: as many as `limit` says, of two descriptors, lent and kept; each of `pipe_bytes`, or of
// what the kernel has by default where it gives no more (pipe(7): users without privileges share 64
// MiB, behind which none is lent). What nobody used for a while is closed by `close_unused`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/fd.h"
#include "base/free_stack.h"

namespace minato {

class PipePool;

/// One pipe, or none. Goes back to its pool when it dies; what it holds then is lost, and so is
/// it. The pool outlives its pipes.
class Pipe {
 public:
  Pipe() = default;
  Pipe(Pipe&& other) noexcept { swap(other); }
  Pipe& operator=(Pipe&& other) noexcept {
    Pipe(std::move(other)).swap(*this);
    return *this;
  }
  ~Pipe();

  explicit operator bool() const { return static_cast<bool>(in_); }
  int in() const { return in_.get(); }
  int out() const { return out_.get(); }
  /// What was put in and not taken out.
  std::size_t held() const { return held_; }
  void put(std::size_t bytes) { held_ += bytes; }
  /// Puts memory in without a copy, as much of `bytes` as there is room for: vmsplice(2). Gives how
  /// much; 0 where the system does not do so. Whoever gets its pages looks at them for as long as
  /// he likes, and nobody tells: before anything is written there they must be given up
  /// (MADV_DONTNEED), and he keeps them.
  std::size_t lend(std::string_view bytes);
  /// It had no room for all that was to be lent: the rest follows at once.
  bool more_follows() const { return more_follows_; }
  void taken(std::size_t bytes) { held_ -= bytes; }
  void swap(Pipe& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(in_, other.in_);
    std::swap(out_, other.out_);
    std::swap(held_, other.held_);
    std::swap(more_follows_, other.more_follows_);
  }

 private:
  friend class PipePool;
  Pipe(Fd in, Fd out) : in_(std::move(in)), out_(std::move(out)) {}

  PipePool* pool_ = nullptr;
  Fd in_;
  Fd out_;
  std::size_t held_ = 0;
  bool more_follows_ = false;
};

class PipePool {
 public:
  static constexpr std::uint32_t pipes_max = 128;
  static constexpr std::size_t pipe_bytes = 256u << 10;

  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  ~PipePool();

  /// Lends no more than `pipes` from here on.
  void limit(std::uint32_t pipes) { limit_ = std::min(pipes, pipes_max); }

  /// An empty pipe; none where all are lent, or the system gives no more: whoever asks can copy.
  Pipe take();

  /// Closes those that nobody has used since `age`.
  void close_unused();
  /// From here on all that are kept count as unused. Once nothing else does.
  void age() { free_.age(); }

  /// How many are out now.
  std::uint32_t lent() const { return lent_; }

 private:
  friend class Pipe;
  /// Kept however few are lent; otherwise as many as are.
  static constexpr std::size_t kept_min = 32;
  static constexpr std::uint32_t spared_takes = 1000;
  void give(Pipe pipe) noexcept;
  Pipe another();
  static Pipe make();

  FreeStack<Pipe> free_;
  std::uint32_t limit_ = pipes_max;
  std::uint32_t lent_ = 0;
  std::uint32_t spared_ = 0;  // takes that are still to be answered without asking the system
};

inline Pipe::~Pipe() {
  if (pool_ != nullptr) pool_->give(std::move(*this));
}

}  // namespace minato
