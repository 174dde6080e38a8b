// The bytes that came from a peer and were not used yet, in blocks of the worker's pool.
//
// A head that was read stays where it is, pinned, as long as its exchange lives; the body that
// follows it comes into the room behind it, or into a second block where that is small, or was
// filled at once. An empty buffer that is not pinned, or that rests, owns no memory but the head's.
// Bounds: a head of `grow`'s limit; otherwise a block and a large one, however long a body is.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/block_pool.h"

namespace minato::connection {

class ReceiveBuffer {
 public:
  static constexpr std::size_t block_bytes = 16u << 10;
  static constexpr std::size_t body_room_min = 4u << 10;
  /// For a body that filled its room: the kernel has more of it then, and to fetch that by small
  /// pieces takes a call for each, and another to pass it on. After less than it has room for comes
  /// a small one.
  static constexpr std::size_t large_block_bytes = 64u << 10;

  explicit ReceiveBuffer(BlockPool& pool) : pool_(pool) {}

  /// What was received and not consumed.
  std::string_view unread() const { return {block_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  bool owns_memory() const { return static_cast<bool>(block_); }
  /// Nothing moves; views into what was consumed stay good until room for a body is asked for, and
  /// those into what is pinned until `unpin`.
  void consume(std::size_t bytes);
  /// Moves `next` up to the end of `first`, and gives both as one. Both were consumed since the
  /// last read, and `next` came later; what stood between them is gone.
  std::string_view join(std::string_view first, std::string_view next);

  /// Free space behind what is unread, for the next read; empty where a head fills the block:
  /// `grow`.
  std::span<char> room_for_head();
  /// Free space for a body; only while nothing is unread.
  std::span<char> room_for_body();
  /// Nothing came into that room, and may not for long: what holds no pinned head goes back.
  void rest();
  /// `bytes` were read into the room that was given last.
  void received(std::size_t bytes) { end_ += bytes; }

  /// Makes room behind an incomplete head. Views into unread bytes die. False where that would take
  /// more than `limit` bytes of head.
  bool grow(std::size_t limit);

  /// What was consumed so far stays in place until `unpin`.
  void pin() { pinned_ = begin_; }
  void unpin();

 private:
  BlockPool& pool_;
  Block block_;
  Block head_;  // a pinned head whose block had no room for the body
  std::size_t pinned_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace minato::connection
