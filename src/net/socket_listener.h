// An open port, or Unix socket, of the kernel.
#pragma once

#include <optional>

#include "base/fd.h"
#include "net/network.h"
#include "net/unix_socket.h"
#include "runtime/epoll_loop.h"

namespace minato::net {

/// Destroying it while `accept` waits is an error of ours (asserted).
class SocketListener final : public Listener, private runtime::Watcher {
 public:
  /// Errors: denied (in use, no permission), resource.
  static Result<std::unique_ptr<SocketListener>> make(runtime::EpollLoop& loop,
                                                      const ListenOptions& options);
  ~SocketListener() override;

  std::optional<Result<Accepted>> accept_now() override;
  std::optional<Result<void>> peek() override;
  Task<void> arrival() override;
  /// The kernel has no word for "no more, but what is there": a closed port resets what waits in
  /// its queue. So new handshakes are dropped from here on, unanswered (the client tries again a
  /// second later, and finds the port closed or another listener of it), the port stays for as long
  /// as a handshake under way may take, and `accept` gives all that comes out of it.
  void stop() override;
  bool resume() override;
  Address address() const override { return address_; }

 private:
  class Arrival;
  SocketListener(runtime::EpollLoop& loop, Fd socket, SocketFile file);
  void ready(runtime::Readiness) override { resume_waiter(); }
  bool has_waiting() const;
  Accepted welcome(Fd socket, const sockaddr_storage& peer, socklen_t size);
  void grace_is_over();
  void resume_waiter();
  void close();

  runtime::EpollLoop& loop_;
  Fd socket_;
  SocketFile file_;  // of a Unix socket
  Address address_;
  Arrival* waiter_ = nullptr;
  runtime::TimerOf<SocketListener, &SocketListener::grace_is_over> grace_;
  bool only_the_rest_ = false;  // once the queue is empty, it is over
};

}  // namespace minato::net
