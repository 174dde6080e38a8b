// Takes the connections of one listener, as fast as descriptors and the limit allow.
#pragma once

#include <memory>

#include "connection/server.h"
#include "control/quota.h"
#include "net/network.h"
#include "observe/counters.h"
#include "observe/log.h"
#include "observe/throttle.h"
#include "runtime/event.h"

namespace minato::control {

/// What to do where a client waits and no slot is left.
enum class AtTheLimit : std::uint8_t {
  wait,               ///< for a connection to end
  close_an_idle_one,  ///< the one that has asked nothing for longest; wait where all are busy
};

/// What the acceptors of one worker share.
struct Intake {
  connection::Server& server;
  Quota& quota;
  SlotNews& slots;             ///< to be told of what is given back here
  runtime::Event& slot_freed;  ///< a slot came free somewhere while somebody waited for one
  observe::Counters& counters;
  observe::Log& log;
  AtTheLimit policy = AtTheLimit::wait;
  observe::Throttle out_of_descriptors{Millis(10s)};
  observe::Throttle at_the_limit{Millis(10s)};
};

/// Thread: one worker's.
class Acceptor {
 public:
  Acceptor(runtime::Loop& loop, Intake& intake, std::unique_ptr<net::Listener> listener,
           LocalRef<connection::Port> port);

  connection::Port& port() { return *port_; }
  /// Takes what waits in the queue already and no more; ends then.
  void stop() { listener_->stop(); }
  /// Takes new connections again after `stop`, for `port`. False where it has ended.
  bool resume(LocalRef<connection::Port> port);
  bool has_ended() const { return tasks_.running() == 0; }
  /// co_await acceptor.ended(). One waiter at a time.
  runtime::Scope::Empty ended() { return tasks_.empty(); }

 private:
  Task<void> run();
  Task<bool> take_slot();
  void give_slot();
  bool make_room();
  void say_that_clients_wait();
  Task<void> wait_for_descriptors();

  runtime::Loop& loop_;
  Intake& intake_;
  std::unique_ptr<net::Listener> listener_;
  LocalRef<connection::Port> port_;
  runtime::Scope tasks_;
};

}  // namespace minato::control
