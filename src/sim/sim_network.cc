#include "sim/sim_network.h"

#include <cerrno>

namespace minato::sim {
namespace {

/// Where a machine whose address is of another family connects from.
net::Address counterpart(const net::Address& to) {
  return to.family() == net::Address::Family::ipv6 ? *net::Address::parse("::1", 0)
                                                   : net::Address();
}

}  // namespace

/// Outlive: its network.
class SimListener final : public net::Listener, private Edge {
 public:
  SimListener(SimNetwork& network, const net::ListenOptions& options)
      : network_(network),
        port_{.address = options.address,
              .shared = options.shared,
              .backlog = static_cast<std::size_t>(options.backlog),
              .loop = &network.loop_,
              .listener = this} {}
  ~SimListener() override {
    network_.wire_.close(port_);
    for (const auto& waiting : port_.queue) waiting->close(true);
  }

  Result<void> open() { return network_.wire_.open(port_); }
  std::optional<Result<net::Accepted>> accept_now() override;
  std::optional<Result<void>> peek() override;
  Task<void> arrival() override { co_await Arrival(*this); }
  void stop() override;
  bool resume() override;
  net::Address address() const override { return port_.address; }

 private:
  /// co_await Arrival(*this): until the listener is stirred.
  class Arrival {
   public:
    explicit Arrival(SimListener& listener) : listener_(listener) {}
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival() { listener_.waiting_ = nullptr; }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) noexcept { listener_.waiting_ = who; }
    void await_resume() const noexcept {}

   private:
    SimListener& listener_;
  };
  void deliver() override {
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

  SimNetwork& network_;
  Port port_;
  std::coroutine_handle<> waiting_;
  bool stopped_ = false;
  bool ended_ = false;
};

std::optional<Result<void>> SimListener::peek() {
  if (!port_.queue.empty()) return Result<void>{};
  if (!stopped_) return std::nullopt;
  ended_ = true;
  return fail(Fault::closed, Side::local, "the listener was stopped");
}

std::optional<Result<net::Accepted>> SimListener::accept_now() {
  const auto there = peek();
  if (!there) return std::nullopt;
  if (!*there) return std::unexpected(there->error());
  if (network_.exhausted())
    return fail(Fault::resource, Side::local, "no connection can be accepted", EMFILE);
  const auto socket = std::move(port_.queue.front());
  port_.queue.pop_front();
  return net::Accepted{network_.stream_of(socket, Side::downstream), socket->remote()};
}

void SimListener::stop() {
  stopped_ = true;
  network_.wire_.close(port_);
  network_.loop_.stir(*this);
}

bool SimListener::resume() {
  if (ended_ || (stopped_ && !open())) return false;
  stopped_ = false;
  return true;
}

SimNetwork::SimNetwork(Wire& wire, SimLoop& loop, net::Address home)
    : wire_(wire), loop_(loop), home_(std::move(home)) {}

net::Address SimNetwork::loopback() { return *net::Address::parse("127.0.0.1", 0); }

Task<Result<std::unique_ptr<net::Stream>>> SimNetwork::connect(const net::Address& to,
                                                               Instant until) {
  if (exhausted())
    co_return fail(Fault::resource, Side::upstream, "no connection can be opened", EMFILE);
  const bool same_family = to.family() == home_.family();
  const net::Address from = same_family ? home_ : counterpart(to);
  auto stream = stream_of(wire_.connect(from, to), Side::upstream);
  const auto made = co_await stream->connected(until);
  if (!made) co_return std::unexpected(made.error());
  co_return std::unique_ptr<net::Stream>(std::move(stream));
}

Result<std::unique_ptr<net::Listener>> SimNetwork::listen(const net::ListenOptions& options) {
  auto listener = std::make_unique<SimListener>(*this, options);
  if (const auto opened = listener->open(); !opened) return std::unexpected(opened.error());
  return listener;
}

std::unique_ptr<SimStream> SimNetwork::stream_of(std::shared_ptr<Socket> socket, Side side) {
  return std::make_unique<SimStream>(loop_, std::move(socket), side, tokens_);
}

}  // namespace minato::sim
