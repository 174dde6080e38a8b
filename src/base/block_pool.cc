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
    for (char* data : list) ::operator delete(data);
}

Block BlockPool::take(std::size_t bytes) {
  const std::size_t size = std::bit_ceil(std::max(bytes, smallest_bytes));
  MINATO_ASSERT(class_of(size) < classes);
  lent_bytes_ += size;
  auto& list = free_[class_of(size)];
  if (list.empty()) return {*this, static_cast<char*>(::operator new(size)), size};
  char* const data = list.back();
  list.pop_back();
  kept_bytes_ -= size;
  return {*this, data, size};
}

void BlockPool::give(char* data, std::size_t size) noexcept {
  lent_bytes_ -= size;
  kept_bytes_ += size;
  free_[class_of(size)].push_back(data);
  while (kept_bytes_ > std::max(lent_bytes_, kept_bytes_min_)) free_largest();
}

void BlockPool::free_largest() noexcept {
  std::size_t largest = classes - 1;
  while (free_[largest].empty()) --largest;
  ::operator delete(free_[largest].back());
  free_[largest].pop_back();
  kept_bytes_ -= smallest_bytes << largest;
}

}  // namespace minato
