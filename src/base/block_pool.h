// Buffers by the block: what a connection reads into while it is active, and gives back when idle.
//
// Thread: one pool a worker, used only there.
// Bounds: keeps as much free memory as is lent, so that what comes and goes under load is not
// allocated anew, or `kept_bytes_min` where that is more; what comes back beyond that is freed.
// What nobody used for a while is given back by `free_unused`.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "base/free_lists.h"

namespace minato {

class BlockPool;

/// One block, or none. Goes back to its pool when it dies; the pool outlives its blocks.
class Block {
 public:
  Block() = default;
  Block(Block&& other) noexcept { swap(other); }
  Block& operator=(Block&& other) noexcept {
    Block(std::move(other)).swap(*this);
    return *this;
  }
  ~Block();

  explicit operator bool() const { return data_ != nullptr; }
  char* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::span<char> span() const { return {data_, size_}; }
  void release() { Block().swap(*this); }
  void swap(Block& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

 private:
  friend class BlockPool;
  Block(BlockPool& pool, char* data, std::size_t size) : pool_(&pool), data_(data), size_(size) {}

  BlockPool* pool_ = nullptr;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

class BlockPool {
 public:
  static constexpr std::size_t smallest_bytes = 4096;
  static constexpr std::size_t classes = 13;  // 4 KiB to 16 MiB

  explicit BlockPool(std::size_t kept_bytes_min = 4u << 20) : kept_bytes_min_(kept_bytes_min) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  /// A block of at least `bytes`, rounded up to a power of two. At most 16 MiB.
  Block take(std::size_t bytes);

  /// Frees some of what nobody has used since `age`: `step_bytes` or a block more. How many bytes;
  /// 0 where nothing is left.
  std::size_t free_unused(std::size_t step_bytes);
  /// From here on all that is kept counts as unused. Once nothing else does.
  void age();

  /// How many bytes are out now: for tests that nothing leaks.
  std::size_t lent_bytes() const { return lent_bytes_; }
  std::size_t kept_bytes() const { return kept_bytes_; }

 private:
  friend class Block;
  void give(char* data, std::size_t size) noexcept;
  void free_largest() noexcept;
  bool free_one(std::size_t size_class, void* block) noexcept;

  FreeLists<classes> free_;
  std::size_t kept_bytes_ = 0;
  std::size_t lent_bytes_ = 0;
  std::size_t kept_bytes_min_;
};

inline Block::~Block() {
  if (data_ != nullptr) pool_->give(data_, size_);
}

}  // namespace minato
