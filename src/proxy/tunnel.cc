#include "proxy/tunnel.h"

#include "runtime/scope.h"

namespace minato::proxy {
namespace {

class Relay {
 public:
  Relay(runtime::Loop& loop, http::Tunnel& client, connection::Call& origin, Millis idle)
      : loop_(loop), client_(client), origin_(origin), idle_(idle), upward_(loop) {}

  Task<void> run() {
    upward_.start(carry_up());
    const bool orderly = co_await carry_down();
    if (orderly) co_await upward_.empty();
  }

 private:
  Task<void> carry_up() {
    for (;;) {
      const auto piece = co_await client_.read();
      if (!piece && may_go_on(piece.error())) continue;
      if (piece && piece->empty()) {
        origin_.end_writing();
        co_return;
      }
      last_moved_ = loop_.now();
      if (!piece) break;
      const auto written = co_await origin_.write_raw(*piece, idle_);
      if (!written) break;
    }
    origin_.abort({Fault::cancelled, Side::local, 0, "the client's side of the tunnel broke"});
  }

  /// True where it came to an orderly end.
  Task<bool> carry_down() {
    for (;;) {
      const auto piece = co_await origin_.read_raw(deadline_after(loop_.now(), idle_));
      if (!piece && may_go_on(piece.error())) continue;
      if (!piece) co_return false;
      if (piece->empty()) {
        client_.end_writing();
        co_return true;
      }
      last_moved_ = loop_.now();
      const auto written = co_await client_.write(*piece);
      if (!written) co_return false;
    }
  }

  /// One direction was silent for its time, but the other was not.
  bool may_go_on(const Error& error) const {
    return error.fault == Fault::timed_out && loop_.now() - last_moved_ < idle_;
  }

  runtime::Loop& loop_;
  http::Tunnel& client_;
  connection::Call& origin_;
  Millis idle_;
  Instant last_moved_ = loop_.now();
  runtime::Scope upward_;  // from the client to the origin
};

}  // namespace

Task<void> relay_tunnel(runtime::Loop& loop, http::Tunnel& client, connection::Call& origin,
                        Millis idle) {
  Relay relay(loop, client, origin, idle);
  co_await relay.run();
}

}  // namespace minato::proxy
