// The end of a simulated connection that a test holds: what it sends arrives before the call
// returns, and what it asks for is what has arrived by then.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "net/stream.h"
#include "sim/sim_world.h"

namespace minato::sim {

class Peer {
 public:
  Peer(SimWorld& world, std::unique_ptr<net::Stream> stream)
      : world_(&world), stream_(std::move(stream)) {}

  /// Must fit into what the connection buffers (asserted): see `send_some`.
  void send(std::string_view bytes) {
    const auto left = send_some(bytes);
    MINATO_ASSERT(left.empty());
  }
  /// What the connection did not take is returned.
  std::string_view send_some(std::string_view bytes) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    std::span<iovec> pieces(&piece, bytes.empty() ? 0 : 1);
    const bool all = stream_->write_now(pieces);
    world_->run_until_idle();
    return all ? std::string_view{} : bytes.substr(bytes.size() - pieces.front().iov_len);
  }
  /// Sends no more; still hears.
  void end() {
    begin_end();
    world_->run_until_idle();
  }
  /// The same, which arrives once the world runs on.
  void begin_end() { stream_->end_writing(); }
  void reset() {
    stream_->reset_on_close();
    stream_.reset();
    world_->run_until_idle();
  }

  /// What has arrived since the last call.
  std::string received() {
    std::string all;
    std::array<char, 4096> buffer;
    for (world_->run_until_idle(); !heard_all_; world_->run_until_idle()) {
      const auto count = stream_->read_now(buffer);
      if (!count) break;
      heard_all_ = !*count || **count == 0;
      if (!*count) fault_ = count->error().fault;
      all.append(buffer.data(), count->value_or(0));
    }
    return all;
  }
  /// `received` has come to the other side's end, in whatever way.
  bool heard_all() const { return heard_all_; }
  /// The other side ended in good order.
  bool heard_end() const { return heard_all_ && !fault_; }
  /// What broke it.
  std::optional<Fault> fault() const { return fault_; }

 private:
  SimWorld* world_;
  std::unique_ptr<net::Stream> stream_;
  bool heard_all_ = false;
  std::optional<Fault> fault_;
};

}  // namespace minato::sim
