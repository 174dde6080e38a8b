// One request in front of the cache.
#pragma once

#include "cache/answer.h"
#include "cache/handler.h"
#include "cache/send_content.h"

namespace minato::cache {

class CacheExchange {
 public:
  CacheExchange(const CacheHandler& handler, http::Request& request, http::Responder& responder);

  /// The hit that most hits are: a fresh response, whole and in few pieces, to a GET without
  /// conditions. Begins the answer and gives its one write; nullopt where it is not so simple, and
  /// `run` has to do it. Without a coroutine.
  std::optional<Soon<Result<void>>> plain_hit();
  Task<http::Outcome> run();

 private:
  /// Nullopt: what was waited for came to nothing, or was there by then: everything may be
  /// different now.
  using Round = std::optional<http::Outcome>;

  /// How often one request begins anew because others' came to nothing; once more where what it
  /// was to ask for was there by then.
  static constexpr int rounds_max = 4;

  Task<http::Outcome> run_rounds();
  Task<Round> round();
  bool is_plain(const Entry& entry) const;
  Soon<Result<void>> send_stored();
  Store::Found find();
  Pin look();
  bool may_serve(const Pin& entry);
  Task<http::Outcome> serve(Pin entry, Decision decision);
  Task<http::Outcome> serve_stale(CacheStatus status);
  Task<http::Outcome> refuse_to_ask();

  // Asking the origin alone.
  bool asks_alone() const;
  bool may_share_range() const;
  std::string_view wanted_range() const;
  std::string_view shared_range() const;
  bool is_known_uncacheable() const;
  Pin heads_part() const;
  Asked asked_alone() const;
  Task<Round> ask_alone();
  Task<http::Outcome> send_alone(http::Responder& answer_to);
  Task<http::Outcome> serve_confirmed(const Ruling& ruling, CacheStatus status);

  // Asking it together with others.
  void refresh(const Pin& entry);
  std::optional<Completion> completion(const Pin& part) const;
  Task<Round> ask_together();
  bool has_changed();
  Round look_again();
  Task<Round> lead(std::shared_ptr<Flight> flight, std::string flight_key);
  Task<Round> follow(std::shared_ptr<Flight> flight);
  Task<Round> take(Flight& flight, std::unique_ptr<Growth::Reader> reader, const Leader* leader);
  Task<Round> take_failure(const Flight& flight, CacheStatus status);
  Task<http::Outcome> let_pass(Leader& leader);
  Task<Result<void>> send_interims(Leader& leader);
  FillOrder order(std::string flight_key, std::shared_ptr<Flight> flight) const;
  std::string flight_key() const;
  std::string flight_key_of(std::string_view range) const;
  bool is_wanted_part(const Entry& entry) const;
  bool suits(const Entry& entry) const;

  bool serves_on_error() const { return stored_ && decision_->serves_on_error; }
  /// The same once the origin has failed, which may have taken long enough for a purge.
  bool may_serve_stale() const { return serves_on_error() && cache_.store().holds(*stored_); }
  http::Failure told_of(const http::Failure& failure) const;
  CacheStatus status_of(const http::Failure& failure) const;
  CacheStatus forwarded_status() const;
  Task<http::Outcome> answer_with(Answer with);
  WallTime now() const { return surroundings_.loop.wall(); }

  const CacheHandler& handler_;
  const Surroundings& surroundings_;
  Cache& cache_;
  const ServiceRules& rules_;
  http::Request& request_;
  http::Responder& responder_;
  const RequestFacts facts_;
  const Key key_;
  const RequestRules configured_;
  Forwarded why_forwarded_ = Forwarded::uri_miss;
  std::optional<Store::Found> found_;     // by the first look, and not used yet
  Pin stored_;                            // what is there, if it may not serve as it is
  std::optional<Decision> decision_;      // on that, or on what was found
  Pin part_;                              // what is there of it, where that will not do
  std::optional<Completion> completion_;  // of parts that are there, by the rest
  bool completes_ = true;                 // that came to nothing
  std::optional<Instant> waits_until_;    // for others, in all rounds
  bool alone_ = false;                    // waiting for others came to nothing
  int rounds_ = rounds_max;
  runtime::Budget writes_;
};

}  // namespace minato::cache
