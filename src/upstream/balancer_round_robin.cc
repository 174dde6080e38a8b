#include "upstream/balancer.h"

namespace minato::upstream {
namespace {

/// Each in turn. First tries alone move the turn, so that a retry does not shift it for everyone:
/// with one of two endpoints dead, the next request would otherwise always begin with the dead one.
/// Those that must do with another are spread over the rest by a turn of their own, lest the
/// neighbour of a dead endpoint take its whole share.
class RoundRobin final : public Balancer {
 public:
  std::optional<std::size_t> pick(std::span<const Candidate> usable, const Tried& tried) override {
    if (usable.empty()) return std::nullopt;
    if (tried.empty())
      if (const auto at = turn_.next(usable.size()); eligible(usable[at], tried)) return at;
    return pick_from_rest(usable, tried);
  }

 private:
  std::optional<std::size_t> pick_from_rest(std::span<const Candidate> usable, const Tried& tried) {
    const auto fits = [&](const Candidate& candidate) { return eligible(candidate, tried); };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(usable, fits));
    if (count == 0) return std::nullopt;
    std::size_t left = rest_turn_.next(count);
    std::optional<std::size_t> found;  // fewer than counted may fit by now: then the last that does
    for (std::size_t at = 0; at < usable.size(); ++at) {
      if (!fits(usable[at])) continue;
      found = at;
      if (left-- == 0) break;
    }
    return found;
  }

  Ticket turn_;
  Ticket rest_turn_;
};

}  // namespace

std::unique_ptr<Balancer> make_round_robin() { return std::make_unique<RoundRobin>(); }

}  // namespace minato::upstream
