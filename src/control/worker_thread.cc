#include "control/worker_thread.h"

#include <fmt/format.h>
#include <pthread.h>

namespace minato::control {

Result<std::unique_ptr<WorkerThread>> WorkerThread::make(upstream::WorkerIndex index,
                                                         std::uint64_t seed,
                                                         const Commons& commons) {
  auto loop = runtime::EpollLoop::make(seed);
  if (!loop) return std::unexpected(loop.error());
  return std::unique_ptr<WorkerThread>(new WorkerThread(*std::move(loop), index, commons));
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
