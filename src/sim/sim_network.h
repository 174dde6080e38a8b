// A machine's (or a worker's) side of the simulated network.
#pragma once

#include "net/network.h"
#include "sim/sim_stream.h"
#include "sim/wire.h"

namespace minato::sim {

class SimNetwork final : public net::Network {
 public:
  /// Connections to IPv4 addresses come from `home`, those to others from its counterpart.
  SimNetwork(Wire& wire, SimLoop& loop, net::Address home = loopback());
  static net::Address loopback();

  Task<Result<std::unique_ptr<net::Stream>>> connect(const net::Address& to,
                                                     Instant until) override;
  Result<std::unique_ptr<net::Listener>> listen(const net::ListenOptions& options) override;

  /// Streams that live: for tests that nothing leaks.
  std::size_t open_streams() const { return static_cast<std::size_t>(tokens_.use_count()) - 1; }
  /// Descriptors: with so many streams open, connecting and accepting fail.
  void set_streams_max(std::size_t count) { streams_max_ = count; }

 private:
  friend class SimListener;
  bool exhausted() const { return open_streams() >= streams_max_; }
  /// A stream over `socket`. Each holds a token, so that counting tokens counts streams.
  std::unique_ptr<SimStream> stream_of(std::shared_ptr<Socket> socket, Side side);

  Wire& wire_;
  SimLoop& loop_;
  net::Address home_;
  std::size_t streams_max_ = static_cast<std::size_t>(-1);
  std::shared_ptr<const void> tokens_ = std::make_shared<char>();
};

}  // namespace minato::sim
