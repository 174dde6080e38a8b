#include "runtime/epoll_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/assert.h"
#include "runtime/calls.h"

namespace minato::runtime {
namespace {

constexpr std::size_t batch_events = 16;
/// So many of them are a crowd.
constexpr std::size_t crowd_events = 8;

Readiness readiness_of(std::uint32_t events) {
  const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  return {.readable = (events & EPOLLIN) != 0 || broken,
          .writable = (events & EPOLLOUT) != 0 || broken,
          .peer_ended = (events & EPOLLRDHUP) != 0,
          .broken = broken,
          .urgent = (events & EPOLLPRI) != 0};
}

}  // namespace

Result<std::unique_ptr<EpollLoop>> EpollLoop::make(std::uint64_t seed) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll || !bell)
    return fail(Fault::resource, Side::local, "cannot make an event loop", errno);
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.get(), &event) != 0)
    return fail(Fault::resource, Side::local, "cannot watch the loop's own bell", errno);
  return std::unique_ptr<EpollLoop>(new EpollLoop(seed, std::move(epoll), std::move(bell)));
}

EpollLoop::EpollLoop(std::uint64_t seed, Fd epoll, Fd bell)
    : Loop(seed), epoll_(std::move(epoll)), bell_(std::move(bell)) {
  read_clocks();
}

EpollLoop::~EpollLoop() = default;

void EpollLoop::run() {
  while (!stopping_) {
    wait_and_dispatch();
    timers().fire(now());
    mailbox().run_all();
    run_turns();
  }
  stopping_ = false;
}

Result<void> EpollLoop::watch(int fd, Watcher& watcher) {
  epoll_event event{.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                    .data = {.ptr = &watcher}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return fail(fault_of_errno(errno), Side::local, "cannot watch a descriptor", errno);
  return {};
}

void EpollLoop::unwatch(int fd, Watcher& watcher) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  forget(watcher);
}

void EpollLoop::forget(Watcher& watcher) noexcept {
  for (epoll_event& event : pending_)
    if (event.data.ptr == &watcher) event.events = 0;
}

void EpollLoop::wake() {
  const std::uint64_t one = 1;
  // A full counter means that the bell rings already.
  [[maybe_unused]] const auto written = ::write(bell_.get(), &one, sizeof one);
}

Instant EpollLoop::read_clock() const { return std::chrono::steady_clock::now(); }

void EpollLoop::read_clocks() { set_time(read_clock(), std::chrono::system_clock::now()); }

int EpollLoop::timeout_millis() const {
  if (has_turns()) return 0;
  const Instant next = timers().next();
  if (next == never) return -1;
  const auto wait = std::chrono::ceil<Millis>(next - read_clock());
  return static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 3'600'000));
}

void EpollLoop::wait_and_dispatch() {
  std::array<epoll_event, batch_events> events;
  const int count = calls::epoll_wait(epoll_.get(), events.data(), batch_events, timeout_millis());
  MINATO_ASSERT(count >= 0 || errno == EINTR);
  read_clocks();
  pending_ = std::span(events).first(static_cast<std::size_t>(std::max(count, 0)));
  set_crowded(pending_.size() >= crowd_events);
  for (const epoll_event& event : pending_)
    if (event.data.ptr != nullptr)
      static_cast<Watcher*>(event.data.ptr)->hear(readiness_of(event.events));
  while (!pending_.empty()) {
    const epoll_event event = pending_.front();
    pending_ = pending_.subspan(1);
    if (event.data.ptr != nullptr && event.events != 0)
      static_cast<Watcher*>(event.data.ptr)->ready(readiness_of(event.events));
  }
}

}  // namespace minato::runtime
