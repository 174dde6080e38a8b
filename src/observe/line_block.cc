#include "observe/line_block.h"

#include <algorithm>

namespace minato::observe {

std::size_t LineBlock::index_of(const std::shared_ptr<Output>& output) {
  const auto found = std::ranges::find(outputs_, output);
  const auto index = static_cast<std::size_t>(found - outputs_.begin());
  if (found == outputs_.end()) outputs_.push_back(output);
  return index;
}

void LineBlock::add(std::size_t bytes, const std::shared_ptr<Output>& output) {
  used_ += bytes;
  if (runs_.empty() || outputs_[runs_.back().output] != output)
    runs_.push_back({index_of(output), used_});
  else
    runs_.back().end = used_;
}

std::string_view LineBlock::lines_of(std::size_t output, std::string& scratch) const {
  const std::string_view all(room_.get(), used_);
  if (outputs_.size() == 1) return all;
  scratch.clear();
  std::size_t begin = 0;
  for (const Run& run : runs_) {
    if (run.output == output) scratch += all.substr(begin, run.end - begin);
    begin = run.end;
  }
  return scratch;
}

void LineBlock::clear() {
  used_ = 0;
  outputs_.clear();
  runs_.clear();
}

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
