#include "scenario/origin.h"

#include <algorithm>

namespace minato::scenario {
namespace {

constexpr std::string_view healthy = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// An origin that answers nothing waits for the other side to lose patience.
Task<void> wait_for_end(Inbox& inbox) {
  for (bool more = true; more; inbox.consume(inbox.unread().size())) more = co_await inbox.fill();
}

bool answers_early(const ExchangePlan& plan, int attempt) {
  return plan.response.early && plan.response.mishap(attempt) == Mishap::none;
}

}  // namespace

/// One connection.
struct PlannedOrigin::Visit {
  Visit(net::Stream& to, std::uint64_t seed) : stream(to), random(seed), inbox(to, random) {}
  net::Stream& stream;
  Random random;
  Inbox inbox;
};

PlannedOrigin::PlannedOrigin(runtime::Loop& loop, net::Network& network,
                             const net::Address& address, Ledger& ledger, Farewell farewell,
                             std::uint64_t seed)
    : loop_(loop),
      ledger_(ledger),
      farewell_(farewell),
      random_(seed),
      listener_(network.listen({.address = address}).value()),
      connections_(loop),
      accepting_(loop) {
  accepting_.start(accept());
}

Task<void> PlannedOrigin::accept() {
  for (;;) {
    auto accepted = co_await listener_->accept();
    if (!accepted) co_return;
    connections_.start(serve(std::move(accepted->stream)));
  }
}

Task<void> PlannedOrigin::serve(std::unique_ptr<net::Stream> stream) {
  Visit visit(*stream, random_());
  for (After after = After::go_on; after == After::go_on;) {
    Head head;
    const Ending ending = co_await visit.inbox.read_head(head);
    if (ending == Ending::wrong) ledger_.violate("an origin got what is no request");
    if (ending != Ending::complete) co_return;
    if (head.value("user-agent") == "minato-health") {
      const bool told = co_await write_paced(visit.stream, visit.random, {}, std::string(healthy));
      if (!told) co_return;
      continue;
    }
    after = co_await answer(visit, head);
    if (after == After::reset) stream->reset_on_close();
    if (after != After::close || (farewell_ == Farewell::abrupt && visit.random.one_in(2)))
      continue;
    stream->end_writing();
    co_await wait_for_end(visit.inbox);
  }
}

Task<PlannedOrigin::After> PlannedOrigin::answer(Visit& visit, const Head& head) {
  int attempt = 0;
  const ExchangePlan* const plan = ledger_.request_arrived(head, attempt);
  if (plan == nullptr) co_return After::reset;
  if (plan->response.mishap(attempt) == Mishap::reset_at_once) co_return After::reset;
  if (answers_early(*plan, attempt)) {
    runtime::Scope reading(loop_);
    reading.start(read_request(visit, head, *plan, attempt));
    const After after = co_await respond(visit, *plan, attempt);
    if (after == After::close) visit.stream.end_writing();
    co_await reading.empty();
    co_return after;
  }
  co_await read_request(visit, head, *plan, attempt);
  co_return co_await respond(visit, *plan, attempt);
}

Task<void> PlannedOrigin::read_request(Visit& visit, const Head& head, const ExchangePlan& plan,
                                       int attempt) {
  if (head.value("expect") == "100-continue" && !answers_early(plan, attempt)) {
    const bool sent =
        co_await write_paced(visit.stream, visit.random, {}, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return;
  }
  std::size_t bytes = 0;
  Head trailers;
  const int id = plan.id;
  Inbox::Take take = [this, &bytes, id](std::string_view piece) {
    ledger_.request_body(id, bytes, piece);
    bytes += piece.size();
  };
  const Ending ending =
      co_await visit.inbox.read_body(Framing::of_request(head), std::move(take), trailers);
  ledger_.request_ended(id, attempt, bytes, ending, trailers);
}

Task<PlannedOrigin::After> PlannedOrigin::respond(Visit& visit, const ExchangePlan& plan,
                                                  int attempt) {
  const ResponsePlan& response = plan.response;
  if (response.mishap(attempt) != Mishap::none) co_return co_await fail(visit, plan, attempt);
  std::string text;
  for (int i = 0; i < response.interims; ++i)
    text += "HTTP/1.1 103 Early Hints\r\nLink: " + hint(plan.id) + "\r\n\r\n";
  text += response_head(plan, attempt);
  if (has_response_body(plan))
    text += framed_body(response.body, {plan.id, Direction::response, attempt}, visit.random);
  const bool sent = co_await write_paced(visit.stream, visit.random, {}, std::move(text));
  const bool to_close = has_response_body(plan) && response.body.style == Framing::Kind::to_close;
  const bool goes_on =
      sent && !to_close && !response.says_close && !response.closes_unsaid && !response.http_1_0;
  co_return goes_on ? After::go_on : After::close;
}

Task<PlannedOrigin::After> PlannedOrigin::fail(Visit& visit, const ExchangePlan& plan,
                                               int attempt) {
  const Mishap mishap = plan.response.mishap(attempt);
  if (mishap == Mishap::close_at_once) co_return After::close;
  if (mishap == Mishap::silence) {
    co_await wait_for_end(visit.inbox);
    co_return After::close;
  }
  std::string text = "SSH-2.0-nonsense\r\n\r\n";
  if (mishap == Mishap::cut_head) {
    text = response_head(plan, attempt);
    text.resize(1 + visit.random.below(text.size() - 1));
  }
  if (mishap == Mishap::cut_body) {
    const auto body =
        framed_body(plan.response.body, {plan.id, Direction::response, attempt}, visit.random);
    text = response_head(plan, attempt);
    text.append(body, 0, visit.random.below(std::max<std::size_t>(body.size(), 1)));
  }
  (void)co_await write_paced(visit.stream, visit.random, {}, std::move(text));
  co_return After::reset;
}

}  // namespace minato::scenario
