#include "net/resolver.h"

#include <ares.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "net/ares_channel.h"
#include "net/host.h"

namespace minato::net {
namespace {

constexpr Millis hosts_file_ttl = 10s;
constexpr std::size_t addresses_max = 256;
constexpr std::size_t name_bytes_max = 254;  // RFC 1035 2.3.4, with the dot at its end

Error error_of(int status) {
  const char* const detail = ::ares_strerror(status);
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME: return {Fault::not_found, Side::upstream, 0, detail};
    case ARES_ETIMEOUT: return {Fault::timed_out, Side::upstream, 0, detail};
    case ARES_EFORMERR:
    case ARES_EBADRESP: return {Fault::malformed, Side::upstream, 0, detail};
    case ARES_ENOMEM: return {Fault::resource, Side::local, 0, detail};
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION: return {Fault::cancelled, Side::local, 0, detail};
    default: return {Fault::refused, Side::upstream, 0, detail};
  }
}

std::vector<Address> addresses_of(const ares_addrinfo& answer) {
  std::vector<Address> found;
  for (const auto* node = answer.nodes; node != nullptr; node = node->ai_next)
    if (found.size() < addresses_max)
      found.push_back(Address::from(node->ai_addr, node->ai_addrlen).with_port(0));
  std::ranges::sort(found, {}, [](const Address& address) {
    return std::pair(address.family(), address.ip_bytes());
  });
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

/// The least that any record states on the way to the addresses.
Seconds ttl_of(const ares_addrinfo& answer) {
  int least = std::numeric_limits<int>::max();
  for (const auto* node = answer.nodes; node != nullptr; node = node->ai_next)
    least = std::min(least, node->ai_ttl);
  for (const auto* name = answer.cnames; name != nullptr; name = name->next)
    least = std::min(least, name->ttl);
  return Seconds(least);
}

class Lookup;

/// What c-ares holds of a question. It outlives the task that asked, where that is dropped.
struct Question {
  Lookup* asker;
};

/// co_await: the answer to one question.
class Lookup final : runtime::Turn {
 public:
  Lookup(runtime::EpollLoop& loop, AresChannel& channel, const DnsOptions& options, Instant until)
      : loop_(loop),
        channel_(channel),
        options_(options),
        until_(until),
        deadline_(loop.timers(), *this) {}
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() { forget_question(); }

  void ask(const std::string& name, int family);

  bool await_ready() const { return result_.has_value(); }
  void await_suspend(std::coroutine_handle<> who) {
    who_ = who;
    deadline_.arm(until_);
  }
  Result<Resolution> await_resume() { return *std::move(result_); }

 private:
  static void answered(void* question, int status, int timeouts, ares_addrinfo* answer);
  void take(int status, const ares_addrinfo* answer);
  void forget_question() {
    if (question_ != nullptr) std::exchange(question_, nullptr)->asker = nullptr;
  }
  void run() override { who_.resume(); }
  void deadline_passed();

  runtime::EpollLoop& loop_;
  AresChannel& channel_;
  const DnsOptions& options_;
  Instant until_;
  runtime::TimerOf<Lookup, &Lookup::deadline_passed> deadline_;
  Question* question_ = nullptr;
  bool asking_ = false;  // an answer within `ask` comes from the hosts file: no server was asked
  std::optional<Result<Resolution>> result_;
  std::coroutine_handle<> who_;
};

void Lookup::ask(const std::string& name, int family) {
  const ares_addrinfo_hints hints{.ai_flags = ARES_AI_NOSORT,
                                  .ai_family = family,
                                  .ai_socktype = SOCK_STREAM,
                                  .ai_protocol = 0};
  question_ = new Question{this};
  asking_ = true;
  ::ares_getaddrinfo(channel_.get(), name.c_str(), nullptr, &hints, answered, question_);
  asking_ = false;
  channel_.look_soon();
}

void Lookup::answered(void* question, int status, int, ares_addrinfo* answer) {
  const std::unique_ptr<Question> owned(static_cast<Question*>(question));
  const std::unique_ptr<ares_addrinfo, decltype(&::ares_freeaddrinfo)> freed(answer,
                                                                             ::ares_freeaddrinfo);
  if (owned->asker != nullptr) owned->asker->take(status, answer);
}

void Lookup::take(int status, const ares_addrinfo* answer) {
  question_ = nullptr;
  if (status == ARES_SUCCESS && answer->nodes == nullptr) status = ARES_ENODATA;
  if (status == ARES_SUCCESS) {
    const Millis ttl = asking_ ? hosts_file_ttl : ttl_of(*answer);
    result_ = Resolution{
        .addresses = addresses_of(*answer),
        .ttl = std::clamp(ttl, options_.min_ttl, std::max(options_.min_ttl, options_.max_ttl))};
  } else {
    result_ = std::unexpected(error_of(status));
  }
  deadline_.disarm();
  // c-ares is in the midst of its work: who waits may do anything, so it waits for its turn.
  if (who_) loop_.defer(*this);
}

void Lookup::deadline_passed() {
  forget_question();
  result_ = fail(Fault::timed_out, Side::upstream, "the name was not resolved in time");
  who_.resume();
}

class AresResolver final : public Resolver {
 public:
  AresResolver(runtime::EpollLoop& loop, DnsOptions options, std::unique_ptr<AresChannel> channel)
      : loop_(loop),
        options_(std::move(options)),
        family_(has_ipv6() ? AF_UNSPEC : AF_INET),
        channel_(std::move(channel)) {}

  Task<Result<Resolution>> resolve(std::string name, Instant until) override {
    if (const auto literal = Address::parse(name, 0)) {
      Resolution itself{.addresses = {*literal}, .ttl = options_.max_ttl};
      co_return itself;
    }
    if (name.empty() || name.size() > name_bytes_max || name.contains('\0'))
      co_return fail(Fault::not_found, Side::upstream, "not a host name");
    Lookup lookup(loop_, *channel_, options_, until);
    lookup.ask(name, family_);
    auto answer = co_await lookup;
    co_return answer;
  }

 private:
  runtime::EpollLoop& loop_;
  DnsOptions options_;
  int family_;
  std::unique_ptr<AresChannel> channel_;
};

}  // namespace

Result<std::unique_ptr<Resolver>> make_resolver(runtime::EpollLoop& loop,
                                                const DnsOptions& options) {
  std::vector<Address> servers;
  for (const std::string& text : options.servers)
    if (const auto server = Address::parse_with_port(text, dns_port)) servers.push_back(*server);
  auto channel = AresChannel::make(loop, servers);
  if (!channel) return std::unexpected(channel.error());
  return std::make_unique<AresResolver>(loop, options, std::move(*channel));
}

}  // namespace minato::net
