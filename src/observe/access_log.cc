#include "observe/access_log.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>

namespace minato::observe {
namespace {

std::string_view text_of_errno(int os_errno) {
  const char* const text = ::strerrordesc_np(os_errno);
  return text == nullptr ? "unknown" : text;
}

}  // namespace

/// What the workers and the writer thread share.
struct AccessLog::Shared {
  Shared(Log& program_log, unsigned workers, const AccessLogLimits& options)
      : limits(options), log(&program_log) {
    for (unsigned i = 0; i < workers; ++i) lanes.emplace_back(limits.block_bytes, limits.blocks);
  }

  /// Wakes the writer. The bell counts, so that a ring is not lost while the writer is at work.
  void ring() {
    bell.fetch_add(1, std::memory_order_release);
    bell.notify_one();
  }

  void run() {
    for (;;) {
      const int heard = bell.load(std::memory_order_acquire);
      const bool last = stopping.load(std::memory_order_acquire);
      if (write_round()) continue;
      if (last) return;
      bell.wait(heard, std::memory_order_acquire);
    }
  }

  /// Writes a block of each worker; false where there was none.
  bool write_round() {
    bool any = false;
    for (BlockLane& lane : lanes) {
      LineBlock* const block = lane.take_full();
      if (block == nullptr) continue;
      write(*block);
      block->clear();
      lane.give_back(*block);
      any = true;
    }
    return any;
  }

  void write(const LineBlock& block) {
    for (std::size_t i = 0; i < block.outputs().size(); ++i) {
      Output& output = *block.outputs()[i];
      if (const auto done = output.write(block.lines_of(i, scratch)); !done)
        say_failed(output, done.error());
    }
  }

  void say_failed(const Output& output, const Error& error) {
    const auto blocks = failures.count(std::chrono::steady_clock::now());
    const std::lock_guard lock(log_mutex);
    if (!blocks || log == nullptr) return;
    log->error("access_log.failed", "access log lines could not be written",
               {{"output", output.name()},
                {"reason", text_of_errno(error.os_errno)},
                {"blocks", *blocks}});
  }

  /// The program log may go: a writer that is stuck does not use it when it gets free.
  void abandon() {
    const std::lock_guard lock(log_mutex);
    log = nullptr;
  }

  const AccessLogLimits limits;
  std::deque<BlockLane> lanes;  ///< one a worker
  std::atomic<int> bell{0};
  std::atomic<bool> stopping{false};

  // The writer's own.
  std::string scratch;
  Throttle failures{limits.drop_interval};

  std::mutex log_mutex;
  Log* log;
};

AccessLog::AccessLog(Log& log, unsigned workers, const AccessLogLimits& limits)
    : log_(log),
      shared_(std::make_shared<Shared>(log, workers, limits)),
      thread_([shared = shared_] { shared->run(); }) {}

AccessLog::~AccessLog() { stop(1s); }

Result<std::shared_ptr<Output>> AccessLog::output(std::string_view name) {
  std::erase_if(outputs_, [](const auto& output) { return output.expired(); });
  for (const auto& known : outputs_)
    if (auto output = known.lock(); output && output->name() == name) return output;
  auto opened = Output::open(std::string(name));
  if (opened) outputs_.push_back(*opened);
  return opened;
}

void AccessLog::reopen() {
  for (const auto& known : outputs_) {
    const auto output = known.lock();
    if (!output) continue;
    if (const auto done = output->reopen(); !done)
      log_.error("access_log.reopen_failed", "an access log could not be opened anew",
                 {{"output", output->name()}, {"reason", text_of_errno(done.error().os_errno)}});
  }
}

bool AccessLog::stop(Millis bound) {
  shared_->stopping.store(true, std::memory_order_release);
  shared_->ring();
  const bool ended = thread_.join_within(bound);
  if (!ended) shared_->abandon();
  return ended;
}

AccessLogger::AccessLogger(AccessLog& log, unsigned worker, Counters& counters)
    : shared_(log.shared_),
      log_(log.log_),
      worker_(worker),
      counters_(counters),
      lane_(shared_->lanes[worker]),
      drops_(shared_->limits.drop_interval) {}

AccessLogger::~AccessLogger() { flush(); }

void AccessLogger::write(const AccessTarget& target, const AccessLine& line, Instant now) {
  constexpr auto whole = std::string_view::npos;
  if (append(target, line, whole)) return;
  flush();
  if (!next_block(now)) return drop(now);
  if (!append(target, line, whole) && !append_cut(target, line)) drop(now);
}

bool AccessLogger::append(const AccessTarget& target, const AccessLine& line,
                          std::size_t text_bytes_max) {
  if (block_ == nullptr) return false;
  const auto bytes = target.format.write(block_->room(), line, times_, text_bytes_max);
  if (bytes == 0) return false;
  block_->add(bytes, target.output);
  counters_.add(Counter::access_log_lines);
  return true;
}

/// For a line that is longer than a block: less and less of each text, until it fits.
bool AccessLogger::append_cut(const AccessTarget& target, const AccessLine& line) {
  const auto fits = [&](std::size_t bytes_max) { return append(target, line, bytes_max); };
  return std::ranges::any_of(std::array<std::size_t, 6>{8192, 2048, 512, 128, 32, 0}, fits);
}

bool AccessLogger::next_block(Instant now) {
  block_ = lane_.take_empty();
  flush_at_ = now + shared_->limits.flush_delay;
  return block_ != nullptr;
}

void AccessLogger::drop(Instant now) {
  counters_.add(Counter::access_log_drops);
  if (const auto lines = drops_.count(now)) say_dropped(*lines);
}

void AccessLogger::say_dropped(std::uint64_t lines) {
  log_.warn("access_log.dropped", "access log lines were dropped: the output is too slow",
            {{"worker", worker_}, {"lines", lines}});
}

Instant AccessLogger::due() const {
  return std::min(block_ == nullptr ? never : flush_at_, drops_.due());
}

void AccessLogger::flush_due(Instant now) {
  if (block_ != nullptr && now >= flush_at_) flush();
  if (const auto lines = drops_.take(now)) say_dropped(*lines);
}

void AccessLogger::flush() {
  if (block_ == nullptr) return;
  lane_.hand_over(*block_);
  block_ = nullptr;
  shared_->ring();
}

}  // namespace minato::observe
