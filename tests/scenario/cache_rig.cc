#include "scenario/cache_rig.h"

#include <algorithm>

#include "http/testing.h"

namespace minato::scenario {

namespace {

Second seconds(WallTime moment) {
  return std::chrono::floor<Seconds>(moment).time_since_epoch().count();
}

class Collector final : public http::testing::EagerResponder {
 public:
  explicit Collector(Outcome& outcome) : outcome_(outcome) {}

  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override {
    outcome_.status = head.status;
    for (const std::string_view lines : head.prepared) take_lines(lines);
    head.fields.for_each(
        [&](const http::Field& line) { outcome_.fields.emplace_back(line.name, line.value); });
    return EagerResponder::start(head, length);
  }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override {
    return write_pieces({&piece, 1}, last);
  }
  Soon<Result<void>> write_pieces(std::span<const std::string_view> pieces,
                                  http::Last last) override {
    const auto before = outcome_.body.size();
    for (const std::string_view piece : pieces) outcome_.body += piece;
    outcome_.largest_write = std::max(outcome_.largest_write, outcome_.body.size() - before);
    outcome_.complete = last == http::Last::yes;
    return Result<void>{};
  }
  Soon<Result<void>> finish(const http::Fields*) override {
    outcome_.complete = true;
    return Result<void>{};
  }

 private:
  /// As they would stand on the wire.
  void take_lines(std::string_view text) {
    while (!text.empty()) {
      const auto line = text.substr(0, text.find("\r\n"));
      const auto colon = line.find(": ");
      outcome_.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
      text.remove_prefix(line.size() + 2);
    }
  }

  Outcome& outcome_;
};

PlainRequest plain(const http::RequestHead& head) {
  PlainRequest request{
      .method = std::string(head.method_text), .path = std::string(head.target.path), .fields = {}};
  if (head.target.has_query) request.query = "?" + std::string(head.target.query);
  head.fields.for_each([&](const http::Field& line) {
    request.fields.emplace_back(std::string(line.name), std::string(line.value));
  });
  return request;
}

http::Outcome origin_failed(http::Reason reason) {
  return std::unexpected(http::Failure{.reason = reason});
}

bool has_body(const PlainRequest& request, const PlainResponse& response) {
  return request.method != "HEAD" && response.status != 304 && response.status != 204;
}

Task<http::Outcome> say(const PlainRequest& request, const PlainResponse& response, Arena& arena,
                        http::Responder& responder) {
  http::ResponseHead head(arena);
  head.status = static_cast<std::uint16_t>(response.status);
  for (const auto& [name, value] : response.fields) head.fields.add(name, value);
  http::BodyLength length = http::BodyLength::known(response.body.size());
  if (!response.states_length) length = {.kind = http::BodyLength::Kind::chunked};
  if (response.status == 304 || response.status == 204) length = http::BodyLength::none();
  const auto begun = responder.start(head, length);
  if (!begun) co_return origin_failed(http::Reason::client_gone);
  if (!has_body(request, response)) {
    (void)co_await responder.finish(nullptr);
    co_return http::Outcome{};
  }
  const std::string_view body = response.body;
  const auto half = body.size() / 2;
  (void)co_await responder.write(body.substr(0, half), http::Last::no);
  if (response.cut) co_return origin_failed(http::Reason::upstream_truncated);
  (void)co_await responder.write(body.substr(half), http::Last::yes);
  co_return http::Outcome{};
}

}  // namespace

Task<http::Outcome> CacheRig::Origin::handle(http::Request& request, http::Responder& responder) {
  const PlainRequest asked = plain(request.head);
  const PlainResponse response = mind(asked, seconds(loop.wall()));
  const auto number = calls.size();
  calls.push_back({.request = asked, .response = response, .sent = seconds(loop.wall())});
  ++busy;
  if (response.takes > 0) co_await runtime::pause(loop, Seconds(response.takes));
  --busy;
  calls[number].received = seconds(loop.wall());
  if (response.fails) co_return origin_failed(response.why);
  co_return co_await say(asked, response, request.arena, responder);
}

CacheRig::CacheRig(const cache::ServiceCacheOptions& options, OriginMind mind)
    : rules_(options),
      cache_({.capacity = 1000, .max_memory = 8_MiB, .service = options}, 1, 1),
      origin_(loop_, std::move(mind)),
      handler_(
          cache_, rules_, origin_, *site_,
          {.loop = loop_, .reader = 0, .fills = fills_, .name = "model", .elsewhere = nowhere_}) {}

Second CacheRig::now() const { return seconds(loop_.wall()); }

Task<void> CacheRig::ask(const PlainRequest& request, Outcome& outcome) {
  if (request.after > 0) co_await runtime::pause(loop_, Seconds(request.after));
  Arena arena(loop_.blocks());
  http::testing::TestRequest asked(arena);
  http::RequestHead& head = asked.head;
  head.method = http::method_of(request.method);
  head.method_text = request.method;
  const std::string target = request.path + request.query;
  head.target.text = target;
  head.target.path = head.target.text.substr(0, request.path.size());
  head.target.has_query = !request.query.empty();
  if (head.target.has_query) head.target.query = head.target.text.substr(request.path.size() + 1);
  head.authority = "site.example";
  for (const auto& [name, value] : request.fields) head.fields.add(name, value);
  Collector collector(outcome);
  const auto ended = co_await handler_.handle(asked.request, collector);
  outcome.failed = !ended;
  if (ended || collector.started()) co_return;
  outcome.status = http::row(ended.error().reason).status;
  outcome.fields.emplace_back("Cache-Status", asked.record.cache_status);
}

std::vector<Outcome> CacheRig::exchange_all(std::span<const PlainRequest> requests) {
  origin_.calls.clear();
  std::vector<Outcome> outcomes(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) tasks_.start(ask(requests[i], outcomes[i]));
  (void)world_.run_until([&] { return tasks_.running() == 0 && origin_.busy == 0; }, 1h);
  world_.run_until_idle();
  tasks_.cancel_all();
  return outcomes;
}

}  // namespace minato::scenario
