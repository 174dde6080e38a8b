#include "sim/socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/wire.h"

namespace minato::sim {
namespace {

std::size_t size_of(std::span<const iovec> pieces) {
  std::size_t total = 0;
  for (const iovec& piece : pieces) total += piece.iov_len;
  return total;
}

/// The first `bytes` of `pieces`.
std::string gathered(std::span<const iovec> pieces, std::size_t bytes) {
  std::string text;
  text.reserve(bytes);
  for (const iovec& piece : pieces)
    text.append(static_cast<const char*>(piece.iov_base),
                std::min(piece.iov_len, bytes - text.size()));
  return text;
}

}  // namespace

Socket::Socket(Wire& wire, const Faults& faults, net::Address local, net::Address remote)
    : wire_(wire),
      faults_(faults),
      local_(std::move(local)),
      remote_(std::move(remote)),
      capacity_(draw_buffer(faults, wire.random())) {}

void Socket::join(Socket& client, Socket& server) {
  client.peer_ = server.weak_from_this();
  server.peer_ = client.weak_from_this();
  server.connecting_ = false;
  server.send(Segment::Kind::open);
}

void Socket::attach(SimLoop& loop, Edge& edge) {
  loop_ = &loop;
  edge_ = &edge;
  notify();
}

runtime::Readiness Socket::poll() {
  if (connecting_ && !dead_) return {};
  const bool broken = dead_ || (ended_ && peer_ended_);
  // A third must be free before the kernel calls a socket writable again.
  const bool roomy = room() * 3 >= capacity_;
  starved_ |= !roomy;
  return {.readable = unread() > 0 || peer_ended_ || broken,
          .writable = roomy || ended_ || broken,
          .peer_ended = peer_ended_ || dead_,
          .broken = broken};
}

net::Io Socket::read(std::span<char> into) {
  using Kind = net::Io::Kind;
  if (const std::size_t count = std::min(unread(), into.size()); count > 0) {
    std::memcpy(into.data(), arrived_.data() + read_up_to_, count);
    read_up_to_ += count;
    if (unread() == 0) arrived_.clear(), read_up_to_ = 0;
    if (const auto peer = peer_.lock()) peer->credit(count);
    return {.kind = Kind::moved, .bytes = count};
  }
  if (into.empty() || peer_ended_) return {.kind = Kind::ended};
  if (error_ != 0) return {.kind = Kind::failed, .os_errno = take_error()};
  return {.kind = dead_ ? Kind::ended : Kind::would_block};
}

net::Io Socket::write(std::span<const iovec> pieces) {
  using Kind = net::Io::Kind;
  if (error_ != 0) return {.kind = Kind::failed, .os_errno = take_error()};
  if (ended_ || dead_) return {.kind = Kind::failed, .os_errno = EPIPE};
  const std::size_t fits = std::min(size_of(pieces), room());
  if (fits == 0) {
    starved_ = true;
    return {.kind = Kind::would_block};
  }
  const std::size_t taken = draw_write(faults_, wire_.random(), fits);
  held_ += taken;
  const std::string text = gathered(pieces, taken);
  for (std::size_t at = 0; at < taken;) {
    const std::size_t size = draw_segment(faults_, wire_.random(), taken - at);
    send(Segment::Kind::data, text.substr(at, size));
    at += size;
  }
  return {.kind = Kind::moved, .bytes = taken};
}

void Socket::end_writing() {
  if (ended_ || dead_) return;
  ended_ = true;
  send(Segment::Kind::end);
}

void Socket::close(bool with_reset) {
  closed_ = true;
  edge_ = nullptr;
  if (connecting_) return;  // what answers will meet a closed socket
  if (with_reset || unread() > 0)
    abort();
  else
    end_writing();
}

bool Socket::quiet() { return unread() == 0 && !peer_ended_ && take_error() == 0 && !dead_; }

void Socket::send(Segment::Kind kind, std::string bytes) {
  const bool breakable = kind == Segment::Kind::data || kind == Segment::Kind::end;
  if (breakable && happens(faults_.reset_one_in, wire_.random())) kind = Segment::Kind::cut;
  Nanos delay = draw_delay(faults_, wire_.random());
  if (happens(faults_.stall_one_in, wire_.random())) delay += faults_.stall;
  last_arrival_ = std::max(last_arrival_, wire_.now() + delay);
  flying_.push_back({kind, std::move(bytes), last_arrival_});
  watch_flight();
}

void Socket::watch_flight() {
  if (watched_ || flying_.empty()) return;
  watched_ = true;
  wire_.at(flying_.front().at, [self = shared_from_this()] {
    self->watched_ = false;
    self->land();
    self->watch_flight();
  });
}

/// The first of what flies from here reaches the peer, if it is its time.
void Socket::land() {
  if (flying_.empty() || flying_.front().at > wire_.now()) return;
  Segment segment = std::move(flying_.front());
  flying_.pop_front();
  const Segment::Kind kind = segment.kind;
  const auto peer = peer_.lock();
  if (peer && !peer->closed_)
    peer->receive(std::move(segment));
  else
    bounce(kind);
  if (kind == Segment::Kind::end) notify();  // the peer's kernel acknowledged it
  if (kind == Segment::Kind::cut) fail(peer_ended_ ? EPIPE : ECONNRESET);
}

void Socket::receive(Segment segment) {
  if (dead_) return;
  switch (segment.kind) {
    case Segment::Kind::open: connecting_ = false; break;
    case Segment::Kind::data: arrived_ += segment.bytes; break;
    case Segment::Kind::end: peer_ended_ = true; break;
    case Segment::Kind::reset:
    case Segment::Kind::cut: return fail(peer_ended_ ? EPIPE : ECONNRESET);
  }
  notify();
}

/// What was sent meets a socket that its program has closed: a reset comes back, and ends what the
/// closed one was still sending.
void Socket::bounce(Segment::Kind kind) {
  if (kind == Segment::Kind::end || kind == Segment::Kind::reset) return;
  if (const auto peer = peer_.lock()) return peer->abort();
  wire_.at(wire_.now() + draw_delay(faults_, wire_.random()),
           [self = shared_from_this()] { self->fail(self->peer_ended_ ? EPIPE : ECONNRESET); });
}

void Socket::abort() {
  if (dead_) return;
  dead_ = true;
  // Where it takes time to travel, not all that was written is on its way already.
  if (faults_.delay_max > Nanos::zero()) flying_.resize(wire_.random().below(flying_.size() + 1));
  send(Segment::Kind::reset);
}

void Socket::fail(int os_errno) {
  if (dead_) return;
  dead_ = true;
  error_ = os_errno;
  flying_.clear();
  notify();
}

void Socket::credit(std::size_t bytes) {
  held_ -= bytes;
  if (!starved_ || room() * 3 < capacity_) return;
  starved_ = false;
  notify();
}

void Socket::notify() {
  if (edge_ != nullptr) loop_->stir(*edge_);
}

}  // namespace minato::sim
