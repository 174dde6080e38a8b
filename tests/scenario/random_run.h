// One run of random exchanges, all of it drawn from one seed: clients, origins, what stands between
// them, and what the network does to them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/address.h"
#include "scenario/ledger.h"
#include "sim/sim_world.h"

namespace minato::scenario {

/// What stands between clients and origins.
class Middle {
 public:
  virtual ~Middle() = default;
  /// Where clients connect to.
  virtual net::Address address() const = 0;
  /// Ends all that waits, with nobody left to talk to: nothing may remain. The world runs on for a
  /// while before `report_leaks`.
  virtual void shut_down() = 0;
  virtual void report_leaks(Ledger& ledger) const = 0;
};

/// What a middle is made of.
struct Site {
  sim::SimWorld& world;
  std::vector<net::Address> origins;
  std::uint64_t seed;
};
using MakeMiddle = std::function<std::unique_ptr<Middle>(Site)>;

struct RunReport {
  std::uint64_t seed = 0;
  std::vector<std::string> violations;
  std::vector<std::string> plan;  ///< where there are violations: what was to happen
  int begun = 0;
  int completed = 0;
};

/// `is_proxy`: the middle speaks HTTP, retries and answers for an origin that fails.
RunReport run_seed(std::uint64_t seed, const MakeMiddle& make_middle, bool is_proxy);

/// A middle that is none: clients reach the one origin by themselves.
std::unique_ptr<Middle> make_direct(Site site);
/// A middle that passes bytes on and knows nothing of HTTP.
std::unique_ptr<Middle> make_relay(Site site);

}  // namespace minato::scenario
