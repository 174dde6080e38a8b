// What becomes of an origin's response: judged when its head has come, whoever it is for.
#pragma once

#include <vector>

#include "cache/cache.h"
#include "cache/elsewhere.h"
#include "cache/fill/completion.h"
#include "cache/policy/reuse.h"
#include "cache/policy/storing.h"
#include "cache/rules.h"

namespace minato::cache {

/// What is known when a request goes out.
struct Asked {
  Cache& cache;
  const ServiceRules& rules;
  Key key;
  const http::RequestHead& request;  ///< as the client sent it; the key's Vary fields are its
  RequestFacts facts;
  Pin validated;                           ///< what it asks the origin to confirm; may be null
  bool stale_on_error = false;             ///< `validated` may serve where the origin fails
  const Completion* completion = nullptr;  ///< what it asks the origin for the rest of; may be null
  WallTime sent{};
  std::uint64_t purges_before = 0;  ///< Store::purges when it was sent
  std::size_t reader = 0;           ///< who asks, in the store
  RequestRules configured;          ///< where it bypasses, the answer changes nothing stored
  Elsewhere* elsewhere = nullptr;   ///< null: the method is sure to be a safe one
};

/// A failure counts as what the client would be told of it: RFC 5861 4 asks for no more than that.
inline bool is_origin_error(const http::Failure& failure) {
  return is_origin_error(http::row(failure.reason).status);
}

struct Ruling {
  enum class Kind : std::uint8_t {
    pass,       ///< `refusal` says why
    store,      ///< into `growth`, with the head of `entry`
    confirmed,  ///< `entry` is what was stored, freshened
    contested,  ///< what neither confirms nor completes what is stored: to be asked for anew
    error,      ///< the origin failed, and what is stored may serve in its place
  };
  Kind kind = Kind::pass;
  Refusal refusal = Refusal::none;
  Pin entry;
  std::shared_ptr<Growth> growth;
  /// What is for the client that asked alone, and no part of `entry`; lies in the arena of `judge`.
  std::vector<http::Field> withheld = {};
  bool completes = false;   ///< what comes is the rest of `entry`
  bool is_updated = false;  ///< confirmed: `entry` took the place of what was stored
};

/// Changes the store where `head` makes something in it fresh, or out of date.
/// `arena` is for what the judging itself needs.
Ruling judge(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
             WallTime now, Arena& arena);

/// An unsafe method that succeeded makes what is stored of its target out of date (RFC 9111 4.4),
/// but for its own answer.
void invalidate(Asked& asked, const http::ResponseHead& head, Arena& arena);

}  // namespace minato::cache
