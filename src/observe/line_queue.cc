#include "observe/line_queue.h"

#include <condition_variable>
#include <mutex>
#include <string>

#include "observe/output.h"

namespace minato::observe {

struct LineQueue::Shared {
  explicit Shared(std::shared_ptr<Output> to) : output(std::move(to)) {}

  /// Moves what waits to `taken`; false where nothing will come any more.
  bool take(std::string& taken) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return stopping || !waiting.empty(); });
    taken.swap(waiting);
    return !taken.empty();
  }

  void run() {
    std::string taken;
    while (take(taken)) {
      (void)output->write(taken);  // where the log itself fails, there is nobody left to tell
      taken.clear();
    }
  }

  const std::shared_ptr<Output> output;
  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  bool stopping = false;
};

Result<std::unique_ptr<LineQueue>> LineQueue::open(std::string_view output) {
  auto opened = Output::open(std::string(output));
  if (!opened) return std::unexpected(opened.error());
  auto shared = std::make_shared<Shared>(std::move(*opened));
  return std::unique_ptr<LineQueue>(new LineQueue(std::move(shared)));
}

LineQueue::LineQueue(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), thread_([shared = shared_] { shared->run(); }) {}

LineQueue::~LineQueue() { stop(1s); }

bool LineQueue::put(std::string_view line) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stopping || shared_->waiting.size() + line.size() > waiting_bytes_max)
      return false;
    shared_->waiting += line;
  }
  shared_->changed.notify_one();
  return true;
}

Result<void> LineQueue::reopen() { return shared_->output->reopen(); }

bool LineQueue::stop(Millis bound) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->changed.notify_one();
  return thread_.join_within(bound);
}

}  // namespace minato::observe
