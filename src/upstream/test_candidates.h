// Candidates for tests: endpoints at 192.0.2.1, .2, …, without a network.
#pragma once

#include <deque>
#include <vector>

#include "upstream/candidates.h"

namespace minato::upstream {

/// Endpoint ids count from 0 as the endpoints stand.
class TestCandidates {
 public:
  explicit TestCandidates(std::size_t count, std::uint32_t max_connections = 0) {
    entry_.max_connections = max_connections;
    for (std::size_t i = 0; i < count; ++i) {
      Endpoint& made = endpoints_.emplace_back(EndpointId{static_cast<std::uint32_t>(i)},
                                               "http://b", net::Address{});
      all.push_back({&made, &entry_});
    }
  }

  Endpoint& operator[](std::size_t index) { return endpoints_[index]; }
  std::vector<Candidate> all;

 private:
  UpstreamOptions entry_;
  std::deque<Endpoint> endpoints_;
};

}  // namespace minato::upstream
