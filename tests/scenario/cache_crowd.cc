#include "scenario/cache_crowd.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/message.h"
#include "sim/sim_network.h"

namespace minato::scenario {
namespace {

constexpr Nanos patience = 10'000h;
constexpr int versions_max = 50;

net::Address machine(std::string_view ip, std::uint16_t port) {
  return *net::Address::parse(ip, port);
}

const char* any_of(std::span<const char* const> texts, Random& random) {
  return texts[random.below(texts.size())];
}

int number_in(const Head& head, std::string_view name) {
  return std::atoi(head.value(name).c_str());
}

/// What a client says in Accept-Language, from 1; each in several spellings of one meaning.
std::string language_field(int language, Random& random) {
  constexpr std::array<const char*, 4> spellings{"l1, en;q=0.5", "l2, en;q=0.5", "EN;q=0.5,L1",
                                                 "EN;q=0.5,L2"};
  const auto at =
      static_cast<std::size_t>(language - 1 + (random.one_in(2) ? Thing::languages : 0));
  return fmt::format("Accept-Language: {}\r\n", spellings[at]);
}

int language_in(const Head& request) {
  const std::string said = request.value("accept-language");
  return said[said.find_first_of("lL") + 1] - '0';
}

struct Span {
  std::size_t first = 0, last = 0;
  bool stated = false;
};

/// `bytes=A-B`, `bytes A-B/N`.
Span span_of(const std::string& text) {
  Span span;
  const auto from = std::min(text.size(), std::size_t{6});
  span.stated = std::sscanf(text.c_str() + from, "%zu-%zu", &span.first, &span.last) == 2;
  return span;
}

class CrowdOrigin {
 public:
  CrowdOrigin(runtime::Loop& loop, net::Network& network, const net::Address& address,
              const CrowdPlan& plan, Said& said, std::uint64_t seed)
      : plan_(plan),
        said_(said),
        random_(seed),
        listener_(network.listen({.address = address}).value()),
        versions_(plan.things, 1),
        connections_(loop),
        accepting_(loop) {
    accepting_.start(accept());
  }

  bool knows(const Thing& thing) const {
    return static_cast<std::size_t>(thing.number) < versions_.size() && thing.version >= 1 &&
           thing.version <= versions_[static_cast<std::size_t>(thing.number)];
  }
  int requests() const { return requests_; }
  std::size_t connections() const { return connections_.running(); }

 private:
  Task<void> accept();
  Task<void> serve(std::unique_ptr<net::Stream> stream);
  std::string answer(const Head& request, bool& to_close);
  std::string whole(const Thing& thing, bool& to_close);

