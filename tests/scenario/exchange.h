// What one exchange is to look like, drawn from a seed before it begins: both its ends act by it,
// and the ledger judges by it.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "scenario/message.h"

namespace minato::scenario {

struct BodyPlan {
  Framing::Kind style = Framing::Kind::none;
  std::size_t bytes = 0;
  std::size_t chunk_max = 1;  ///< chunked: sizes are drawn from 1 to this
  bool extensions = false;    ///< chunked: some chunks have them
  bool trailers = false;      ///< chunked: a field behind the body
};

struct RequestPlan {
  std::string method = "GET";
  BodyPlan body;
  bool http_1_0 = false;
  bool wants_close = false;
  bool takes_trailers = false;
  bool expects_continue = false;
  bool fields = false;     ///< some for the origin, and some for one connection alone
  bool pipelined = false;  ///< sent without waiting for the answer to the one before it

  /// RFC 9110 9.2.2.
  bool idempotent() const;
};

/// What goes wrong at the origin.
enum class Mishap : std::uint8_t {
  none,
  reset_at_once,  ///< before any byte of a response
  close_at_once,
  cut_head,  ///< in the middle of the head
  cut_body,  ///< in the middle of the body
  silence,   ///< no answer, ever
  nonsense,  ///< no HTTP
};

struct ResponsePlan {
  int status = 200;
  BodyPlan body;
  bool http_1_0 = false;
  int interims = 0;         ///< 103s before it
  bool fields = false;      ///< as in a request
  bool early = false;       ///< goes out before the request's body is read
  bool says_close = false;  ///< Connection: close, and keeps the word
  bool closes_unsaid = false;
  std::vector<Mishap> mishaps;  ///< of the first attempts, one each

  Mishap mishap(int attempt) const;
};

struct ExchangePlan {
  int id = 0;
  RequestPlan request;
  ResponsePlan response;
};

/// How long bodies get, and how many of the rarer things happen.
struct Temper {
  std::size_t body_max = 40'000;
  bool mishaps = true;        ///< origins fail
  bool unsaid_closes = true;  ///< origins close idle connections without a word
  bool proxied = true;        ///< somebody bears with origins that never answer, or talk nonsense
};
ExchangePlan any_exchange(int id, Temper temper, Random& random);

/// Bytes that belong to this body and to no other.
enum class Direction : std::uint8_t { request, response };
struct BodyKey {
  int id;
  Direction direction;
  int attempt;  ///< of a response; 0 for a request
};
char body_byte(BodyKey key, std::size_t offset);

/// As it goes over the wire, framed; the random numbers cut the chunks.
std::string framed_body(const BodyPlan& plan, BodyKey key, Random& random);
std::string request_head(const ExchangePlan& plan);
/// `attempt` counts from 1; `request_method` decides whether a body follows.
std::string response_head(const ExchangePlan& plan, int attempt);
/// True where the response to that request has a body on the wire.
bool has_response_body(const ExchangePlan& plan);
/// The field behind a chunked body.
std::string trailer_value(BodyKey key);
/// The X-Own of a head that has fields, one a line: for its receiver, whatever is in between.
std::vector<std::string> own_values(BodyKey key);
/// The field that such a head has for one connection alone (RFC 9110 7.6.1).
inline constexpr const char* one_hop_name = "X-Hop";
/// The value of Link in a 103.
std::string hint(int id);

/// One line, for whoever looks into a failure.
std::string describe(const ExchangePlan& plan);

}  // namespace minato::scenario
