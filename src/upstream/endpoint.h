// One address that requests go to, and what all threads count of it.
//
// An endpoint outlives configurations: what names the same origin at the same address in the next
// one is the same object, with its counts, health and pooled connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/cache_line.h"
#include "net/address.h"

namespace minato::upstream {

/// Whether the running configuration, or a name in it, still leads somewhere.
enum class Named : std::uint8_t { no, yes };

/// Never used twice.
enum class EndpointId : std::uint32_t {};

/// Shared: any thread reads and counts. Counting takes one atomic step on one cache line.
class Endpoint : public std::enable_shared_from_this<Endpoint> {
 public:
  Endpoint(EndpointId number, std::string configured, net::Address resolved)
      : id(number),
        origin(std::move(configured)),
        address(std::move(resolved)),
        text(address.text()) {}

  const EndpointId id;
  const std::string origin;  ///< as configured, without base path: "http://backend:8000"
  const net::Address address;
  const std::string text;  ///< of the address, for logs and status

  /// Exchanges that are under way, over all workers.
  std::uint64_t in_flight() const {
    // In this order: whoever sees an end has seen its beginning, so this is never below zero.
    const std::uint64_t ended = counts_.ended.load(std::memory_order_acquire);
    return counts_.begun.load(std::memory_order_relaxed) - ended;
  }
  /// Exchanges ever begun.
  std::uint64_t exchanges() const { return counts_.begun.load(std::memory_order_relaxed); }
  std::uint64_t failed_connects() const {
    return counts_.failed_connects.load(std::memory_order_relaxed);
  }
  std::uint32_t connections() const { return counts_.connections.load(std::memory_order_relaxed); }

  /// Kept by the registry.
  Named named() const { return named_.load(std::memory_order_relaxed); }
  void set_named(Named named) { named_.store(named, std::memory_order_relaxed); }

  void connect_failed() { counts_.failed_connects.fetch_add(1, std::memory_order_relaxed); }

  void connection_opened() { counts_.connections.fetch_add(1, std::memory_order_relaxed); }
  void connection_closed() { counts_.connections.fetch_sub(1, std::memory_order_relaxed); }

 private:
  friend class InFlight;
  struct alignas(cache_line_bytes) Counts {
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> failed_connects{0};
    std::atomic<std::uint32_t> connections{0};
  };
  std::atomic<Named> named_{Named::yes};
  Counts counts_;
};

/// Counts an exchange as under way for as long as it lives. The endpoint outlives it.
class InFlight {
 public:
  /// One more, unless `most` are under way already (0: no limit). Exact, however many threads ask.
  static std::optional<InFlight> claim(Endpoint& endpoint, std::uint32_t most);
  explicit InFlight(Endpoint& endpoint) : endpoint_(&endpoint) {
    endpoint.counts_.begun.fetch_add(1, std::memory_order_relaxed);
  }
  InFlight(InFlight&& other) noexcept : endpoint_(std::exchange(other.endpoint_, nullptr)) {}
  InFlight& operator=(InFlight other) noexcept {
    std::swap(endpoint_, other.endpoint_);
    return *this;
  }
  ~InFlight() {
    if (endpoint_ != nullptr) endpoint_->counts_.ended.fetch_add(1, std::memory_order_release);
  }

 private:
  struct Counted {};
  InFlight(Endpoint& endpoint, Counted) : endpoint_(&endpoint) {}

  Endpoint* endpoint_;
};

inline std::optional<InFlight> InFlight::claim(Endpoint& endpoint, std::uint32_t most) {
  if (most == 0) return std::optional<InFlight>(std::in_place, endpoint);
  auto& [begun, ended, failed, connections] = endpoint.counts_;
  for (;;) {
    const std::uint64_t ends = ended.load(std::memory_order_acquire);
    std::uint64_t begins = begun.load(std::memory_order_relaxed);
    if (begins - ends >= most) return std::nullopt;
    // Whoever else began meanwhile makes this fail; who ended meanwhile only makes room.
    if (begun.compare_exchange_weak(begins, begins + 1, std::memory_order_relaxed))
      return InFlight(endpoint, Counted{});
  }
}

}  // namespace minato::upstream
