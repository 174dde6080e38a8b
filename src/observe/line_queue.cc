#include "observe/line_queue.h"

#include <condition_variable>
#include <mutex>
#include <string>

#include "observe/output.h"

namespace minato::observe {

struct LineQueue::Shared {
  explicit Shared(std::shared_ptr<Output> first) : output(std::move(first)) {}

  /// Moves what waits to `taken` and returns where it goes; null where nothing will come any more.
  std::shared_ptr<Output> take(std::string& taken) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (waiting.empty()) return nullptr;
    taken.swap(waiting);
    return output;
  }

  std::shared_ptr<Output> current() {
    const std::lock_guard lock(mutex);
    return output;
  }

  void run() {
    std::string taken;
    while (const auto to = take(taken)) {
      (void)to->write(taken);  // where the log itself fails, there is nobody left to tell
      taken.clear();
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  std::shared_ptr<Output> output;
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

// Opening a file may take its time: nobody who puts a line waits for it.
Result<void> LineQueue::redirect(std::string_view output) {
  if (shared_->current()->name() == output) return {};
  auto opened = Output::open(std::string(output));
  if (!opened) return std::unexpected(opened.error());
  const std::lock_guard lock(shared_->mutex);
  shared_->output.swap(*opened);
  return {};
}

Result<void> LineQueue::reopen() { return shared_->current()->reopen(); }

bool LineQueue::stop(Millis bound) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->changed.notify_one();
  return thread_.join_within(bound);
}

}  // namespace minato::observe
