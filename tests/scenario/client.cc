#include "scenario/client.h"

#include "base/strings.h"
#include "scenario/signal.h"

namespace minato::scenario {
namespace {

/// RFC 9112 9.6. An HTTP/1.0 connection is never kept: these clients do not ask for it.
bool closes_after(const RequestPlan& request) { return request.wants_close || request.http_1_0; }

bool closes_after(const Head& response, Framing framing) {
  return iequals(response.value("connection"), "close") || response.word(0) == "HTTP/1.0" ||
         framing.kind == Framing::Kind::to_close;
}

}  // namespace

/// One connection. Requests from `answered` to `begun` are under way.
struct PlannedClient::Talk {
  Talk(net::Stream& to, Random& random, Pace reading, std::size_t first)
      : stream(to),
        inbox(to, random, reading),
        progress(to.loop()),
        ended(to.loop()),
        begun(first),
        answered(first) {}

  void end() {
    over = true;
    progress.ring();
    ended.ring();
  }

  net::Stream& stream;
  Inbox inbox;
  Signal progress, ended;  // for the writer, for the conversation
  std::size_t begun, answered;
  bool continued = false;  // 100 came for the last that was begun
  bool over = false;
  bool closing = false;  // either side said that nothing more will be answered
};

PlannedClient::PlannedClient(runtime::Loop& loop, net::Network& network, net::Address server,
                             Ledger& ledger, ClientPlan plan, std::uint64_t seed)
    : loop_(loop),
      network_(network),
      server_(std::move(server)),
      ledger_(ledger),
      plan_(std::move(plan)),
      random_(seed),
      tasks_(loop) {
  for (const ExchangePlan& exchange : plan_.exchanges) ledger_.add(exchange);
  tasks_.start(run());
}

Task<void> PlannedClient::run() {
  while (next_ < plan_.exchanges.size()) {
    auto stream = co_await network_.connect(server_, never);
    if (stream)
      co_await converse(std::move(*stream));
    else
      ledger_.not_connected(exchange(next_++).id);
  }
}

Task<void> PlannedClient::converse(std::unique_ptr<net::Stream> stream) {
  Talk talk(*stream, random_, plan_.reading, next_);
  {
    runtime::Scope both(loop_);
    both.start(write_requests(talk));
    both.start(read_responses(talk));
    if (!talk.over) co_await talk.ended.next();
  }
  settle(talk);
}

/// What was begun and not answered is lost, or excused by what was said before it.
void PlannedClient::settle(Talk& talk) {
  next_ = talk.begun;
  for (; talk.answered < talk.begun; ++talk.answered, talk.closing = true) {
    const int id = exchange(talk.answered).id;
    talk.closing ? ledger_.given_up(id) : ledger_.unanswered(id);
  }
}

Task<void> PlannedClient::write_requests(Talk& talk) {
  for (std::size_t index = talk.begun; index < plan_.exchanges.size(); ++index) {
    const bool waits = !exchange(index).request.pipelined;
    while (waits && talk.answered < index && !talk.over) co_await talk.progress.next();
    if (talk.over) co_return;
    const bool written = co_await write_request(talk, index);
    if (!written) co_return;  // the reader sees why
    if (plan_.abandons == static_cast<int>(index)) {
      talk.closing = true;
      co_return talk.end();
    }
    if (closes_after(exchange(index).request)) break;
  }
  if (plan_.half_closes) talk.stream.end_writing();
}

Task<bool> PlannedClient::write_request(Talk& talk, std::size_t index) {
  const ExchangePlan& plan = exchange(index);
  ledger_.request_begun(plan.id);
  talk.begun = index + 1;
  talk.continued = false;
  const bool sent = co_await write_paced(talk.stream, random_, plan_.writing, request_head(plan));
  if (!sent) co_return false;
  if (plan.request.expects_continue)
    while (!talk.continued && talk.answered <= index && !talk.over) co_await talk.progress.next();
  if (talk.over) co_return false;
  if (plan.request.expects_continue && talk.answered > index) {
    // The answer came without the body (RFC 9110 10.1.1): the connection is of no more use.
    talk.closing = true;
    talk.end();
    co_return false;
  }
  auto body = framed_body(plan.request.body, {plan.id, Direction::request, 0}, random_);
  co_return co_await write_paced(talk.stream, random_, plan_.writing, std::move(body));
}

Task<void> PlannedClient::read_responses(Talk& talk) {
  for (bool more = true; more && talk.answered < plan_.exchanges.size();)
    more = co_await read_response(talk);
  talk.end();
}

/// True where another may follow.
Task<bool> PlannedClient::read_response(Talk& talk) {
  Head head;
  const Ending ending = co_await talk.inbox.read_head(head);
  if (ending == Ending::wrong) ledger_.violate("a client got what is no response");
  if (ending != Ending::complete) co_return false;
  if (talk.answered == talk.begun) {
    ledger_.violate("a client got a response to nothing: " + head.start_line);
    co_return false;
  }
  const ExchangePlan& plan = exchange(talk.answered);
  if (head.status() < 200) {
    ledger_.interim_arrived(plan.id, head);
    talk.continued |= head.status() == 100;
    talk.progress.ring();
    co_return true;
  }
  const int attempt = ledger_.response_arrived(plan.id, head);
  const Ending end_of_body = co_await read_body(talk, head, attempt);
  ++talk.answered;
  const Framing framing = Framing::of_response(head, plan.request.method);
  talk.closing =
      end_of_body != Ending::complete || closes_after(head, framing) || closes_after(plan.request);
  talk.progress.ring();
  co_return !talk.closing;
}

Task<Ending> PlannedClient::read_body(Talk& talk, const Head& head, int attempt) {
  const ExchangePlan& plan = exchange(talk.answered);
  std::size_t bytes = 0;
  Head trailers;
  const int id = plan.id;
  Inbox::Take take = [this, &bytes, id, attempt](std::string_view piece) {
    ledger_.response_body(id, attempt, bytes, piece);
    bytes += piece.size();
  };
  const Framing framing = Framing::of_response(head, plan.request.method);
  const Ending ending = co_await talk.inbox.read_body(framing, std::move(take), trailers);
  ledger_.response_ended(id, attempt, bytes, ending, trailers);
  co_return ending;
}

}  // namespace minato::scenario
