// A worker with its loop and the thread that runs it.
#pragma once

#include <memory>
#include <thread>

#include "control/worker.h"
#include "net/socket_network.h"
#include "runtime/epoll_loop.h"

namespace minato::control {

/// The worker may be used directly, by the thread that made it, until `start`; by messages to its
/// loop until `stop`; directly again after it.
class WorkerThread {
 public:
  static Result<std::unique_ptr<WorkerThread>> make(upstream::WorkerIndex index, std::uint64_t seed,
                                                    const Commons& commons);
  ~WorkerThread() { stop(); }

  Worker& worker() { return worker_; }
  void start();
  /// Ends the loop after the turn that runs, and the thread. Connections stay as they are.
  void stop();

 private:
  WorkerThread(std::unique_ptr<runtime::EpollLoop> loop, upstream::WorkerIndex index,
               const Commons& commons);

  std::unique_ptr<runtime::EpollLoop> loop_;
  net::SocketNetwork network_;
  Worker worker_;
  runtime::Scope house_;
  std::thread thread_;
};

}  // namespace minato::control
