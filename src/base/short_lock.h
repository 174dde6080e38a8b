// A lock for what is done in less time than it takes to fall asleep and to be woken.
#pragma once

#include <mutex>

namespace minato {

namespace detail {

/// Lets the other thread of the core go on.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace detail

/// Holds `mutex` for its life. Looks for it some microseconds before it sleeps, so that threads
/// that seldom meet call the kernel hardly ever.
class ShortLock {
 public:
  static constexpr int looks_max = 100;

  explicit ShortLock(std::mutex& mutex) : mutex_(mutex) {
    for (int look = 0; look < looks_max; ++look) {
      if (mutex_.try_lock()) return;
      detail::relax();
    }
    mutex_.lock();
  }
  ShortLock(const ShortLock&) = delete;
  ShortLock& operator=(const ShortLock&) = delete;
  ~ShortLock() { mutex_.unlock(); }

 private:
  std::mutex& mutex_;
};

}  // namespace minato
