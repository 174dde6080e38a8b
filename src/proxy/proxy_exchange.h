// One request on its way: endpoint after endpoint until one answers, then the response back.
#pragma once

#include <optional>

#include "proxy/body_mover.h"
#include "proxy/body_pump.h"
#include "proxy/max_forwards.h"
#include "proxy/proxy.h"
#include "proxy/verdict.h"
#include "runtime/scope.h"

namespace minato::proxy {

class ProxyExchange {
 public:
  ProxyExchange(const Service& service, const Surroundings& surroundings, http::Request& request,
                http::Responder& responder);

  Task<http::Outcome> run();

 private:
  using Failed = std::optional<http::Failure>;  // none: the response went out whole

  std::optional<http::Failure> refusal(const MaxForwards& hops) const;
  Task<http::Outcome> forward(MaxForwards hops);

  // One attempt.
  Task<Failed> try_endpoint(upstream::Picked& picked);
  Result<void> start_call(connection::Http1Client& client, const upstream::Candidate& candidate);
  Task<Failed> converse(connection::Call& call);
  Task<Result<void>> read_final_head(connection::Call& call);
  bool is_early(const Error& error) const;
  Instant head_deadline() const;
  Failed failed(const Error& error);
  Failed failed(const Moved& moved);

  // The response.
  Task<Failed> relay_response(connection::Call& call);
  static Task<Failed> refuse(http::Failure failure);
  Task<Failed> relay_body(connection::Call& call);
  Task<Failed> finish(connection::Call& call);
  Task<Failed> tunnel(connection::Call& call);
  http::BodyLength response_length(const connection::Call& call) const;
  const http::Fields* trailers_to_forward(const connection::Call& call) const;

  const Service& service_;
  const Surroundings& surroundings_;
  http::Request& request_;
  http::Responder& responder_;
  http::RequestHead forwarded_;
  http::ResponseHead response_;
  http::BodyRules upstream_rules_;
  upstream::Tried tried_;
  BodyPump pump_;
  Attempt attempt_;
  Instant began_;
  std::string_view response_connection_;
};

}  // namespace minato::proxy
