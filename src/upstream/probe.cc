#include "upstream/probe.h"

namespace minato::upstream {

using http::FieldId;

Probe::Probe(runtime::Loop& loop, net::Network& network, const Check& check)
    : loop_(loop), network_(network), check_(check), arena_(loop.blocks()), response_(arena_) {
  rules_.idle = check.options.timeout;
}

Task<ProbeResult> Probe::ask() {
  const HealthOptions& options = check_.options;
  const Instant connect_until = loop_.now() + options.tcp_timeout;
  auto stream = co_await network_.connect(check_.endpoint->address, connect_until);
  if (!stream) co_return std::unexpected(stream.error());
  if (options.type != HealthType::http) co_return 0;
  until_ = loop_.now() + options.timeout;
  begin_call(std::move(*stream));
  if (const auto composed = compose_request(); !composed)
    co_return std::unexpected(composed.error());
  const auto sent = co_await client_->finish(nullptr);
  if (!sent) co_return std::unexpected(sent.error());
  co_return co_await read_status();
}

void Probe::begin_call(std::unique_ptr<net::Stream> stream) {
  client_.emplace(std::move(stream));
  client_->begin({.response = response_, .rules = rules_, .head_bytes_max = head_bytes_max});
}

Result<void> Probe::compose_request() {
  http::RequestHead head(arena_);
  head.method = http::Method::get;
  head.method_text = "GET";
  head.target.text = check_.target;
  head.fields.add(FieldId::host, check_.host);
  head.fields.add(FieldId::user_agent, "minato-health");
  head.fields.add(FieldId::connection, "close");
  return client_->start(head, http::BodyLength::none());
}

Task<ProbeResult> Probe::read_status() {
  for (int heads = 0; heads <= interim_max; ++heads) {
    const auto read = co_await client_->read_head(until_);
    if (!read) co_return std::unexpected(read.error());
    if (!response_.interim()) co_return response_.status;
  }
  co_return fail(Fault::malformed, Side::upstream, "interim responses without end");
}

Task<void> Probe::read_rest() {
  if (!client_ || response_.status == 0 || response_.interim()) co_return;
  rules_.idle = 1s;
  for (std::uint64_t bytes = 0; bytes < body_bytes_max && loop_.now() < until_;) {
    const auto piece = co_await client_->read_body();
    if (!piece || piece->empty()) co_return;
    bytes += piece->size();
  }
}

}  // namespace minato::upstream
