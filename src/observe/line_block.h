// Lines of one worker on their way to a writer thread, a block at a time.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "observe/spsc_ring.h"

namespace minato::observe {

/// Lines, in the order in which they were added.
/// Thread: whoever has it; it goes from hand to hand through a BlockLane.
class LineBlock {
 public:
  explicit LineBlock(std::size_t bytes)
      : room_(std::make_unique_for_overwrite<char[]>(bytes)), bytes_(bytes) {}

  /// Where the next line may be written.
  std::span<char> room() const { return {room_.get() + used_, bytes_ - used_}; }
  /// Takes the first `bytes` of the room as a line.
  void add(std::size_t bytes) { used_ += bytes; }
  std::string_view lines() const { return {room_.get(), used_}; }
  void clear() { used_ = 0; }

 private:
  std::unique_ptr<char[]> room_;
  std::size_t bytes_;
  std::size_t used_ = 0;
};

/// The blocks of one worker for one output: between its hands, the writer's, and a spare stack.
/// Bounds: `blocks_max` blocks; one is made only when all others are on their way.
class BlockLane {
 public:
  BlockLane(std::size_t block_bytes, std::size_t blocks_max);

  /// For the worker: an empty block, or null where all are on their way.
  LineBlock* take_empty();
  /// For the worker: passes on a block that it took.
  void hand_over(LineBlock& block) { full_.put(&block); }

  /// For the writer: the next block to write, or null.
  LineBlock* take_full() { return full_.take().value_or(nullptr); }
  /// For the writer: gives a block back, cleared.
  void give_back(LineBlock& block) { empty_.put(&block); }

 private:
  std::size_t block_bytes_, blocks_max_;
  SpscRing<LineBlock*> full_, empty_;
  std::vector<std::unique_ptr<LineBlock>> made_;
  std::vector<LineBlock*> spare_;  ///< the one used last is on top, and in the cache
};

}  // namespace minato::observe
