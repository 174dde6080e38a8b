#include "scenario/exchange.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace minato::scenario {
namespace {

using Kind = Framing::Kind;

template <class T, std::size_t n>
T one_of(Random& random, const std::array<T, n>& choices) {
  return choices[random.below(n)];
}

BodyPlan any_body(Temper temper, Random& random, std::initializer_list<Kind> styles) {
  BodyPlan body;
  body.style = std::data(styles)[random.below(styles.size())];
  const std::size_t most = one_of(random, std::array<std::size_t, 4>{1, 10, 300, temper.body_max});
  body.bytes = body.style == Kind::none ? 0 : random.below(most);
  body.chunk_max = one_of(random, std::array<std::size_t, 4>{7, 100, 4096, 20000});
  body.extensions = random.one_in(4);
  body.trailers = random.one_in(3);
  return body;
}

RequestPlan any_request(Temper temper, Random& random) {
  RequestPlan request;
  request.method = one_of(random, std::array<const char*, 9>{"GET", "GET", "GET", "HEAD", "POST",
                                                             "POST", "PUT", "DELETE", "BREW"});
  request.http_1_0 = random.one_in(10);
  if (request.method != "GET" && request.method != "HEAD")
    request.body = request.http_1_0
                       ? any_body(temper, random, {Kind::none, Kind::length})
                       : any_body(temper, random, {Kind::none, Kind::length, Kind::chunked});
  request.wants_close = random.one_in(10);
  request.takes_trailers = random.one_in(2);
  request.expects_continue =
      !request.http_1_0 && request.body.style != Kind::none && random.one_in(4);
  request.pipelined = random.one_in(3);
  request.fields = random.one_in(4);
  return request;
}

Mishap any_mishap(Temper temper, Random& random) {
  const Mishap mishap =
      one_of(random, std::array{Mishap::reset_at_once, Mishap::close_at_once, Mishap::cut_head,
                                Mishap::cut_body, Mishap::silence, Mishap::nonsense});
  const bool needs_proxy = mishap == Mishap::silence || mishap == Mishap::nonsense;
  return needs_proxy && !temper.proxied ? Mishap::close_at_once : mishap;
}

ResponsePlan any_response(Temper temper, Random& random) {
  ResponsePlan response;
  response.status = one_of(random, std::array{200, 200, 200, 200, 204, 304, 404, 503});
  response.http_1_0 = random.one_in(10);
  response.body = response.http_1_0
                      ? any_body(temper, random, {Kind::length, Kind::to_close})
                      : any_body(temper, random, {Kind::length, Kind::chunked, Kind::to_close});
  response.interims = random.one_in(6) ? 1 + static_cast<int>(random.below(2)) : 0;
  if (response.http_1_0) response.interims = 0;
  response.fields = random.one_in(4);
  response.early = random.one_in(5);
  response.says_close = random.one_in(8);
  response.closes_unsaid = temper.unsaid_closes && random.one_in(8);
  while (temper.mishaps && random.one_in(6)) response.mishaps.push_back(any_mishap(temper, random));
  return response;
}

std::string describe(const BodyPlan& body) {
  constexpr std::array names{"none", "length", "chunked", "to close"};
  return fmt::format("{} {}{}", names[static_cast<std::size_t>(body.style)], body.bytes,
                     body.trailers ? " and a trailer" : "");
}

std::string extra_fields(BodyKey key) {
  std::string lines;
  for (const std::string& value : own_values(key))
    lines += fmt::format("{}: {}\r\n", lines.empty() ? "X-Own" : "x-own", value);
  // Behind whatever else Connection says.
  lines += fmt::format("Connection: {}\r\n{}: 1\r\n", one_hop_name, one_hop_name);
  return lines;
}

std::string framing_field(const BodyPlan& body) {
  switch (body.style) {
    case Kind::length: return fmt::format("Content-Length: {}\r\n", body.bytes);
    case Kind::chunked: return "Transfer-Encoding: chunked\r\n";
    default: return {};
  }
}

}  // namespace

