#include "base/block_pool.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/assert.h"

namespace minato {
namespace {

std::size_t class_of(std::size_t size) {
  return static_cast<std::size_t>(std::countr_zero(size / BlockPool::smallest_bytes));
}

}  // namespace

BlockPool::~BlockPool() {
  MINATO_ASSERT(lent_bytes_ == 0);
  for (std::size_t each = 0; each < classes; ++each)
    while (free_one(each, free_.take(each))) {
    }
}

Block BlockPool::take(std::size_t bytes) {
  const std::size_t size = std::bit_ceil(std::max(bytes, smallest_bytes));
  MINATO_ASSERT(class_of(size) < classes);
  lent_bytes_ += size;
  auto* const data = static_cast<char*>(free_.take(class_of(size)));
  if (data == nullptr) return {*this, static_cast<char*>(::operator new(size)), size};
  kept_bytes_ -= size;
  return {*this, data, size};
}

void BlockPool::give(char* data, std::size_t size) noexcept {
  lent_bytes_ -= size;
  kept_bytes_ += size;
  free_.give(data, class_of(size));
  while (kept_bytes_ > std::max(lent_bytes_, kept_bytes_min_)) free_largest();
}

void BlockPool::free_largest() noexcept {
  std::size_t largest = classes - 1;
  while (!free_one(largest, free_.take_unused(largest)) && !free_one(largest, free_.take(largest)))
    --largest;
}

/// False where there is none.
bool BlockPool::free_one(std::size_t size_class, void* block) noexcept {
  if (block == nullptr) return false;
  ::operator delete(block);
  kept_bytes_ -= smallest_bytes << size_class;
  return true;
}

std::size_t BlockPool::free_unused(std::size_t step_bytes) {
  const std::size_t before = kept_bytes_;
  for (std::size_t each = 0; each < classes; ++each)
    while (before - kept_bytes_ < step_bytes && free_one(each, free_.take_unused(each))) {
    }
  return before - kept_bytes_;
}

void BlockPool::age() { free_.age(); }

}  // namespace minato