  const CrowdPlan& plan_;
  Said& said_;
  Random random_;
  std::unique_ptr<net::Listener> listener_;
  std::vector<int> versions_;
  int requests_ = 0;
  runtime::Scope connections_;
  runtime::Scope accepting_;
};

Task<void> CrowdOrigin::accept() {
  for (;;) {
    auto accepted = co_await listener_->accept();
    if (!accepted) co_return;
    connections_.start(serve(std::move(accepted->stream)));
  }
}

Task<void> CrowdOrigin::serve(std::unique_ptr<net::Stream> stream) {
  Inbox inbox(*stream, random_);
  for (bool goes_on = true; goes_on;) {
    Head head;
    const Ending ending = co_await inbox.read_head(head);
    if (ending != Ending::complete) co_return;
    ++requests_;
    bool to_close = false;
    std::string text = answer(head, to_close);
    const bool breaks_off = plan_.mishaps && random_.one_in(6);
    if (breaks_off) text.resize(random_.below(text.size()));
    const Pace pace{.piece_max = 300 + random_.below(3000),
                    .pause_max = random_.one_in(2) ? 200ms : 0ms};
    const bool sent = co_await write_paced(*stream, random_, pace, std::move(text));
    goes_on = sent && !to_close;
    if (breaks_off) stream->reset_on_close();  // an end would pass for that of a body
    if (breaks_off) co_return;
  }
  stream->end_writing();
  for (bool more = true; more; inbox.consume(inbox.unread().size())) more = co_await inbox.fill();
}

std::string CrowdOrigin::answer(const Head& request, bool& to_close) {
  constexpr std::array<const char*, 8> directives{
      "max-age=60", "max-age=60", "max-age=60", "max-age=1, stale-while-revalidate=60",
      "max-age=1",  "private",    "no-store",   "max-age=1, stale-if-error=60"};
  const int number = std::atoi(request.word(1).c_str() + 1);
  int& version = versions_[static_cast<std::size_t>(number)];
  if (random_.one_in(6) && version < versions_max) ++version;
  Thing thing{.number = number, .version = version};
  if (thing.varies()) thing.language = language_in(request);
  const std::string etag = fmt::format("\"{}-{}\"", version, thing.language);
  const std::string fields =
      fmt::format("ETag: {}\r\nCache-Control: {}\r\n{}", etag, any_of(directives, random_),
                  thing.varies() ? "Vary: Accept-Language\r\n" : "");
  if (request.value("if-none-match") == etag) return "HTTP/1.1 304 Same\r\n" + fields + "\r\n";
  const std::string told = fmt::format(
      "X-Thing: {0}\r\nX-Version: {1}\r\nX-Language: {2}\r\nX-Said: {3}\r\nCache-Tag: t{0}\r\n{4}",
      number, version, thing.language, ++said_.answers, fields);
  const Span span = span_of(request.value("range"));
  if (!span.stated || span.first >= thing.bytes() || random_.one_in(3))
    return "HTTP/1.1 200 OK\r\n" + told + whole(thing, to_close);
  const std::size_t last = std::min(span.last, thing.bytes() - 1);
  std::string text = fmt::format(
      "HTTP/1.1 206 Part\r\n{}Content-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n\r\n", told,
      span.first, last, thing.bytes(), last - span.first + 1);
  for (std::size_t at = span.first; at <= last; ++at) text += thing.byte(at);
  return text;
}

/// Framing and body of all of it.
std::string CrowdOrigin::whole(const Thing& thing, bool& to_close) {
  BodyPlan body{.style = Framing::Kind::length, .bytes = thing.bytes(), .chunk_max = 5000};
  if (random_.one_in(3)) body.style = Framing::Kind::chunked;
  to_close = random_.one_in(8);
  if (to_close) body.style = Framing::Kind::to_close;
  const std::string framed = framed_body(body, thing.key(), random_);
  if (to_close) return "Connection: close\r\n\r\n" + framed;
  if (body.style == Framing::Kind::chunked) return "Transfer-Encoding: chunked\r\n\r\n" + framed;
  return fmt::format("Content-Length: {}\r\n\r\n", thing.bytes()) + framed;
}

class CrowdClient {
  struct Asked {
    Thing thing;  ///< of whatever version
    Span span{};
    int purged = 0;  ///< what was said up to then has no place in the answer
  };

 public:
  CrowdClient(runtime::Loop& loop, net::Network& network, const CrowdPlan& plan,
              const CrowdOrigin& origin, const Said& said, CrowdReport& report, std::uint64_t seed)
      : loop_(loop),
        network_(network),
        plan_(plan),
        origin_(origin),
        said_(said),
        report_(report),
        random_(seed),
        left_(2 + static_cast<int>(random_.below(7))),
        tasks_(loop) {
    tasks_.start(run());
  }
  bool done() const { return tasks_.running() == 0; }

 private:
  Task<void> run();
  Task<void> converse(std::unique_ptr<net::Stream> stream);
  Task<bool> exchange(net::Stream& stream, Inbox& inbox);
  Task<bool> take_body(Inbox& inbox, const Head& head, Framing framing, Asked asked);
  void violate(std::string what) { report_.violations.push_back(std::move(what)); }
  /// What may happen in a run in which something breaks.
  void excuse(std::string_view what) {
    if (plan_.undisturbed()) violate(fmt::format("{}, though nothing breaks", what));
  }

