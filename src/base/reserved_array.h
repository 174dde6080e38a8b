// An array of zeroes for which the system takes memory only where it is written.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>
#include <type_traits>

namespace minato {

/// `T` is valid as zeroes.
template <class T>
class ReservedArray {
 public:
  explicit ReservedArray(std::size_t count) : count_(count) {
    void* const at = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    first_ = static_cast<T*>(at);
  }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;
  ~ReservedArray() { ::munmap(first_, bytes()); }

  T* data() const { return first_; }
  T& operator[](std::size_t at) const { return first_[at]; }
  std::size_t size() const { return count_; }
  /// Of whole pages, as the system gives them.
  std::size_t bytes() const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (count_ * sizeof(T) + page - 1) / page * page;
  }

 private:
  std::size_t count_;
  T* first_;
};

}  // namespace minato
