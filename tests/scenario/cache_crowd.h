// Several clients ask for the same few things through a house with a cache, over a network that
// breaks; whatever comes has to be what an origin once said of that thing, and all of it where it
// says so.
#pragma once

#include "scenario/cache_purger.h"
#include "scenario/exchange.h"
#include "scenario/house.h"

namespace minato::scenario {

/// Things are numbered, and change: a version of one has bytes and a length of its own. Every other
/// one is there in several languages, each as another one.
struct Thing {
  int number = 0;
  int version = 0;
  int language = 0;  ///< 0 where it has none
  static constexpr int languages = 2;
  bool varies() const { return number % 2 == 1; }
  std::string name() const;
  std::size_t bytes() const;
  BodyKey key() const;
  char byte(std::size_t offset) const;
};

/// What is drawn from the seed for all.
struct CrowdPlan {
  explicit CrowdPlan(std::uint64_t seed);
  /// Nothing may fail.
  bool undisturbed() const { return !mishaps && !links_break; }
  config::Config config(const net::Address& origin) const;

  sim::Faults faults;
  bool mishaps = false;      ///< origins break off
  bool links_break = false;  ///< the network does
  std::size_t workers = 1;
  std::size_t clients = 2;
  std::size_t things = 1;
  int purges = 0;
  int reloads = 0;
  cache::CacheOptions cache;
};

struct CrowdReport {
  std::vector<std::string> violations;
  int answers = 0;  ///< that came whole
  int origin_requests = 0;
  int purges = 0;   ///< that were done while clients asked
  int reloads = 0;  ///< likewise
};
CrowdReport run_crowd(std::uint64_t seed);

}  // namespace minato::scenario
