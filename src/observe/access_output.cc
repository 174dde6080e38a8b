#include "observe/access_output.h"

#include <cstring>

namespace minato::observe {

void AccessLogTrouble::say(const std::string& output, int os_errno, std::uint64_t times) {
  const char* const reason = ::strerrordesc_np(os_errno);
  const std::lock_guard lock(mutex_);
  if (log_ == nullptr) return;
  log_->error(
      "access_log.failed", "access log lines could not be written",
      {{"output", output}, {"reason", reason == nullptr ? "unknown" : reason}, {"lines", times}});
}

void AccessLogTrouble::abandon() {
  const std::lock_guard lock(mutex_);
  log_ = nullptr;
}

AccessOutput::AccessOutput(std::shared_ptr<Output> output, unsigned workers,
                           const AccessLogLimits& limits, std::shared_ptr<AccessLogTrouble> trouble)
    : output_(std::move(output)), trouble_(std::move(trouble)), failures_(limits.drop_interval) {
  for (unsigned i = 0; i < workers; ++i) seats_.emplace_back(limits);
}

// The bell counts, so that a ring is not lost while the writer is at work.
void AccessOutput::ring() {
  bell_.fetch_add(1, std::memory_order_release);
  bell_.notify_one();
}

void AccessOutput::stop() {
  stopping_.store(true, std::memory_order_release);
  ring();
}

void AccessOutput::run() {
  for (;;) {
    const int heard = bell_.load(std::memory_order_acquire);
    const bool last = stopping_.load(std::memory_order_acquire);
    if (write_round()) continue;
    if (last) break;
    bell_.wait(heard, std::memory_order_acquire);
  }
  if (const auto lines = failures_.rest()) trouble_->say(name(), last_errno_, *lines);
}

/// Writes a block of each worker; false where there was none.
bool AccessOutput::write_round() {
  bool any = false;
  for (AccessSeat& seat : seats_) {
    LineBlock* const block = seat.lane.take_full();
    if (block == nullptr) continue;
    write(*block);
    block->clear();
    seat.lane.give_back(*block);
    any = true;
  }
  return any;
}

void AccessOutput::write(const LineBlock& block) {
  const auto written = output_->write(block.lines());
  if (written) return;
  trouble_->lost(written.error());
  last_errno_ = written.error().error.os_errno;
  if (const auto lines = failures_.count(std::chrono::steady_clock::now(), written.error().lines))
    trouble_->say(name(), last_errno_, *lines);
}

}  // namespace minato::observe