  runtime::Loop& loop_;
  net::Network& network_;
  const CrowdPlan& plan_;
  const CrowdOrigin& origin_;
  const Said& said_;
  CrowdReport& report_;
  Random random_;
  int left_;
  runtime::Scope tasks_;
};

Task<void> CrowdClient::run() {
  while (left_ > 0) {
    co_await runtime::pause(loop_, Nanos(random_.below(Nanos(600ms).count())));
    auto stream = co_await network_.connect(House::machine(), never);
    if (stream)
      co_await converse(std::move(*stream));
    else
      --left_, excuse("no connection");
  }
}

Task<void> CrowdClient::converse(std::unique_ptr<net::Stream> stream) {
  // Not so slow that what was sent is taken for idle time.
  const Pace pace{.piece_max = 500 + random_.below(4000),
                  .pause_max = random_.one_in(3) ? 100ms : 0ms};
  Inbox inbox(*stream, random_, pace);
  for (bool goes_on = true; goes_on && left_ > 0;) {
    --left_;
    goes_on = co_await exchange(*stream, inbox);
    if (random_.one_in(3)) co_await runtime::pause(loop_, Nanos(random_.below(Nanos(1s).count())));
  }
}

/// False where the connection is of no more use.
Task<bool> CrowdClient::exchange(net::Stream& stream, Inbox& inbox) {
  Asked asked{.thing = {.number = static_cast<int>(random_.below(plan_.things))}};
  const int language = 1 + static_cast<int>(random_.below(Thing::languages));
  if (asked.thing.varies()) asked.thing.language = language;
  std::string request = fmt::format("GET /{} HTTP/1.1\r\nHost: site.example\r\n{}",
                                    asked.thing.number, language_field(language, random_));
  if (random_.one_in(4)) {
    Span& span = asked.span;
    span = {.first = random_.below(2000), .stated = true};
    span.last = span.first + random_.below(4000);
    request += fmt::format("Range: bytes={}-{}\r\n", span.first, span.last);
  }
  if (random_.one_in(10)) request += "Cache-Control: no-cache\r\n";
  asked.purged = said_.purged[static_cast<std::size_t>(asked.thing.number)];
  const bool sent = co_await write_paced(stream, random_, {}, request + "\r\n");
  if (random_.one_in(12)) co_return false;  // leaves without an answer
  Head head;
  Ending ending = Ending::cut;
  if (sent) ending = co_await inbox.read_head(head);
  if (ending == Ending::wrong) violate("what comes is no HTTP");
  if (ending != Ending::complete) excuse("no answer");
  if (ending != Ending::complete) co_return false;
  const Framing framing = Framing::of_response(head, "GET");
  const bool whole = co_await take_body(inbox, head, framing, asked);
  co_return whole&& framing.kind != Framing::Kind::to_close&& head.value("connection") != "close";
}

Task<bool> CrowdClient::take_body(Inbox& inbox, const Head& head, Framing framing, Asked asked) {
  const int status = head.status();
  const Thing thing{.number = number_in(head, "x-thing"),
                    .version = number_in(head, "x-version"),
                    .language = number_in(head, "x-language")};
  const bool of_origin = status == 200 || status == 206;
  const Span part = span_of(head.value("content-range"));
  if (!of_origin && status != 416) excuse(fmt::format("status {}", status));
  const bool is_asked_for =
      thing.number == asked.thing.number && thing.language == asked.thing.language;
  if (of_origin && (!is_asked_for || !origin_.knows(thing)))
    violate(fmt::format("{} for {}", thing.name(), asked.thing.name()));
  if (of_origin && number_in(head, "x-said") <= asked.purged)
    violate(fmt::format("{} was purged before it was asked for", thing.name()));
  const Span span = asked.span;
  if (status == 206 && (!part.stated || part.first < span.first || part.last > span.last))
    violate("another part than was asked for");
  std::size_t bytes = 0;
  bool right = true;
  const std::size_t from = status == 206 ? part.first : 0;
  Inbox::Take take = [&](std::string_view piece) {
    for (const char c : piece) right &= c == thing.byte(from + bytes++);
  };
  Head trailers;
  const Ending ending = co_await inbox.read_body(framing, take, trailers);
  if (ending == Ending::wrong) violate("a body that is none");
  if (ending == Ending::cut) excuse("a body that is cut");
  if (!of_origin) co_return ending == Ending::complete;
  if (!right) violate(fmt::format("bytes of another thing for {}", thing.name()));
  const std::size_t due = status == 206 ? part.last - part.first + 1 : thing.bytes();
  if (ending == Ending::complete && bytes != due)
    violate(fmt::format("{} bytes of {} passed for all of {}", bytes, due, thing.name()));
  report_.answers += ending == Ending::complete;
  co_return ending == Ending::complete;
}

/// All that runs, in the order in which it may die.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed);
  CrowdReport finish();

 private:
  bool clients_done() const {
    return std::ranges::all_of(clients_, [](const auto& client) { return client->done(); });
  }
  bool all_reloaded() const {
    return house_.reloads().size() == static_cast<std::size_t>(plan_.reloads);
  }
  void expect(bool holds, const char* what) {
    if (!holds) report_.violations.emplace_back(what);
  }

