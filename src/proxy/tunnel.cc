#include "proxy/tunnel.h"

#include <algorithm>

#include "http/client_failure.h"
#include "proxy/body_pump.h"
#include "proxy/verdict.h"
#include "runtime/budget.h"
#include "runtime/event.h"
#include "runtime/scope.h"

namespace minato::proxy {
namespace {

using http::Failure;
using http::Reason;

class Relay {
 public:
  Relay(runtime::Loop& loop, http::Tunnel& client, connection::Call& origin, Millis idle)
      : loop_(loop),
        client_(client),
        origin_(origin),
        idle_(idle),
        over_(loop),
        silence_(loop.timers(), *this),
        directions_(loop) {}

  Task<std::optional<Failure>> run() {
    directions_.start(carry_up());
    directions_.start(carry_down());
    watch_for_silence();
    while (open_ > 0 && !broken_) co_await over_.next();
    co_return broken_;
  }

 private:
  Task<void> carry_up() {
    runtime::Budget pieces(loop_, pieces_in_a_row);
    for (;;) {
      const auto piece = co_await client_.read();
      if (!piece) co_return break_off({.reason = Reason::client_gone, .error = piece.error()});
      moved();
      if (piece->empty()) {
        origin_.end_writing();
        co_return end_one();
      }
      writing_up_ = true;
      const auto written = co_await origin_.write_raw(*piece, idle_);
      writing_up_ = false;
      if (!written) co_return break_off(origin_failure(written.error()));
      if (pieces.spend(pieces_of(piece->size()))) co_await loop_.breathe();
    }
  }

  Task<void> carry_down() {
    runtime::Budget pieces(loop_, pieces_in_a_row);
    for (;;) {
      const auto piece = co_await origin_.read_raw();
      if (!piece) co_return break_off(origin_failure(piece.error()));
      moved();
      if (piece->empty()) {
        client_.end_writing();
        co_return end_one();
      }
      writing_down_ = true;
      const auto written = co_await client_.write(*piece);
      writing_down_ = false;
      if (!written) co_return break_off(http::client_write_failure(written.error()));
      if (pieces.spend(pieces_of(piece->size()))) co_await loop_.breathe();
    }
  }

  static Failure origin_failure(const Error& error) {
    return {.reason = upstream_reason(error, Phase::relaying), .error = error};
  }

  void moved() { last_moved_ = loop_.now(); }

  void end_one() {
    --open_;
    watch_for_silence();
    over_.happen();
  }

  void break_off(Failure failure) {
    if (!broken_) broken_ = failure;
    over_.happen();
  }

  bool writing() const { return writing_up_ || writing_down_; }

  Instant silent_at() const {
    // A write has a deadline of its own, which every byte moves.
    if (open_ == 2) return deadline_after(writing() ? loop_.now() : last_moved_, idle_);
    return last_moved_ +
           (idle_ == 0ms ? half_closed_idle_max : std::min(idle_, half_closed_idle_max));
  }

  /// The timer is moved only when it fires, and when a direction has ended.
  void watch_for_silence() {
    if (silent_at() > loop_.now()) return silence_.arm(silent_at());
    const Reason reason = writing_down_ ? Reason::client_too_slow
                          : writing_up_ ? Reason::upstream_idle
                                        : Reason::tunnel_idle;
    break_off({.reason = reason});
  }

  runtime::Loop& loop_;
  http::Tunnel& client_;
  connection::Call& origin_;
  Millis idle_;
  Instant last_moved_ = loop_.now();
  int open_ = 2;  // directions that have not ended
  bool writing_up_ = false;
  bool writing_down_ = false;
  std::optional<Failure> broken_;
  runtime::Event over_;
  runtime::TimerOf<Relay, &Relay::watch_for_silence> silence_;
  runtime::Scope directions_;
};

}  // namespace

Task<std::optional<Failure>> relay_tunnel(runtime::Loop& loop, http::Tunnel& client,
                                          connection::Call& origin, Millis idle) {
  Relay relay(loop, client, origin, idle);
  co_return co_await relay.run();
}

}  // namespace minato::proxy
