#include "connection/receive_buffer.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace minato::connection {

void ReceiveBuffer::consume(std::size_t bytes) {
  MINATO_ASSERT(bytes <= end_ - begin_);
  begin_ += bytes;
}

std::string_view ReceiveBuffer::join(std::string_view first, std::string_view next) {
  const auto place = static_cast<std::size_t>(first.data() + first.size() - block_.data());
  MINATO_ASSERT(place >= pinned_ && place <= begin_);
  std::memmove(block_.data() + place, next.data(), next.size());
  return {first.data(), first.size() + next.size()};
}

std::span<char> ReceiveBuffer::room_for_head() {
  if (!block_) block_ = pool_.take(block_bytes);
  return block_.span().subspan(end_);
}

std::span<char> ReceiveBuffer::room_for_body() {
  MINATO_ASSERT(empty());
  const bool was_filled = block_ && end_ == block_.size();
  const std::size_t wanted = was_filled ? large_block_bytes : block_bytes;
  const std::size_t least = was_filled ? large_block_bytes : body_room_min;
  if (pinned_ > 0 && block_.size() - pinned_ < least) {
    MINATO_ASSERT(!head_);
    head_ = std::move(block_);
    pinned_ = 0;
  }
  if (pinned_ == 0 && block_.size() != wanted) block_ = pool_.take(wanted);
  begin_ = end_ = pinned_;
  return block_.span().subspan(end_);
}

void ReceiveBuffer::rest() {
  MINATO_ASSERT(empty());
  if (pinned_ > 0) return;
  block_.release();
  begin_ = end_ = 0;
}

bool ReceiveBuffer::grow(std::size_t limit) {
  const std::size_t held = end_ - begin_;
  if (held >= limit) return false;
  Block larger = pool_.take(std::max(block_bytes, std::min(2 * held, limit + 1)));
  std::memcpy(larger.data(), block_.data() + begin_, held);
  block_ = std::move(larger);
  begin_ = pinned_ = 0;
  end_ = held;
  return true;
}

void ReceiveBuffer::unpin() {
  head_.release();
  pinned_ = 0;
  if (empty()) rest();
}

}  // namespace minato::connection
