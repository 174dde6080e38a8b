// Settings of upstreams: endpoints, pools, retries, health and balancing.
#pragma once

#include "base/time.h"
#include "http/url.h"
#include "schema/declare.h"

namespace minato::upstream {

/// Idle connections to endpoints, per worker.
struct PoolOptions {
  std::uint32_t idle_per_host = 128;
  Millis idle_timeout = 60s;
  std::uint32_t requests_per_connection = 0;  ///< 0: no limit
  friend bool operator==(const PoolOptions&, const PoolOptions&) = default;
};

struct RetryOptions {
  std::uint32_t attempts = 2;  ///< further tries after the first
  friend bool operator==(const RetryOptions&, const RetryOptions&) = default;
};

enum class HealthType : std::uint8_t {
  http,  ///< a TCP connect, then a GET of `health_uri`
  tcp,
  off,
};

struct HealthOptions {
  static constexpr std::uint32_t fall_max = 100;
  HealthType type = HealthType::http;
  Millis interval = 10s;
  Millis timeout = 5s;
  Millis tcp_timeout = 1s;
  std::uint32_t rise = 1;
  std::uint32_t fall = 1;
  std::vector<schema::StatusRange> expect_status{{200, 399}};
  std::string host;  ///< the Host field; empty: the endpoint's own
  friend bool operator==(const HealthOptions&, const HealthOptions&) = default;
};

/// One `upstreams` entry: a URL whose name may have several addresses, each of them an endpoint.
struct UpstreamOptions {
  http::OriginUrl host;
  std::string health_uri = "/";       ///< joined to the base path as request paths are
  std::uint32_t max_connections = 0;  ///< in use at once, over all workers; 0: no limit
  friend bool operator==(const UpstreamOptions&, const UpstreamOptions&) = default;
};

/// The balancing policies by name; the factory's table has the same names.
inline constexpr std::array balancer_choices{
    schema::Choice{"round_robin", "Each usable endpoint in turn."},
    schema::Choice{"least_connections", "The endpoint with the fewest exchanges in flight."},
};

/// Wrong where `text` is not an absolute path with an optional query.
std::optional<schema::Rejection> check_health_uri(std::string_view text);
/// Wrong where `text` cannot be the value of a Host field.
std::optional<schema::Rejection> check_host_field(std::string_view text);

}  // namespace minato::upstream

namespace minato::schema {

template <>
inline constexpr auto choices<upstream::HealthType> = std::array{
    Named{upstream::HealthType::http, "http", "A TCP connect, then a GET of `health_uri`."},
    Named{upstream::HealthType::tcp, "tcp", "A TCP connect alone."},
    Named{upstream::HealthType::off, "off", "No checks: every endpoint counts as up."},
};

template <>
inline constexpr auto of<upstream::PoolOptions> = object(
    "Idle connections kept to each endpoint, per worker.",
    field(&upstream::PoolOptions::idle_per_host, "idle_per_host",
          "How many idle connections a worker keeps to an endpoint; 0: none.",
          between(0u, 100'000u)),
    field(&upstream::PoolOptions::idle_timeout, "idle_timeout",
          "How long one is kept. Endpoints that close sooner are learnt.", between(100ms, 24h)),
    field(&upstream::PoolOptions::requests_per_connection, "requests_per_connection",
          "Requests after which a connection is closed.", between(1u, 1'000'000'000u),
          zero_means("no limit")));

template <>
inline constexpr auto of<upstream::RetryOptions> = object(
    "Trying again where it is safe: nothing of a response was seen, and repeating the request does "
    "no harm.",
    field(&upstream::RetryOptions::attempts, "attempts", "Further tries after the first.",
          between(0u, 10u)));

template <>
inline constexpr auto of<upstream::HealthOptions> = object(
    "How endpoints are checked.",
    field(&upstream::HealthOptions::type, "type", "What a check does."),
    field(
        &upstream::HealthOptions::interval, "interval",
        "Time between checks of an endpoint. Services that ask the same of one (path, host, type) "
        "share its checks: at the shortest of their intervals, with the timeouts that stand "
        "there. What the answers mean is each service's own.",
        between(100ms, 24h)),
    field(&upstream::HealthOptions::timeout, "timeout", "For the HTTP part of a check.",
          between(10ms, 10min)),
    field(&upstream::HealthOptions::tcp_timeout, "tcp_timeout", "For the connect of a check.",
          between(10ms, 10min)),
    field(&upstream::HealthOptions::rise, "rise",
          "Passed checks in a row that bring an endpoint back.", between(1u, 100u)),
    field(&upstream::HealthOptions::fall, "fall",
          "Failed checks or connects in a row that take an endpoint out.",
          between(1u, upstream::HealthOptions::fall_max)),
    field(&upstream::HealthOptions::expect_status, "expect_status", "Statuses that pass.",
          not_empty),
    field(&upstream::HealthOptions::host, "host",
          "Host field of a check; empty: the endpoint's own.",
          checked(upstream::check_host_field, "a host with an optional port")));

template <>
inline constexpr auto of<upstream::UpstreamOptions> = object(
    "Where requests go.",
    field(&upstream::UpstreamOptions::host, "host",
          "`http://host[:port]` with an optional base path and query, or `unix:/path`.", required),
    field(&upstream::UpstreamOptions::health_uri, "health_uri",
          "What a health check asks for, joined to the base path.",
          checked(upstream::check_health_uri, "an absolute path with an optional query")),
    field(
        &upstream::UpstreamOptions::max_connections, "max_connections",
        "Exchanges under way at each endpoint, over all workers: connections that are in use. Idle "
        "ones are not counted; `upstream_pool.idle_per_host` bounds those.",
        between(1u, 10'000'000u), zero_means("no limit")),
    later("weight", "more balancers"), later("backup", "more balancers"));

}  // namespace minato::schema
