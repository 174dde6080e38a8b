// One asking of a check's question: a TCP connect and, unless that is all, a GET over it.
#pragma once

#include <optional>

#include "connection/http1_client.h"
#include "net/network.h"
#include "upstream/check.h"

namespace minato::upstream {

/// Thread:  the loop's; used once.
/// Outlive: loop, network and check.
class Probe {
 public:
  /// What it reads of an answer, at most.
  static constexpr std::size_t head_bytes_max = 64u << 10;
  static constexpr std::uint64_t body_bytes_max = 64u << 10;
  static constexpr int interim_max = 8;

  Probe(runtime::Loop& loop, net::Network& network, const Check& check);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// The status of the answer; 0 where a connect was all that was asked.
  Task<ProbeResult> ask();
  /// Reads on, so that the origin sees the end of its answer taken: whatever comes, it changes
  /// nothing. Bounded as the answer is, in bytes and in time.
  Task<void> read_rest();

 private:
  void begin_call(std::unique_ptr<net::Stream> stream);
  Result<void> compose_request();
  Task<ProbeResult> read_status();

  runtime::Loop& loop_;
  net::Network& network_;
  const Check& check_;
  http::BodyRules rules_;
  Instant until_ = never;
  Arena arena_;
  http::ResponseHead response_;
  std::optional<connection::Http1Client> client_;
};

}  // namespace minato::upstream
