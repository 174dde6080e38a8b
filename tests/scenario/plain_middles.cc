// Middles that are no proxies: to try the clients, the origins and their judge by themselves.
#include "runtime/scope.h"
#include "scenario/random_run.h"
#include "sim/sim_network.h"

namespace minato::scenario {
namespace {

class Direct final : public Middle {
 public:
  explicit Direct(net::Address origin) : origin_(std::move(origin)) {}
  net::Address address() const override { return origin_; }
  void shut_down() override {}
  void report_leaks(Ledger&) const override {}

 private:
  net::Address origin_;
};

class Relay final : public Middle {
 public:
  explicit Relay(Site site)
      : origin_(site.origins.front()),
        loop_(site.world.add_loop()),
        network_(site.world.wire(), loop_),
        listener_(network_.listen({.address = *net::Address::parse("203.0.113.1", 80)}).value()),
        tasks_(loop_) {
    tasks_.start(accept());
  }
  net::Address address() const override { return listener_->address(); }
  void shut_down() override { listener_->stop(); }
  void report_leaks(Ledger& ledger) const override {
    if (tasks_.running() + network_.open_streams() != 0) ledger.violate("the relay leaks");
  }

 private:
  Task<void> accept() {
    for (;;) {
      auto accepted = co_await listener_->accept();
      if (!accepted) co_return;
      tasks_.start(relay(std::move(accepted->stream)));
    }
  }
  Task<void> relay(std::unique_ptr<net::Stream> near) {
    auto connected = co_await network_.connect(origin_, never);
    if (!connected) co_return near->reset_on_close();
    const std::unique_ptr<net::Stream> far = std::move(*connected);
    runtime::Scope both(loop_);
    both.start(pump(*near, *far));
    both.start(pump(*far, *near));
    co_await both.empty();
  }
  /// Passes on what comes, and how it ends.
  static Task<void> pump(net::Stream& from, net::Stream& to) {
    std::array<char, 1000> buffer;
    for (;;) {
      const auto count = co_await from.read(buffer, never);
      if (count && *count == 0) co_return to.end_writing();
      iovec piece{buffer.data(), count.value_or(0)};
      const auto written = co_await to.write({&piece, 1}, 0ms);
      if (count && written) continue;
      to.reset_on_close();
      to.abort({Fault::reset, to.side()});
      from.reset_on_close();
      co_return from.abort({Fault::reset, from.side()});
    }
  }

  net::Address origin_;
  sim::SimLoop& loop_;
  sim::SimNetwork network_;
  std::unique_ptr<net::Listener> listener_;
  runtime::Scope tasks_;
};

}  // namespace

std::unique_ptr<Middle> make_direct(Site site) {
  return std::make_unique<Direct>(site.origins.front());
}

std::unique_ptr<Middle> make_relay(Site site) { return std::make_unique<Relay>(std::move(site)); }

}  // namespace minato::scenario
