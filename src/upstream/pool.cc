#include "upstream/pool.h"

#include "base/frame_pool.h"
#include "upstream/health.h"

namespace minato::upstream {

using connection::Http1Client;

namespace {

/// Whether the loop's word is enough of an idle connection. It is, of the batch of news in which
/// its next exchange begins too (Watcher::hear), and to ask the kernel in addition costs a system
/// call; so that is kept for where something is to be lost or to be expected.
enum class Trust : std::uint8_t {
  loop,
  /// The last answer had no content by its nature (HEAD, 204, 304). Origins that send some all the
  /// same send it behind the head, where it would be read as the answer to the next request.
  kernel,
};

Trust trust_after(const Http1Client& client) {
  const bool bare = client.body_length().kind == http::BodyLength::Kind::none;
  return bare ? Trust::kernel : Trust::loop;
}

/// True where nothing has come on it: neither surplus bytes, nor an end. What comes after the
/// question, while the request is on its way, nobody could tell from an answer.
bool is_untouched(net::Stream& stream, Trust trust) {
  if (stream.broken()) return false;  // maybe by what came; the kernel does not know
  if (stream.untouched() && trust == Trust::loop) return true;
  return stream.quiet();  // what the loop heard of may have been read meanwhile
}

}  // namespace

/// An idle connection.
class Pool::Idle final : public ListLink {
 public:
  Idle(Pool& pool, std::unique_ptr<Http1Client> idle_client, Nanos limit, Trust in)
      : client(std::move(idle_client)),
        since(pool.loop_.now()),
        until(since + limit),
        trust(in),
        ear_(client->stream(), pool, *this) {}

  // One comes and goes with every request.
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* idle, std::size_t bytes) noexcept { free_frame(idle, bytes); }

  std::unique_ptr<Http1Client> client;
  const Instant since;
  const Instant until;
  const Trust trust;

 private:
  /// Hears of whatever the origin does meanwhile.
  struct Ear final : net::Observer {
    Ear(net::Stream& stream, Pool& of, Idle& around) : Observer(stream), pool(of), idle(around) {}
    void stirred(bool) override { pool.peer_stirred(idle); }
    Pool& pool;
    Idle& idle;
  };
  Ear ear_;  // dies before the stream that it listens to
};

Lease::Lease(LocalRef<Pool> pool, std::unique_ptr<Http1Client> client, const PoolOptions& options)
    : pool_(std::move(pool)), client_(std::move(client)), options_(&options) {}

Lease::~Lease() {
  if (client_) pool_->give_back(std::move(client_), *options_);
}

Pool::Pool(runtime::Loop& loop, net::Network& network, ConnectNews& news,
           std::shared_ptr<Endpoint> endpoint)
    : loop_(loop),
      network_(network),
      news_(news),
      endpoint_(std::move(endpoint)),
      oldest_(loop.timers(), *this) {}

Pool::~Pool() { close_idle(); }

Soon<Result<Lease>> Pool::check_out(const PoolOptions& options, Care care, Instant until) {
  if (auto client = take_idle(care)) {
    news_.connection_reused();
    return Result<Lease>(Lease(LocalRef(this), std::move(client), options));
  }
  return connect(options, until);
}

std::unique_ptr<Http1Client> Pool::take_idle(Care care) {
  while (!idle_.empty()) {
    Idle& newest = idle_.back();
    auto client = std::move(newest.client);
    const Instant now = loop_.now(), since = newest.since;
    const bool expired = newest.until <= now;
    const Trust trust = care == Care::repeatable ? newest.trust : Trust::kernel;
    drop(newest);
    const bool sound = expired || is_untouched(client->stream(), trust);
    if (sound && !expired) return client;
    if (!sound) limit_.saw_close(now - since, now);
    count_closed();
  }
  return nullptr;
}

Task<Result<Lease>> Pool::connect(const PoolOptions& options, Instant until) {
  const LocalRef<Pool> self(this);
  auto stream = co_await network_.connect(endpoint_->address, until);
  if (!stream && stream.error().fault == Fault::resource && news_.make_room())
    stream = co_await network_.connect(endpoint_->address, until);
  if (!stream) {
    if (!is_our_own(stream.error())) connect_failed(stream.error());
    co_return std::unexpected(stream.error());
  }
  if (std::exchange(failed_connects_, 0) > 0) news_.connect_recovered(*endpoint_);
  endpoint_->connection_opened();
  news_.connection_opened();
  auto client = std::make_unique<Http1Client>(*std::move(stream));
  co_return Lease(self, std::move(client), options);
}

void Pool::connect_failed(const Error& error) {
  endpoint_->connect_failed();
  const Instant now = loop_.now();
  if (++failed_connects_ > HealthOptions::fall_max && now - failure_told_ < 1s) return;
  failure_told_ = now;
  news_.connect_failed(*endpoint_, error);
}

void Pool::give_back(std::unique_ptr<Http1Client> client, const PoolOptions& options) {
  const bool fit = fit_for_reuse(*client, options);
  const Trust trust = fit ? trust_after(*client) : Trust::kernel;
  client->end();
  if (!fit) return count_closed();
  if (const auto announced = client->idle_limit()) limit_.announced(*announced);
  const Nanos limit = limit_.at(loop_.now(), options.idle_timeout);
  auto* const idle = new Idle(*this, std::move(client), limit, trust);
  idle_.push_back(*idle);
  ++idle_count_;
  if (!oldest_.armed() || idle->until < oldest_.due()) oldest_.arm(idle->until);
}

void Pool::count_closed() {
  endpoint_->connection_closed();
  news_.connection_closed();
}

bool Pool::close_idle() {
  const bool any = !idle_.empty();
  while (!idle_.empty()) drop(idle_.front());
  return any;
}

bool Pool::fit_for_reuse(Http1Client& client, const PoolOptions& options) const {
  const bool worn =
      options.requests_per_connection != 0 && client.calls() >= options.requests_per_connection;
  const bool wanted = idle_count_ < options.idle_per_host && endpoint_->named() == Named::yes;
  return wanted && !worn && client.reusable() && is_untouched(client.stream(), Trust::loop);
}

void Pool::drop(Idle& idle) {
  if (idle.client) count_closed();
  --idle_count_;
  delete &idle;
}

/// The origin closed an idle connection, or sent what nobody asked for: either way its use is over.
void Pool::peer_stirred(Idle& idle) {
  if (idle.client->stream().quiet()) return;  // the word of bytes that were read already
  limit_.saw_close(loop_.now() - idle.since, loop_.now());
  drop(idle);
}

void Pool::close_old() {
  const Instant now = loop_.now();
  idle_.for_each([&](Idle& idle) {
    if (idle.until <= now) drop(idle);
  });
  Instant next = never;
  idle_.for_each([&](Idle& idle) { next = std::min(next, idle.until); });
  oldest_.arm(next);
}

}  // namespace minato::upstream
