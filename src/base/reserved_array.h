// An array of zeroes for which the system takes memory only where it is written.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>
#include <type_traits>

#include "base/assert.h"

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
  std::size_t bytes() const { return paged(count_ * sizeof(T)); }
  static std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

  /// What whole pages for so many bytes have.
  static std::size_t paged(std::size_t bytes) {
    const std::size_t page = page_bytes();
    return (bytes + page - 1) / page * page;
  }

  /// The system is to give large pages where it has some.
  void prefer_large_pages() const { ::madvise(first_, bytes(), MADV_HUGEPAGE); }
  /// Makes zeroes of these pages, on other memory: whoever was lent them has them as they were
  /// (Pipe::lend).
  void renew(T* first_of_page, std::size_t count) const {
    const std::size_t size = paged(count * sizeof(T));
    // Splits a large page of which these are a part: it would stay taken as a whole, for nobody.
    ::madvise(first_of_page, size, MADV_COLD);
    const int done = ::madvise(first_of_page, size, MADV_DONTNEED);
    MINATO_ASSERT(done == 0);  // or he would see what is written there next
  }

 private:
  std::size_t count_;
  T* first_;
};

}  // namespace minato
