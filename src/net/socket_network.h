// The network of the kernel: TCP over IPv4 and IPv6, and Unix sockets, on an epoll loop.
#pragma once

#include "net/network.h"
#include "runtime/epoll_loop.h"

namespace minato::net {

class SocketNetwork final : public Network {
 public:
  explicit SocketNetwork(runtime::EpollLoop& loop) : loop_(loop) {}

  Task<Result<std::unique_ptr<Stream>>> connect(const Address& to, Instant until) override;
  Result<std::unique_ptr<Listener>> listen(const ListenOptions& options) override;

 private:
  runtime::EpollLoop& loop_;
};

}  // namespace minato::net