bool RequestPlan::idempotent() const {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

Mishap ResponsePlan::mishap(int attempt) const {
  const auto index = static_cast<std::size_t>(attempt - 1);
  return index < mishaps.size() ? mishaps[index] : Mishap::none;
}

ExchangePlan any_exchange(int id, Temper temper, Random& random) {
  ExchangePlan plan{.id = id, .request = any_request(temper, random), .response = {}};
  plan.response = any_response(temper, random);
  // What has no body to cut is cut before.
  const BodyPlan& body = plan.response.body;
  const bool whole_with_head =
      !has_response_body(plan) || (body.style == Kind::length && body.bytes == 0);
  if (whole_with_head)
    std::ranges::replace(plan.response.mishaps, Mishap::cut_body, Mishap::cut_head);
  return plan;
}

char body_byte(BodyKey key, std::size_t offset) {
  const auto stream = static_cast<std::uint64_t>(key.id) * 64 +
                      static_cast<std::uint64_t>(key.attempt) * 2 +
                      static_cast<std::uint64_t>(key.direction);
  std::uint64_t word = (stream * 0x9e3779b97f4a7c15u + offset) * 0xd6e8feb86659fd93u;
  word ^= word >> 32;
  return static_cast<char>(word * 0xd6e8feb86659fd93u >> 56);
}

std::string trailer_value(BodyKey key) { return fmt::format("{}-{}", key.id, key.attempt); }

std::vector<std::string> own_values(BodyKey key) {
  const char direction = key.direction == Direction::request ? '>' : '<';
  return {fmt::format("{}{} {}", direction, key.id, key.attempt), "\"a, b\";\xe4", ""};
}

std::string hint(int id) { return fmt::format("</{}>", id); }

std::string framed_body(const BodyPlan& plan, BodyKey key, Random& random) {
  std::string body(plan.bytes, '\0');
  for (std::size_t at = 0; at < body.size(); ++at) body[at] = body_byte(key, at);
  if (plan.style != Kind::chunked) return plan.style == Kind::none ? std::string() : body;
  std::string framed;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t size = std::min(body.size() - at, 1 + random.below(plan.chunk_max));
    framed +=
        fmt::format("{:x}{}\r\n", size, plan.extensions && random.one_in(8) ? ";n=\"v\"" : "");
    framed.append(body, at, size).append("\r\n");
    at += size;
  }
  framed += "0\r\n";
  if (plan.trailers) framed += fmt::format("X-Trailer: {}\r\n", trailer_value(key));
  return framed + "\r\n";
}

std::string request_head(const ExchangePlan& plan) {
  const RequestPlan& request = plan.request;
  std::string head =
      fmt::format("{} /exchange/{} HTTP/1.{}\r\nHost: site.example\r\nX-Exchange: {}\r\n",
                  request.method, plan.id, request.http_1_0 ? 0 : 1, plan.id);
  head += framing_field(request.body);
  if (request.wants_close && !request.http_1_0) head += "Connection: close\r\n";
  if (request.takes_trailers) head += "TE: trailers\r\nConnection: TE\r\n";
  if (request.expects_continue) head += "Expect: 100-continue\r\n";
  if (request.fields) head += extra_fields({plan.id, Direction::request, 0});
  return head + "\r\n";
}

bool has_response_body(const ExchangePlan& plan) {
  const int status = plan.response.status;
  return plan.request.method != "HEAD" && status != 204 && status != 304;
}

std::string response_head(const ExchangePlan& plan, int attempt) {
  const ResponsePlan& response = plan.response;
  std::string head = fmt::format("HTTP/1.{} {} Planned\r\nX-Exchange: {}\r\nX-Attempt: {}\r\n",
                                 response.http_1_0 ? 0 : 1, response.status, plan.id, attempt);
  // RFC 9110 8.6, RFC 9112 6.1: not in a 204.
  if (response.status != 204) head += framing_field(response.body);
  if (response.says_close) head += "Connection: close\r\n";
  if (response.fields) head += extra_fields({plan.id, Direction::response, attempt});
  return head + "\r\n";
}

std::string describe(const ExchangePlan& plan) {
  constexpr std::array mishaps{
      "none",    "reset at once", "close at once", "cut in the head", "cut in the body",
      "silence", "nonsense"};
  const RequestPlan& request = plan.request;
  const ResponsePlan& response = plan.response;
  std::string line = fmt::format("{} {} ({})", plan.id, request.method, describe(request.body));
  const auto add = [&line](bool holds, std::string_view what) {
    if (holds) line.append(", ").append(what);
  };
  add(request.http_1_0, "HTTP/1.0");
  add(request.wants_close, "close");
  add(request.expects_continue, "expects 100");
  add(request.pipelined, "pipelined");
  line += fmt::format(" -> {} ({})", response.status, describe(response.body));
  add(response.http_1_0, "HTTP/1.0");
  add(response.early, "early");
  add(response.says_close, "close");
  add(response.closes_unsaid, "closes unsaid");
  for (const Mishap mishap : response.mishaps) add(true, mishaps[static_cast<std::size_t>(mishap)]);
  return line;
}

}  // namespace minato::scenario
