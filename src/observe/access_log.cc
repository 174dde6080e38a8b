#include "observe/access_log.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace minato::observe {
namespace {

std::string_view text_of_errno(int os_errno) {
  const char* const text = ::strerrordesc_np(os_errno);
  return text == nullptr ? "unknown" : text;
}

}  // namespace

AccessLog::AccessLog(Log& log, unsigned workers, const AccessLogLimits& limits)
    : log_(log),
      workers_(workers),
      limits_(limits),
      trouble_(std::make_shared<AccessLogTrouble>(log)) {}

AccessLog::~AccessLog() { stop(1s); }

Result<std::shared_ptr<AccessOutput>> AccessLog::output(std::string_view name) {
  std::erase_if(outputs_, [](const auto& output) { return output.expired(); });
  std::erase_if(writers_, [](const auto& writer) { return writer->ended(); });
  for (const auto& known : outputs_)
    if (auto output = known.lock(); output && output->name() == name) return output;
  auto opened = Output::open(std::string(name));
  if (!opened) return std::unexpected(opened.error());
  return start_writer(*std::move(opened));
}

/// Who lets go of it last, a worker perhaps, only tells the thread to end, which keeps it till
/// then. Both give it up themselves: a future keeps its task, and a weak pointer its deleter.
std::shared_ptr<AccessOutput> AccessLog::start_writer(std::shared_ptr<Output> opened) {
  auto kept = std::make_shared<AccessOutput>(std::move(opened), workers_, limits_, trouble_);
  writers_.push_back(std::make_unique<WriterThread>([kept]() mutable {
    kept->run();
    kept.reset();
  }));
  AccessOutput* const plain = kept.get();
  std::shared_ptr<AccessOutput> output(plain, [kept = std::move(kept)](AccessOutput*) mutable {
    std::exchange(kept, nullptr)->stop();
  });
  outputs_.push_back(output);
  return output;
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
  for (const auto& known : outputs_)
    if (const auto output = known.lock()) output->stop();
  const auto until = std::chrono::steady_clock::now() + bound;
  bool all = true;
  for (const auto& writer : writers_) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    all &= writer->join_within(std::max(left, 0ms));
  }
  writers_.clear();
  if (!all) trouble_->abandon();
  return all;
}

AccessLogger::AccessLogger(AccessLog& log, unsigned worker, Counters& counters)
    : log_(log.log_), limits_(log.limits_), worker_(worker), counters_(counters) {}

AccessLogger::~AccessLogger() {
  flush();
  for (const auto& output : waiting_)
    if (const auto lines = seat_of(*output).drops.rest()) say_dropped(*output, *lines);
}

void AccessLogger::write(const AccessTarget& target, const AccessLine& line, Instant now) {
  constexpr auto whole = std::string_view::npos;
  AccessSeat& seat = seat_of(*target.output);
  if (!std::exchange(seat.waits, true)) waiting_.push_back(target.output);
  if (append(target, line, whole)) return;
  hand_over(*target.output);
  seat.block = seat.lane.take_empty();
  if (seat.block == nullptr && seat.untold > 0) flush(*target.output);
  if (seat.block != nullptr && seat.flush_at == never) seat.flush_at = now + limits_.flush_delay;
  if (!append(target, line, whole) && !append_cut(target, line)) drop(*target.output, now);
}

bool AccessLogger::append(const AccessTarget& target, const AccessLine& line,
                          std::size_t text_bytes_max) {
  LineBlock* const block = seat_of(*target.output).block;
  if (block == nullptr) return false;
  const auto bytes = target.format.write(block->room(), line, times_, text_bytes_max);
  if (bytes == 0) return false;
  block->add(bytes);
  counters_.add(Counter::access_log_lines);
  return true;
}

/// For a line that is longer than a block: less and less of each text, until it fits.
bool AccessLogger::append_cut(const AccessTarget& target, const AccessLine& line) {
  const auto fits = [&](std::size_t bytes_max) { return append(target, line, bytes_max); };
  return std::ranges::any_of(std::array<std::size_t, 6>{8192, 2048, 512, 128, 32, 0}, fits);
}

void AccessLogger::drop(AccessOutput& output, Instant now) {
  counters_.add(Counter::access_log_drops);
  if (const auto lines = seat_of(output).drops.count(now)) say_dropped(output, *lines);
  forget_settled();
}

void AccessLogger::say_dropped(const AccessOutput& output, std::uint64_t lines) {
  log_.warn("access_log.dropped", "access log lines were dropped: the output is too slow",
            {{"output", output.name()}, {"worker", worker_}, {"lines", lines}});
}

Instant AccessLogger::due() const {
  Instant next = never;
  for (const auto& output : waiting_) {
    const AccessSeat& seat = seat_of(*output);
    next = std::min({next, seat.flush_at, seat.drops.due()});
  }
  return next;
}

void AccessLogger::flush_due(Instant now) {
  for (const auto& output : waiting_) {
    AccessSeat& seat = seat_of(*output);
    if (now >= seat.flush_at) flush(*output);
    if (const auto lines = seat.drops.take(now)) say_dropped(*output, *lines);
  }
  forget_settled();
}

void AccessLogger::flush() {
  for (const auto& output : waiting_) flush(*output);
}

void AccessLogger::flush(AccessOutput& output) {
  AccessSeat& seat = seat_of(output);
  if (seat.block != nullptr) seat.lane.hand_over(*std::exchange(seat.block, nullptr));
  seat.untold = 0;
  seat.flush_at = never;
  output.ring();
}

/// To wake the writer costs a system call, so that it is told of many blocks at once; but it has
/// the time to write half of them while the others fill.
void AccessLogger::hand_over(AccessOutput& output) {
  AccessSeat& seat = seat_of(output);
  if (seat.block == nullptr) return;
  if (++seat.untold >= limits_.blocks / 2) return flush(output);
  seat.lane.hand_over(*std::exchange(seat.block, nullptr));
}

/// Lets go of the outputs where nothing is held back.
void AccessLogger::forget_settled() {
  std::erase_if(waiting_, [this](const auto& output) {
    AccessSeat& seat = seat_of(*output);
    seat.waits = seat.flush_at != never || seat.drops.due() != never;
    return !seat.waits;
  });
}

}  // namespace minato::observe
