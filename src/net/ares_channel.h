// The c-ares library on an epoll loop: its sockets, its timer.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "base/error.h"
#include "net/address.h"
#include "runtime/epoll_loop.h"

struct ares_channeldata;

namespace minato::net {

/// c-ares wants to be told again as long as a socket is ready; the loop tells of changes only. So
/// the loop's word is just a reason to look: `turn` asks the kernel itself until nothing is ready.
class AresChannel final : private runtime::Turn {
 public:
  /// `servers` empty: those of the system. Errors: resource.
  static Result<std::unique_ptr<AresChannel>> make(runtime::EpollLoop& loop,
                                                   std::span<const Address> servers);
  /// Ends every question under way: its callback is called with ARES_EDESTRUCTION.
  ~AresChannel();

  ares_channeldata* get() const { return channel_; }
  /// To be called after a question was put.
  void look_soon();

 private:
  class Socket;
  explicit AresChannel(runtime::EpollLoop& loop);
  Result<void> open(std::span<const Address> servers);
  static void wants(void* self, int fd, int readable, int writable);
  void run() override;
  bool serve_ready_sockets();
  void timed_out();
  void arm_timeout();

  runtime::EpollLoop& loop_;
  ares_channeldata* channel_ = nullptr;
  std::map<int, std::unique_ptr<Socket>> sockets_;
  runtime::TimerOf<AresChannel, &AresChannel::timed_out> timeout_;
};

}  // namespace minato::net
