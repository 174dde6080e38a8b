#include "control/acceptor.h"

#include <fmt/format.h>

namespace minato::control {
namespace {

/// Connections taken in a row before others get a turn.
constexpr int accepts_in_a_row = 64;
/// How long to wait for descriptors to be freed: what could not be taken stays in the queue.
constexpr Millis descriptor_pause = 100ms;

}  // namespace

Acceptor::Acceptor(runtime::Loop& loop, Intake& intake, std::unique_ptr<net::Listener> listener,
                   LocalRef<connection::Port> port)
    : loop_(loop),
      intake_(intake),
      listener_(std::move(listener)),
      port_(std::move(port)),
      tasks_(loop) {
  tasks_.start(run());
}

bool Acceptor::resume(LocalRef<connection::Port> port) {
  if (has_ended() || !listener_->resume()) return false;
  port_ = std::move(port);
  return true;
}

/// A port that waits for clients holds no slot: it would take it from those that have some.
Task<void> Acceptor::run() {
  for (int in_a_row = 0;;) {
    const bool taken = co_await take_slot();
    if (!taken) co_return;
    auto accepted = listener_->accept_now();
    if (accepted && *accepted) {
      intake_.counters.add(observe::Counter::connections_accepted);
      intake_.server.serve(**std::move(accepted), port_);
      in_a_row = (in_a_row + 1) % accepts_in_a_row;
      if (in_a_row == 0) co_await loop_.breathe();
      continue;
    }
    give_slot();
    if (!accepted) {
      co_await listener_->arrival();
    } else {
      if (accepted->error().fault != Fault::resource) co_return;
      co_await wait_for_descriptors();
    }
  }
}

Task<void> Acceptor::wait_for_descriptors() {
  intake_.counters.add(observe::Counter::accept_failures);
  observe::warn_throttled(intake_.log, intake_.out_of_descriptors, loop_.now(), "accept.failed",
                          "connections wait: no descriptors are left");
  co_await runtime::pause(loop_, descriptor_pause);
}

void Acceptor::give_slot() {
  if (intake_.quota.give()) intake_.slots.slot_freed();
}

/// The slot is given back when the connection ends. False where the port has closed.
Task<bool> Acceptor::take_slot() {
  while (!intake_.quota.take()) {
    const auto client = listener_->peek();
    if (!client) {  // nobody waits for a slot
      co_await listener_->arrival();
      continue;
    }
    if (!*client) co_return false;
    const WaitingForSlot waiting(intake_.quota);
    const bool taken = intake_.quota.take();
    if (taken) break;
    if (!make_room()) say_that_clients_wait();
    co_await intake_.slot_freed.next();
  }
  co_return true;
}

/// True where a slot will soon be free.
bool Acceptor::make_room() {
  return intake_.policy == AtTheLimit::close_an_idle_one && intake_.server.close_longest_idle();
}

void Acceptor::say_that_clients_wait() {
  observe::warn_throttled(
      intake_.log, intake_.at_the_limit, loop_.now(), "accept.waiting",
      fmt::format("connections wait: as many are open as {}", intake_.quota.what_allows_no_more()));
}

}  // namespace minato::control
