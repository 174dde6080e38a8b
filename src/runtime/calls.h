// The system calls that a request makes, without being points of cancellation (pthreads(7)): the C
// library makes these of its own at two atomic operations each once a program has threads, and
// nobody cancels ours. Meaning, results and errno are those of the functions of the same names.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace minato::runtime::calls {

// Sanitizers know of what happens through the library's functions alone.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MINATO_CALLS_BY_LIBRARY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MINATO_CALLS_BY_LIBRARY 1
#endif
#endif

#ifdef MINATO_CALLS_BY_LIBRARY
using ::epoll_wait;
using ::recv;
using ::send;
using ::sendmsg;
#else
inline ssize_t recv(int fd, void* bytes, std::size_t size, int flags) {
  return ::syscall(SYS_recvfrom, fd, bytes, size, flags, nullptr, nullptr);
}
inline ssize_t send(int fd, const void* bytes, std::size_t size, int flags) {
  return ::syscall(SYS_sendto, fd, bytes, size, flags, nullptr, 0);
}
inline ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  return ::syscall(SYS_sendmsg, fd, message, flags);
}
inline int epoll_wait(int epoll, epoll_event* events, int count, int millis) {
  return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, count, millis, nullptr, 0));
}
#endif
#undef MINATO_CALLS_BY_LIBRARY

}  // namespace minato::runtime::calls
