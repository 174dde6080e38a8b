#include "observe/line_block.h"

namespace minato::observe {

BlockLane::BlockLane(std::size_t block_bytes, std::size_t blocks_max)
    : block_bytes_(block_bytes), blocks_max_(blocks_max), full_(blocks_max), empty_(blocks_max) {
  made_.reserve(blocks_max);
  spare_.reserve(blocks_max);
}

LineBlock* BlockLane::take_empty() {
  while (const auto block = empty_.take()) spare_.push_back(*block);
  if (!spare_.empty()) {
    LineBlock* const block = spare_.back();
    spare_.pop_back();
    return block;
  }
  if (made_.size() == blocks_max_) return nullptr;
  return made_.emplace_back(std::make_unique<LineBlock>(block_bytes_)).get();
}

}  // namespace minato::observe
