#include <limits>

#include "upstream/balancer.h"

namespace minato::upstream {
namespace {

/// The fewest exchanges in flight, over all workers; those that tie take turns.
class LeastConnections final : public Balancer {
 public:
  std::optional<std::size_t> pick(std::span<const Candidate> usable, const Tried& tried) override {
    const Least least = find_least(usable, tried);
    if (least.count < 2) return least.first;
    std::size_t left = turn_.next(least.count);
    for (std::size_t at = *least.first; at < usable.size(); ++at) {
      const bool ties =
          usable[at].endpoint->in_flight() <= least.load && eligible(usable[at], tried);
      if (ties && left-- == 0) return at;
    }
    return least.first;  // others were faster: fewer tie by now
  }

 private:
  struct Least {
    std::optional<std::size_t> first;
    std::size_t count = 0;
    std::uint64_t load = std::numeric_limits<std::uint64_t>::max();
  };
  static Least find_least(std::span<const Candidate> usable, const Tried& tried) {
    Least least;
    for (std::size_t at = 0; at < usable.size(); ++at) {
      const std::uint64_t load = usable[at].endpoint->in_flight();
      if (load > least.load || !eligible(usable[at], tried)) continue;
      if (load < least.load) least = {at, 0, load};
      ++least.count;
    }
    return least;
  }

  Ticket turn_;
};

}  // namespace

std::unique_ptr<Balancer> make_least_connections() { return std::make_unique<LeastConnections>(); }

}  // namespace minato::upstream
