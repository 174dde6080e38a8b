// Asks the origin on behalf of all who wait for a flight, and lives no longer than the answer
// takes, whether or not the client whose request it makes is still there.
#pragma once

#include <deque>
#include <span>

#include "base/local_ref.h"
#include "cache/fill/fills.h"
#include "cache/fill/flight.h"
#include "cache/fill/intake.h"
#include "runtime/event.h"
#include "runtime/scope.h"

namespace minato::cache {

class Fill;

/// The exchange whose request a fill makes: for it alone is what cannot be stored. When it dies,
/// what only passes to it ends.
class Leader {
 public:
  Leader(runtime::Loop& loop, http::Request& request, http::Responder& responder)
      : request_(request),
        responder_(responder),
        stirred_(loop),
        passing_head_(request.arena),
        withheld_(request.arena) {}
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;
  ~Leader();

  /// Interim responses that came, to be sent on.
  std::deque<http::ResponseHead>& interims() { return interims_; }

  /// Of a response that only passes.
  const http::ResponseHead& passing_head() const { return passing_head_; }
  http::BodyLength passing_length() const { return passing_length_; }
  Refusal refusal() const { return refusal_; }
  /// The head went to the client; its body may follow. Waits for the end of it.
  Task<http::Outcome> let_pass();

  std::unique_ptr<Growth::Reader> take_reader() { return std::move(reader_); }
  /// What the origin said to this client alone, of a response that is stored.
  std::span<const http::Field> withheld() const { return withheld_.lines(); }

 private:
  friend class Fill;
  void take_withheld(std::span<const http::Field> lines);

  http::Request& request_;
  http::Responder& responder_;
  runtime::Event stirred_;
  Fill* fill_ = nullptr;
  std::deque<http::ResponseHead> interims_;
  http::ResponseHead passing_head_;
  http::BodyLength passing_length_;
  Refusal refusal_ = Refusal::none;
  std::unique_ptr<Growth::Reader> reader_;
  http::Fields withheld_;
  bool lets_pass_ = false;
  std::optional<http::Outcome> outcome_;
};

/// What a fill needs besides the request.
struct FillOrder {
  Fills& fills;
  http::Handler& origin;
  LocalRef<LocalOwner> site;  ///< keeps `origin` alive
  Cache& cache;
  const ServiceRules& rules;
  Key key;
  std::string flight_key;
  std::shared_ptr<Flight> flight;
  const http::Request& request;  ///< copied
  Pin validated;
  bool stale_on_error = false;
  std::optional<Completion> completion = {};
  std::size_t reader = 0;
  RequestRules configured;
};

/// Thread: its worker's. Owns itself: it goes when it is done, with its worker, with its leader
/// where it is that alone whom it serves, or as one orphan too many.
class Fill final : public ListLink, private http::Responder, private http::RequestBody {
 public:
  /// `leader` may be null: nobody waits for it (Fills::has_room).
  static void start(FillOrder order, Leader* leader);
  ~Fill() override;

 private:
  friend class Leader;
  friend class Fills;
  Fill(FillOrder order, Leader* leader);
  Task<void> run();
  void leader_left();
  bool is_orphan() const;
  Task<void> watch_followers();
  void end_unless_followed();
  void end_soon();
  void copy_request(const http::Request& request);
  void conclude(const http::Outcome& outcome);
  void fail_flight(std::optional<http::Failure> failure, bool is_error);
  void become(Stage stage);
  void tell_record();
  void let_others_refresh();
  void land();
  Task<Result<void>> pass(std::string_view piece, http::Last last, const http::Fields* trailers);
  Task<Result<void>> pass_what_came();
  Task<Result<void>> until_leader_passes();
  Result<void> begin_to_pass(Refusal refusal, const http::ResponseHead& head);
  std::string_view range() const;
  void remember_refusal(Refusal refusal, std::uint16_t status);
  void confirm(const Entry& fresh);
  void contest();
  void grow(const Ruling& ruling);
  Task<Result<void>> keep(std::string_view piece, http::Last last);
  Task<Result<void>> complete();

  // http::Responder.
  Task<Result<void>> interim(const http::ResponseHead& head) override;
  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override;
  bool started() const override { return begun_; }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override;
  Soon<Result<void>> flush() override;
  Soon<Result<void>> finish(const http::Fields* trailers) override;
  Task<Result<http::Tunnel*>> upgrade(const http::ResponseHead& head) override;

  // http::RequestBody: none.
  http::BodyLength length() const override { return {}; }
  bool awaits_continue() const override { return false; }
  bool buffered() const override { return true; }
  Soon<Result<std::string_view>> read() override { return Result<std::string_view>{}; }
  bool ended() const override { return true; }
  const http::Fields& trailers() const override { return no_trailers_; }

  struct End final : runtime::Turn {
    explicit End(Fill& of) : fill(of) {}
    void run() override { delete &fill; }
    Fill& fill;
  };

  FillOrder order_;
  runtime::Loop& loop_;
  Leader* leader_;
  Arena arena_;
  http::RequestHead client_head_;  // as the client sent it
  http::RequestHead head_;         // as it goes to the origin
  http::Fields no_trailers_;
  http::RequestId id_;
  http::BodyRules body_rules_;
  http::Record record_;
  std::optional<http::Request> request_;
  std::optional<Asked> asked_;
  std::shared_ptr<Growth> growth_;
  std::optional<Joiner> joiner_;  // where what comes is but the rest of it
  Ruling::Kind ruling_ = Ruling::Kind::pass;
  bool begun_ = false;
  bool landed_ = false;
  Orphan orphan_;
  End end_;
  runtime::Scope tasks_;
};

}  // namespace minato::cache
