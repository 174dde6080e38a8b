// Who sent what and who received it: the judge of a run.
//
// Both ends of every exchange report to it as things happen; it holds each report against the plan
// and against the other end's. It knows nothing of what stands between them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/exchange.h"

namespace minato::scenario {

/// What the run excuses.
struct Excuses {
  bool broken_links = false;       ///< connections may break or stall: any exchange may fail
  bool stale_connections = false;  ///< one is used that its origin has closed unseen
  bool no_proxy = false;           ///< nobody retries, and nobody answers for an origin that fails
  int retries = 2;                 ///< that a proxy makes, at least, where it may
};

class Ledger {
 public:
  explicit Ledger(Excuses excuses) : excuses_(excuses) {}

  const ExchangePlan& add(ExchangePlan plan);

  // An origin's reports.
  /// A request; tells how many times that one has come by now, and its plan: nullptr where it
  /// names none.
  const ExchangePlan* request_arrived(const Head& head, int& attempt);
  void request_body(int id, std::size_t offset, std::string_view bytes);
  void request_ended(int id, int attempt, std::size_t bytes, Ending ending, const Head& trailers);

  // A client's reports.
  void not_connected(int id);
  void request_begun(int id);
  /// The client broke off, or was told that the connection would close: nothing more is due.
  void given_up(int id);
  /// A 1xx where the response to `id` is due.
  void interim_arrived(int id, const Head& head);
  /// A final response where that to `id` is due. The attempt that it comes from; 0 where it is a
  /// proxy's own.
  int response_arrived(int id, const Head& head);
  void response_body(int id, int attempt, std::size_t offset, std::string_view bytes);
  void response_ended(int id, int attempt, std::size_t bytes, Ending ending, const Head& trailers);
  /// The connection was over before a response came.
  void unanswered(int id);

  /// All is over: what was begun must have come to its end.
  void close();
  /// Anything else that ought not to be.
  void violate(std::string what) { violations_.push_back(std::move(what)); }
  const std::vector<std::string>& violations() const { return violations_; }
  /// Exchanges that were begun, those to which a final response came, from whomever, and those
  /// whose response came whole from an origin.
  int begun() const { return begun_; }
  int answered() const { return answered_; }
  int completed() const { return completed_; }

 private:
  struct Entry {
    ExchangePlan plan;
    int attempts = 0;  // that reached an origin
    int hints = 0;     // 103s that reached the client
    bool begun = false;
    bool settled = false;  // the client knows how it ended
    bool given_up = false;
  };
  bool may_fail(const Entry& entry) const;
  bool may_go_unanswered(const Entry& entry) const;
  void check_bytes(BodyKey key, const BodyPlan& body, std::size_t offset, std::string_view bytes);
  void check_fields(BodyKey key, bool planned, const Head& head);
  void check_hints(const Entry& entry, int attempt);
  void check_complete(BodyKey key, const BodyPlan& body, std::size_t bytes);
  void check_trailers(BodyKey key, bool due, const Head& trailers);

  Excuses excuses_;
  std::map<int, Entry> entries_;
  std::vector<std::string> violations_;
  int begun_ = 0;
  int answered_ = 0;
  int completed_ = 0;
};

}  // namespace minato::scenario
