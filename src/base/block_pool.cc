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
  for (auto& list : free_)
    while (!list.empty()) ::operator delete(list.pop());
}

Block BlockPool::take(std::size_t bytes) {
  const std::size_t size = std::bit_ceil(std::max(bytes, smallest_bytes));
  MINATO_ASSERT(class_of(size) < classes);
  lent_bytes_ += size;
  auto& list = free_[class_of(size)];
  if (list.empty()) return {*this, static_cast<char*>(::operator new(size)), size};
  char* const data = list.pop();
  kept_bytes_ -= size;
  return {*this, data, size};
}

void BlockPool::give(char* data, std::size_t size) noexcept {
  lent_bytes_ -= size;
  kept_bytes_ += size;
  free_[class_of(size)].push(data);
  while (kept_bytes_ > std::max(lent_bytes_, kept_bytes_min_)) free_largest();
}

void BlockPool::free_largest() noexcept {
  std::size_t largest = classes - 1;
  while (free_[largest].empty()) --largest;
  free_one(largest);
}

void BlockPool::free_one(std::size_t size_class) noexcept {
  ::operator delete(free_[size_class].pop_unused());
  kept_bytes_ -= smallest_bytes << size_class;
}

std::size_t BlockPool::free_unused(std::size_t step_bytes) {
  const std::size_t before = kept_bytes_;
  for (std::size_t each = 0; each < classes; ++each)
    while (free_[each].has_unused() && before - kept_bytes_ < step_bytes) free_one(each);
  return before - kept_bytes_;
}

void BlockPool::age() {
  for (auto& list : free_) list.age();
}

}  // namespace minato
