// Purges and reloads while others ask, and what must not be served from then on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenario/house.h"

namespace minato::scenario {

/// What an origin said, in its order: each answer with content has a number, from 1.
struct Said {
  explicit Said(std::size_t things) : purged(things, 0) {}
  int answers = 0;
  /// For each thing: who asks from now on must get no answer up to this one.
  std::vector<int> purged;
};

/// Things are `http://site.example/N`, with the tag `tN`.
class CachePurger {
 public:
  struct Plan {
    int purges = 0;
    int reloads = 0;
    config::Config config;
  };
  CachePurger(runtime::Loop& loop, House& house, Plan plan, Said& said, std::uint64_t seed);

  bool done() const { return tasks_.running() == 0; }
  int purges_done() const { return purges_done_; }
  /// What went wrong. The house was shut down: no cache may be left of it.
  std::vector<std::string> violations() const;

 private:
  Task<void> purge_now_and_then();
  Task<void> purge();
  void reload_now_and_then();

  runtime::Loop& loop_;
  House& house_;
  const Plan plan_;
  Said& said_;
  Random random_;
  int purges_done_ = 0;
  std::vector<std::weak_ptr<cache::Cache>> caches_;
  std::vector<std::string> violations_;
  runtime::Scope tasks_;
};

}  // namespace minato::scenario