  const CrowdPlan plan_;
  const net::Address address_ = machine("10.0.0.1", 8001);
  Said said_{plan_.things};
  CrowdReport report_;
  sim::SimWorld world_;
  sim::SimLoop& client_loop_;
  sim::SimLoop& origin_loop_;
  sim::SimNetwork client_network_, origin_network_;
  CrowdOrigin origin_;
  House house_;
  CachePurger purger_;
  std::vector<std::unique_ptr<CrowdClient>> clients_;
};

Crowd::Crowd(std::uint64_t seed)
    : plan_(seed),
      world_(seed),
      client_loop_(world_.add_loop()),
      origin_loop_(world_.add_loop()),
      client_network_(world_.wire(), client_loop_, machine("192.0.2.1", 0)),
      origin_network_(world_.wire(), origin_loop_, machine("10.0.0.1", 0)),
      origin_(origin_loop_, origin_network_, address_, plan_, said_, seed),
      house_(world_, plan_.config(address_), static_cast<std::uint32_t>(plan_.workers)),
      purger_(client_loop_, house_,
              {.purges = plan_.purges, .reloads = plan_.reloads, .config = plan_.config(address_)},
              said_, seed) {
  world_.wire().faults() = plan_.faults;
  for (std::size_t i = 0; i < plan_.clients; ++i)
    clients_.push_back(std::make_unique<CrowdClient>(client_loop_, client_network_, plan_, origin_,
                                                     said_, report_, seed * 10 + i));
}

CrowdReport Crowd::finish() {
  expect(world_.run_until([this] { return clients_done(); }, patience), "a client is stuck");
  report_.purges = purger_.purges_done();
  report_.reloads = static_cast<int>(house_.reloads().size());
  expect(world_.run_until([this] { return purger_.done() && all_reloaded(); }, patience),
         "a purge or a reload is stuck");
  clients_.clear();
  house_.shut_down();
  expect(house_.has_ended(), "the program does not end");
  expect(world_.run_until([this] { return origin_.connections() == 0; }, patience),
         "an origin is stuck");
  world_.advance(1h);
  expect(house_.lent_bytes() == 0, "buffers are left");
  expect(house_.count(observe::Counter::requests_in_flight) == 0, "exchanges are left");
  expect(house_.count(observe::Counter::upstream_connections_open) == 0,
         "connections to origins are left");
  for (std::size_t i = 0; i < plan_.workers; ++i)
    expect(house_.network(i).open_streams() == 0, "streams are left");
  std::ranges::copy(purger_.violations(), std::back_inserter(report_.violations));
  report_.origin_requests = origin_.requests();
  return report_;
}

}  // namespace

std::string Thing::name() const {
  return fmt::format("thing {} of version {} in language {}", number, version, language);
}

std::size_t Thing::bytes() const {
  constexpr std::array<std::size_t, 5> sizes{0, 10, 700, 3000, 9000};
  return sizes[static_cast<std::size_t>(number + version + language) % sizes.size()];
}

BodyKey Thing::key() const {
  return {number * (languages + 1) + language, Direction::response, version};
}

char Thing::byte(std::size_t offset) const { return body_byte(key(), offset); }

CrowdPlan::CrowdPlan(std::uint64_t seed) {
  Random random(seed);
  faults = sim::any_faults(random);
  faults.segment_max = std::max<std::size_t>(faults.segment_max, 100);
  faults.buffer_min = std::max<std::size_t>(faults.buffer_min, 300);
  faults.buffer_max = 4 * faults.buffer_min;
  if (random.one_in(2)) faults.refuse_one_in = faults.reset_one_in = faults.stall_one_in = 0;
  links_break = faults.refuse_one_in + faults.reset_one_in + faults.stall_one_in > 0;
  mishaps = random.one_in(2);
  workers = 1 + random.below(2);
  clients = 2 + random.below(4);
  things = 1 + random.below(4);
  cache.capacity = 1 + random.below(5);
  cache.type = static_cast<cache::EvictionType>(random.below(4));
  cache.max_memory = 4_MiB;
  cache.service.max_body_size = random.one_in(3) ? 2000_B : 1_MiB;
  cache.service.collapse.enabled = !random.one_in(5);
  cache.service.collapse.timeout = random.one_in(3) ? 20ms : 5s;
  if (random.one_in(2)) purges = 1 + static_cast<int>(random.below(4));
  if (random.one_in(2)) reloads = 1 + static_cast<int>(random.below(3));
  cache.keep_on_reload = random.one_in(2);
}

config::Config CrowdPlan::config(const net::Address& origin) const {
  config::Config config = plain_config({origin});
  config.cache = cache;
  config.services.front().cache = cache.service;
  return config;
}

CrowdReport run_crowd(std::uint64_t seed) { return Crowd(seed).finish(); }

}  // namespace minato::scenario
