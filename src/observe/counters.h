// What a worker counts. A counter is one enumerator here and one row in counters.cc.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/cache_line.h"

namespace minato::observe {

enum class Counter : std::uint8_t {
  connections_accepted,
  connections_open,
  accept_failures,
  requests,
  requests_in_flight,
  responses_1xx,
  responses_2xx,
  responses_3xx,
  responses_4xx,
  responses_5xx,
  exchanges_cut,
  bytes_in,
  bytes_out,
  upgrades,
  retries,
  cache_hits,
  cache_misses,
  upstream_connections_opened,
  upstream_connections_reused,
  upstream_connections_open,
  upstream_connect_failures,
  access_log_lines,
  access_log_drops,
};

/// Whether it only grows, or tells how many there are now.
enum class CounterKind : std::uint8_t { total, level };
enum class CounterUnit : std::uint8_t { things, bytes };

struct CounterRow {
  Counter counter;
  std::string_view name;
  CounterKind kind;
  CounterUnit unit;
  std::string_view help;  ///< what it tells, and what to do about it
};

inline constexpr std::size_t counter_count =
    static_cast<std::size_t>(Counter::access_log_drops) + 1;
std::span<const CounterRow, counter_count> counter_rows() noexcept;

/// The counter of responses with `status`. What is no status counts as 5xx (RFC 9110 15).
constexpr Counter responses_of(std::uint16_t status) {
  const int hundreds = status < 100 || status > 599 ? 5 : status / 100;
  return static_cast<Counter>(static_cast<int>(Counter::responses_1xx) + hundreds - 1);
}

/// The counts of one worker.
/// Thread: the worker adds; any thread reads. Counts of one moment need not fit each other.
class alignas(cache_line_bytes) Counters {
 public:
  void add(Counter counter, std::uint64_t amount = 1) { store(counter, read(counter) + amount); }
  /// For levels only.
  void subtract(Counter counter, std::uint64_t amount = 1) {
    store(counter, read(counter) - amount);
  }
  std::uint64_t read(Counter counter) const {
    return values_[index(counter)].load(std::memory_order_relaxed);
  }

 private:
  static std::size_t index(Counter counter) { return static_cast<std::size_t>(counter); }
  // One writer: a plain add between two relaxed accesses, no locked instruction.
  void store(Counter counter, std::uint64_t value) {
    values_[index(counter)].store(value, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, counter_count> values_{};
};

/// `counter` over all workers.
std::uint64_t sum(std::span<const Counters> workers, Counter counter) noexcept;

}  // namespace minato::observe
