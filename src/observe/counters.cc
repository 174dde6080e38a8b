#include "observe/counters.h"

namespace minato::observe {
namespace {

using enum Counter;
using enum CounterKind;
using enum CounterUnit;

constexpr std::array<CounterRow, counter_count> rows{{
    {connections_accepted, "connections_accepted", total, things, "Client connections accepted."},
    {connections_open, "connections_open", level, things, "Client connections open now."},
    {accept_failures, "accept_failures", total, things,
     "Connections that could not be accepted: raise the limit of descriptors if it grows."},
    {requests, "requests", total, things, "Requests of which something came."},
    {requests_in_flight, "requests_in_flight", level, things,
     "Requests being read or answered now."},
    {responses_1xx, "responses_1xx", total, things,
     "Switched protocols. Interim responses do not count."},
    {responses_2xx, "responses_2xx", total, things, "Responses with a status of 200 to 299."},
    {responses_3xx, "responses_3xx", total, things, "Responses with a status of 300 to 399."},
    {responses_4xx, "responses_4xx", total, things, "Responses with a status of 400 to 499."},
    {responses_5xx, "responses_5xx", total, things,
     "Responses with a status of 500 to 599; the access log has the reason of each."},
    {exchanges_cut, "exchanges_cut", total, things,
     "Exchanges that ended before their response was whole, and tunnels that did not end in good "
     "order; the access log has the reason of each."},
    {bytes_in, "bytes_in", total, bytes, "Received from clients."},
    {bytes_out, "bytes_out", total, bytes, "Sent to clients."},
    {upgrades, "upgrades", total, things, "Connections that became tunnels."},
    {retries, "retries", total, things,
     "Further attempts after a failed one: an endpoint fails if it grows."},
    {cache_hits, "cache_hits", total, things, "Requests that the cache answered."},
    {cache_misses, "cache_misses", total, things,
     "Requests in front of a cache that the origin was asked for."},
    {upstream_connections_opened, "upstream_connections_opened", total, things,
     "Connections opened to endpoints."},
    {upstream_connections_reused, "upstream_connections_reused", total, things,
     "Exchanges that found a connection in the pool."},
    {upstream_connections_open, "upstream_connections_open", level, things,
     "Connections to endpoints open now, idle ones included."},
    {upstream_connect_failures, "upstream_connect_failures", total, things,
     "Connects to endpoints that were refused, timed out or failed otherwise."},
    {access_log_lines, "access_log_lines", total, things, "Lines handed to the access log."},
    {access_log_drops, "access_log_drops", total, things,
     "Lines that are missing because an output of the access log was too slow, or failed."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].counter) != i || rows[i].help.empty()) return false;
  return true;
}
static_assert(in_order(), "each counter has its row, in the order of the enumeration");

}  // namespace

std::span<const CounterRow, counter_count> counter_rows() noexcept { return rows; }

std::uint64_t sum(std::span<const Counters> workers, Counter counter) noexcept {
  std::uint64_t all =
      0;  // a level counted up here and down there wraps, and comes right in the sum
  for (const Counters& worker : workers) all += worker.read(counter);
  return all;
}

}  // namespace minato::observe
