#include "connection/server_connection.h"

#include <algorithm>

#include "connection/server_exchange.h"

namespace minato::connection {
namespace {

/// Exchanges in a row, all of whose input was there already, before others get a turn.
constexpr int pipelined_in_a_row = 32;
/// Of what a client sends behind its answer, heard before others get a turn.
constexpr std::size_t linger_bytes = 64u << 10;

/// How long a connection that has not asked yet when its port closes may take to send its request.
constexpr Millis late_request_time = 2s;

}  // namespace

void Server::serve(net::Accepted accepted, LocalRef<Port> port) {
  scope_.start(ServerConnection::run(*this, std::move(accepted), std::move(port)));
}

void Server::drain() {
  draining_ = true;
  close_idle();
}

void Server::retire(Port& port) {
  port.closing = true;
  close_idle();
}

/// Of the connections whose end has come. One that was just accepted has its request under way.
void Server::close_idle() {
  bool any_late = false;
  idle_.for_each([&](ServerConnection& connection) {
    if (!connection.must_close()) return;
    any_late |= !connection.has_served();
    if (connection.has_served()) connection.close_idle();
  });
  if (any_late) late_.arm(loop_.now() + late_request_time);
}

/// They stand in the order in which they began to wait.
bool Server::close_longest_idle() {
  bool closed = false;
  idle_.for_each([&](ServerConnection& connection) { closed = closed || connection.close_idle(); });
  return closed;
}

void Server::close_late() {
  idle_.for_each([](ServerConnection& connection) {
    if (connection.must_close()) connection.close_idle();
  });
}

ServerConnection::ServerConnection(Server& server, net::Accepted accepted, LocalRef<Port> port)
    : server_(server),
      port_(std::move(port)),
      stream_(std::move(accepted.stream)),
      buffer_(server.loop_.blocks()),
      peer_(accepted.peer),
      peer_text_(accepted.peer.host_text()) {
  server_.witness_.connection_opened();
}

ServerConnection::~ServerConnection() { server_.witness_.connection_closed(); }

Task<void> ServerConnection::run(Server& server, net::Accepted accepted, LocalRef<Port> port) {
  ServerConnection connection(server, std::move(accepted), std::move(port));
  co_await connection.serve();
}

/// To close over what has come would reset the connection, and leave a request without its answer.
bool ServerConnection::close_idle() {
  if (!stream_->quiet()) return false;
  stream_->abort({Fault::cancelled, Side::local, 0, "draining"});
  return true;
}

/// Others have their turn in one place, as each that there is makes the frame larger that an idle
/// connection holds.
Task<void> ServerConnection::serve() {
  for (int in_a_row = 0;;) {
    if (buffer_.empty()) {
      if (is_over()) co_return;
      const auto readable = co_await begin_to_wait();
      unlink();
      if (!readable || !receive()) co_return;
      if (buffer_.empty()) continue;
      // Others receive, too. Elsewhere it counts on: who has more to read has not waited.
      if (server_.loop_.is_crowded()) in_a_row = pipelined_in_a_row;
    }
    if (++in_a_row > pipelined_in_a_row) {
      in_a_row = 1;
      co_await server_.loop_.breathe();
    }
    const Next next = co_await ServerExchange::run(*this);
    has_served_ = true;
    if (next == Next::linger) co_await linger();
    if (next != Next::keep) co_return;
  }
}

/// What was taken from the queue of a port that closes is still answered, once, and so is what had
/// come when the port closed.
bool ServerConnection::is_over() const { return must_close() && has_served_ && stream_->quiet(); }

net::ReadyOp ServerConnection::begin_to_wait() {
  const Millis limit = must_close() ? late_request_time : port_->front->timeouts.keep_alive;
  server_.idle_.push_back(*this);
  return stream_->readable(deadline_after(server_.loop_.now(), limit));
}

/// What there is of a request; it may be nothing. False at the connection's end.
bool ServerConnection::receive() {
  const auto count = stream_->read_now(buffer_.room_for_head());
  if (count && count->value_or(0) == 0) return false;
  if (count)
    buffer_.received(**count);
  else
    buffer_.unpin();
  return true;
}

Task<void> ServerConnection::linger() {
  stream_->end_writing();
  const Linger limits = port_->front->linger;
  Instant until = server_.loop_.now() + limits.total;
  for (Instant now = server_.loop_.now(); now < until; now = server_.loop_.now()) {
    const Instant silent_until = now + limits.idle;
    if (must_close()) until = std::min(until, silent_until);
    const auto sends = co_await stream_->readable(std::min(until, silent_until));
    if (!sends || !discard()) co_return;
    co_await server_.loop_.breathe();
  }
}

/// Some of what is there. False at the connection's end.
bool ServerConnection::discard() {
  const Block sink = server_.loop_.blocks().take(linger_bytes);
  const auto count = stream_->read_now(sink.span());
  return !count || count->value_or(0) > 0;
}

}  // namespace minato::connection
