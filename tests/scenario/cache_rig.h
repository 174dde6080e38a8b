// A cache between one client and one origin, both plain and in process, on a virtual clock.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cache/handler.h"
#include "runtime/scope.h"
#include "scenario/plain_fields.h"
#include "sim/sim_world.h"

namespace minato::scenario {

struct PlainRequest {
  std::string method = "GET";
  std::string path = "/";
  Lines fields;
  std::string query{};  ///< with its question mark; empty: none
  Second after{0};      ///< those that are sent at once
};

struct PlainResponse {
  int status = 200;
  Lines fields;
  std::string body;
  bool states_length = true;
  bool fails = false;  ///< there is none
  http::Reason why = http::Reason::connect_refused;
  bool cut = false;  ///< not all of the body comes
  Second takes{0};   ///< until its head comes
};

/// What the origin was asked, and what it said.
struct OriginCall {
  PlainRequest request;
  PlainResponse response;
  Second sent = 0;
  Second received = 0;
};

/// What the client got.
struct Outcome {
  int status = 0;  ///< of a failure, what the connection would answer
  Lines fields;
  std::string body;
  std::size_t largest_write = 0;  ///< bytes of the body that came in one
  bool complete = false;
  bool failed = false;
};

/// Answers what comes to the origin.
using OriginMind = std::function<PlainResponse(const PlainRequest&, Second now)>;

class CacheRig {
 public:
  CacheRig(const cache::ServiceCacheOptions& options, OriginMind mind);

  void advance(Second span) { world_.advance(Seconds(span)); }
  Second now() const;
  /// Sends `request`, and waits until all that follows from it is over.
  Outcome exchange(const PlainRequest& request) { return exchange_all({&request, 1}).front(); }
  /// The same for several that are sent at once.
  std::vector<Outcome> exchange_all(std::span<const PlainRequest> requests);
  /// What the last exchange made of it at the origin, in the background too.
  const std::vector<OriginCall>& calls() const { return origin_.calls; }

 private:
  struct Origin final : http::Handler {
    explicit Origin(runtime::Loop& to, OriginMind answers) : loop(to), mind(std::move(answers)) {}
    Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;
    runtime::Loop& loop;
    OriginMind mind;
    std::vector<OriginCall> calls;
    int busy = 0;
  };
  Task<void> ask(const PlainRequest& request, Outcome& outcome);

  /// There is no other cache.
  struct Nowhere final : cache::Elsewhere {
    std::uint64_t purge(const cache::Url&, const cache::Cache*, const cache::ServiceRules*,
                        Arena&) override {
      return 0;
    }
  };

  sim::SimWorld world_{1};
  sim::SimLoop& loop_{world_.add_loop()};
  cache::ServiceRules rules_;
  cache::Cache cache_;
  Origin origin_;
  LocalRef<LocalOwner> site_{new LocalOwner};
  cache::Fills fills_{loop_};
  Nowhere nowhere_;
  cache::CacheHandler handler_;
  runtime::Scope tasks_{loop_};
};

}  // namespace minato::scenario
