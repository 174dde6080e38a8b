#include "control/worker_thread.h"

#include <fmt/format.h>
#include <pthread.h>

#include "control/housekeeping.h"

namespace minato::control {

Result<std::unique_ptr<WorkerThread>> WorkerThread::make(upstream::WorkerIndex index,
                                                         std::uint64_t seed,
                                                         const Commons& commons) {
  auto loop = runtime::EpollLoop::make(seed);
  if (!loop) return std::unexpected(loop.error());
  return std::unique_ptr<WorkerThread>(new WorkerThread(*std::move(loop), index, commons));
}

WorkerThread::WorkerThread(std::unique_ptr<runtime::EpollLoop> loop, upstream::WorkerIndex index,
                           const Commons& commons)
    : loop_(std::move(loop)),
      network_(*loop_),
      worker_(*loop_, network_, index, commons),
      house_(*loop_) {
  house_.start(keep_house(*loop_, [&to = commons.headquarters] { to.memory_freed(); }));
}

void WorkerThread::start() {
  thread_ = std::thread([this] { loop_->run(); });
  const auto name = fmt::format("worker {}", worker_.index());
  ::pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

void WorkerThread::stop() {
  if (!thread_.joinable()) return;
  loop_->send([this] { loop_->stop(); });
  thread_.join();
}

}  // namespace minato::control
