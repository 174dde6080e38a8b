// A balancing policy: which of the usable endpoints takes the next exchange.
//
// It ranks what is usable and does nothing else: health, retries and limits are decided around it.
// A policy is one small file and one row of the table.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/cache_line.h"
#include "upstream/candidates.h"

namespace minato::upstream {

/// Shared: one instance per group, called by all workers at once; what it writes is atomic and on a
/// cache line of its own.
class Balancer {
 public:
  virtual ~Balancer() = default;

  /// The index of the next one to use; nullopt where each is full or has been tried.
  /// Never blocks, never allocates, keeps nothing of its arguments.
  virtual std::optional<std::size_t> pick(std::span<const Candidate> usable,
                                          const Tried& tried) = 0;
};

/// What a policy may pick at all.
inline bool eligible(const Candidate& candidate, const Tried& tried) {
  return !tried.contains(candidate.endpoint->id) && !candidate.full();
}

/// A number that all workers draw from in turn.
class alignas(cache_line_bytes) Ticket {
 public:
  /// 0, 1, … count-1, 0, …; `count` is not 0.
  std::size_t next(std::size_t count) {
    return next_.fetch_add(1, std::memory_order_relaxed) % count;
  }

 private:
  std::atomic<std::uint64_t> next_{0};
};

std::unique_ptr<Balancer> make_round_robin();
std::unique_ptr<Balancer> make_least_connections();

struct BalancerKind {
  std::string_view name;  ///< as in balancer_choices
  std::unique_ptr<Balancer> (*make)();
};
inline constexpr std::array balancers{
    BalancerKind{"round_robin", make_round_robin},
    BalancerKind{"least_connections", make_least_connections},
};
static_assert(std::ranges::equal(balancers, balancer_choices, {}, &BalancerKind::name,
                                 &schema::Choice::name));

/// The row of that name, or nullptr.
constexpr const BalancerKind* find_balancer(std::string_view name) {
  const auto* const row = std::ranges::find(balancers, name, &BalancerKind::name);
  return row == balancers.end() ? nullptr : row;
}

}  // namespace minato::upstream
