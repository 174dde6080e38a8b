#include "config/load.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "config/declarations.h"
#include "config/testing.h"
#include "schema/show.h"

namespace minato::config::testing {
namespace {

/// The configuration of a text that has nothing wrong with it.
Config good(std::string text, const schema::Environment& environment = {}) {
  const Loaded loaded = load_text("config.yaml", std::move(text), environment);
  EXPECT_EQ(render(loaded.problems), "");
  return loaded.config;
}

// The whole format of the original, as its users have it.
constexpr std::string_view original = R"(
cache:                       # a file without this section has no cache
  enabled: true
  max_body_size: 1048576     # bytes
  capacity: 100              # entries, global
  type: "LRU"                # LRU, LFU, and ours: S3FIFO, TinyLFU
  ttl: 300                   # freshness of a response that states none
services:
  - name: "service-name"     # unique
    listen_port: 80
    balancer: "RoundRobin"   # RoundRobin, LeastConnections; later more
    hosts:                   # scheme://domain[/path/prefix]; the longest prefix wins; a trailing slash means nothing
      - "http://example.com/"
      - "http://example.com/api"
    upstreams:
      - host: "http://backend1:8000"      # may carry a base path and a query
        health_uri: "/health"             # default "/"
)";

TEST(Load, AFileOfTheOriginalRunsUnchanged) {
  const Loaded loaded = load_text("config.yaml", std::string(original), {});
  EXPECT_TRUE(loaded.ok()) << render(loaded.problems);
  const Config& config = loaded.config;
  EXPECT_EQ(config.cache, cache::CacheOptions{});
  ASSERT_EQ(config.services.size(), 1u);
  const ServiceConfig& service = config.services[0];
  EXPECT_EQ(service.name, "service-name");
  EXPECT_EQ(service.listen_port, 80);
  EXPECT_EQ(service.balancer, "round_robin");
  EXPECT_EQ(service.hosts,
            (std::vector<http::RouteUrl>{{"example.com", 0, ""}, {"example.com", 0, "/api"}}));
  ASSERT_EQ(service.upstreams.size(), 1u);
  EXPECT_EQ(to_string(service.upstreams[0].host), "http://backend1:8000");
  EXPECT_EQ(service.upstreams[0].health_uri, "/health");
}

TEST(Load, TheCacheIsCheckedAndNoFault) {
  EXPECT_EQ(render(load_text("config.yaml", std::string(original), {}).problems), "");
  EXPECT_EQ(good("cache: {enabled: false}\n" + one_service).cache->service.enabled, false);
}

TEST(Load, TheOriginalsSpellingOfTheBodyLimitIsUnderstoodWithAWarning) {
  const Loaded loaded =
      load_text("config.yaml", "cache: {enabled: false, max_size: 2048}\n" + one_service, {});
  EXPECT_EQ(loaded.config.cache->service.max_body_size, 2_KiB);
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_EQ(headline(loaded.problems[0]),
            "config.yaml:1:25: warning: cache.max_size: an old spelling; write max_body_size");
}

TEST(Load, TheCacheHasDefaultsThatTheOriginalLacks) {
  EXPECT_EQ(good("cache: {enabled: false}\n" + one_service).cache,
            (cache::CacheOptions{.service = {.enabled = false}}));
  const cache::CacheOptions defaults;
  EXPECT_EQ(defaults.type, cache::EvictionType::lru);
  EXPECT_EQ(defaults.service.ttl, 300s);
  EXPECT_EQ(defaults.capacity, 100u);
}

// Every key of the top with the value that it has by default.
constexpr std::string_view every_default = R"(
workers: auto                # threads; auto: one per CPU this process may use
user: ""                     # becomes this user after binding, keeping only the capability to bind low ports
shutdown_grace: 30s
drain_delay: 0s              # on SIGTERM: readiness fails at once, listeners close after this
trusted_proxies: []          # CIDRs whose X-Forwarded-*, X-Real-IP and Forwarded (and PROXY protocol) are believed
control_socket: auto         # unix socket, mode 0600; auto: minato-<user>.sock in the runtime directory; off
log: {level: info, format: text, output: stderr}    # debug, info, warn, error; text, json
access_log: {output: stdout, format: combined}      # off, stdout, stderr or a file; common, combined, json, or a template
dns: {servers: [], min_ttl: 1s, max_ttl: 5m}        # empty: the system's
forwarding: {x_forwarded: true, x_real_ip: true, forwarded: false, via: true, request_id: X-Request-Id}   # "" : no request id field
timeouts:                    # each also under a service, but the first two
  request_header: 10s        # first byte to the end of the head
  keep_alive: 75s            # idle client connection
  connect: 5s
  response_header: 60s
  stream_idle: 60s           # no byte of a body in either direction
  tunnel_idle: 1h            # upgraded connections
  min_rate: 0                # bytes a second below which a body's sender is cut off after 30 s; 0: off
limits:
  connections: 0             # client connections of the whole process; 0: what descriptors allow. At the limit new ones wait unaccepted
  request_header_size: 64KiB
  request_header_count: 200
  request_target: 16KiB
  request_body: 0            # 0: no limit
  response_header_size: 64KiB
upstream_pool: {idle_per_host: 128, idle_timeout: 60s, requests_per_connection: 0}   # per worker; 0: no limit
retries: {attempts: 2}       # further tries after the first, only where it is safe
health_check: {type: http, interval: 10s, timeout: 5s, tcp_timeout: 1s, rise: 1, fall: 1, expect_status: [200-399], host: ""}
services:
  - name: web
    listen_port: 8080
    listen_address: ""       # empty: all addresses, IPv6 and IPv4 (IPv4 alone where the host has no IPv6)
    balancer: round_robin
    normalize: {merge_slashes: true}    # for matching only
    hosts: ["http://example.com/", "http://example.com/api/"]
    upstreams:
      - {host: "http://10.0.0.1:8000", health_uri: "/", max_connections: 0}   # over all workers; weight and backup come with the balancers
)";

TEST(Load, WhatIsNotStatedIsTheDefaultThatTheReferenceStates) {
  EXPECT_EQ(good(std::string(every_default)), good(one_service));
}

/// A pipe in a folder of its own; opening it waits for its other end.
class Pipe {
 public:
  Pipe() {
    std::string folder = (std::filesystem::temp_directory_path() / "minato-pipe-XXXXXX").string();
    path = std::filesystem::path(::mkdtemp(folder.data())) / "config.yaml";
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
  }
  ~Pipe() { std::filesystem::remove_all(path.parent_path()); }
  std::thread write(const std::string& text) const {
    return std::thread([this, text] { std::ofstream(path) << text; });
  }
  std::filesystem::path path;
};

TEST(Load, APipeIsReadOnceAndAStartWarnsThatItIsOnlyOnce) {
  const Pipe pipe;
  for (const auto& [reading, problems] :
       {std::pair{Reading::once, std::string()},
        std::pair{Reading::at_start, pipe.path.string() +
                                         ": warning: this is a pipe, which cannot be read again: "
                                         "every reload will be refused\n\n1 warning\n"}}) {
    std::thread writer = pipe.write(one_service);
    const Loaded loaded = load(pipe.path, {}, Machine::any, reading);
    writer.join();
    EXPECT_EQ(loaded.config.services.size(), 1u);
    EXPECT_EQ(render(loaded.problems), problems);
  }
}

TEST(Load, WhatIsNoRegularFileIsNotReadAgain) {
  const Pipe pipe;
  for (const auto& [path, kind] : {std::pair{pipe.path.string(), "a pipe"},
                                   std::pair{pipe.path.parent_path().string(), "a directory"},
                                   std::pair{std::string("/dev/zero"), "a device"}}) {
    const Loaded loaded = load(path, {}, Machine::any, Reading::again);
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(headline(loaded.problems[0]),
              path + ": cannot be read again: it is " + kind +
                  "; start minato with a regular file to be able to reload");
  }
}

TEST(Load, AFileWithoutEndIsTooLarge) {
  const Loaded loaded = load("/dev/zero", {});
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_EQ(headline(loaded.problems[0]),
            "/dev/zero: the file is too large; allowed: 67108864 bytes");
}

TEST(Load, AdminIsOffUnlessStated) {
  EXPECT_EQ(good(one_service).admin, std::nullopt);
  const Config config =
      good("admin: {listen: \"127.0.0.1:9180\", token_file: \"\"}\n" + one_service);
  EXPECT_EQ(config.admin, (AdminOptions{"127.0.0.1:9180", ""}));
}

TEST(Load, EveryKeyOfTheTopIsRead) {
  const Config config = good(R"(
workers: 4
user: www-data
shutdown_grace: 1h
drain_delay: 250ms
trusted_proxies: [10.0.0.0/8, "2001:db8::/32", 192.0.2.1]
control_socket: Off
admin: {listen: "0.0.0.0:9180", token_file: /etc/minato/token}
log: {level: DEBUG, format: Json, output: /var/log/minato.log}
access_log: {output: stdERR, format: "{client} {status}"}
dns: {servers: [192.0.2.53, "[2001:db8::53]:5353"], min_ttl: 5s, max_ttl: 10m}
forwarding: {x_forwarded: no, x_real_ip: off, forwarded: yes, via: false, request_id: ""}
timeouts: {request_header: 1, keep_alive: 2s, connect: 30ms, response_header: 4m, stream_idle: 5h, tunnel_idle: 0, min_rate: 1KB}
limits: {connections: 10, request_header_size: 8KiB, request_header_count: 20, request_target: 4096, request_body: 10MB, response_header_size: 1MiB}
upstream_pool: {idle_per_host: 0, idle_timeout: 3s, requests_per_connection: 1000}
retries: {attempts: 0}
health_check: {type: TCP, interval: 1s, timeout: 2s, tcp_timeout: 300ms, rise: 2, fall: 3, expect_status: [204, 3xx], host: health.example}
)" + one_service);
  EXPECT_EQ(config.workers, 4u);
  EXPECT_EQ(config.user, "www-data");
  EXPECT_EQ(config.shutdown_grace, 1h);
  EXPECT_EQ(config.drain_delay, 250ms);
  EXPECT_EQ(config.trusted_proxies,
            (std::vector<std::string>{"10.0.0.0/8", "2001:db8::/32", "192.0.2.1"}));
  EXPECT_EQ(config.control_socket, "off");
  EXPECT_EQ(config.admin, (AdminOptions{"0.0.0.0:9180", "/etc/minato/token"}));
  EXPECT_EQ(config.log, (observe::LogOptions{observe::LogLevel::debug, observe::LogFormat::json,
                                             "/var/log/minato.log"}));
  EXPECT_EQ(config.access_log, (observe::AccessLogOptions{"stderr", "{client} {status}"}));
  EXPECT_EQ(config.dns, (net::DnsOptions{{"192.0.2.53", "[2001:db8::53]:5353"}, 5s, 10min}));
  EXPECT_EQ(config.forwarding, (proxy::ForwardingOptions{false, false, true, false, ""}));
  EXPECT_EQ(config.timeouts, (connection::Timeouts{{1s, 2s}, {30ms, 4min, 5h, 0s, Bytes{1000}}}));
  EXPECT_EQ(config.limits,
            (connection::Limits{{10, 8_KiB, 20, 4_KiB}, {Bytes{10'000'000}, 1_MiB}}));
  EXPECT_EQ(config.upstream_pool, (upstream::PoolOptions{0, 3s, 1000}));
  EXPECT_EQ(config.retries, (upstream::RetryOptions{0}));
  EXPECT_EQ(config.health_check, (upstream::HealthOptions{upstream::HealthType::tcp,
                                                          1s,
                                                          2s,
                                                          300ms,
                                                          2,
                                                          3,
                                                          {{204, 204}, {300, 399}},
                                                          "health.example"}));
}

TEST(Load, AServiceOverridesTheTopKeyByKey) {
  const Config config = good(R"(
services:                    # before the sections that it inherits from
  - name: web
    listen_port: 80
    hosts: ["http://example.com/"]
    upstreams: [{host: "http://b"}]
    timeouts: {connect: 1s}
    limits: {request_body: 5}
    upstream_pool: {idle_per_host: 7}
    health_check: {type: off}
    forwarding: {via: false}
    access_log: {output: off}
  - name: plain
    listen_port: 81
    hosts: ["http://example.com/"]
    upstreams: [{host: "http://b"}]
timeouts: {connect: 2s, response_header: 3s}
limits: {response_header_size: 9KiB}
upstream_pool: {idle_timeout: 4s}
retries: {attempts: 1}
health_check: {interval: 3s, rise: 9}
forwarding: {x_real_ip: false, request_id: X-Trace}
access_log: {format: json}
)");
  const ServiceConfig& web = config.services.at(0);
  EXPECT_EQ(web.timeouts, (connection::ExchangeTimeouts{.connect = 1s, .response_header = 3s}));
  EXPECT_EQ(web.limits, (connection::ExchangeLimits{5_B, 9_KiB}));
  EXPECT_EQ(web.upstream_pool, (upstream::PoolOptions{.idle_per_host = 7, .idle_timeout = 4s}));
  EXPECT_EQ(web.retries.attempts, 1u);
  EXPECT_EQ(web.health_check, (upstream::HealthOptions{
                                  .type = upstream::HealthType::off, .interval = 3s, .rise = 9}));
  EXPECT_EQ(web.forwarding,
            (proxy::ForwardingOptions{.x_real_ip = false, .via = false, .request_id = "X-Trace"}));
  EXPECT_EQ(web.access_log, (observe::AccessLogOptions{"off", "json"}));
  const ServiceConfig& plain = config.services.at(1);
  EXPECT_EQ(plain.timeouts, (connection::ExchangeTimeouts{.connect = 2s, .response_header = 3s}));
  EXPECT_EQ(plain.health_check, config.health_check);
}

TEST(Load, AServiceOverridesTheCacheKeyByKey) {
  const Config config = good(R"(
services:
  - name: web
    listen_port: 80
    hosts: ["http://example.com/"]
    upstreams: [{host: "http://b"}]
    cache:
      enabled: true
      max_body_size: 2MiB
      ttl: 60
      status_ttl: {404: 10s, 5xx: 1s}
      stale_if_error: 1m
      targeted_fields: [X-Cache-Control]
      tags: {strip: true}
      collapse: {timeout: 2s}
      cache_status: {key: true}
      set_cookie: strip
      force: [{path: /static/, ttl: 1h, even_private: true}]
      bypass: [{cookie: session}, {header: X-Preview}, {path: /admin/}]
      key: {query: {ignore: [utm_*, gclid]}, headers: [X-A]}
  - name: plain
    listen_port: 81
    hosts: ["http://example.com/"]
    upstreams: [{host: "http://b"}]
cache:
  enabled: false
  ttl: 50
  ttl_applies_to_cookies: true
  status_ttl: {200: 5s}
  stale_if_error: 4s
  stale_while_revalidate: 3s
  targeted_fields: [Surrogate-Control]
  tags: {fields: [X-Tag]}
  collapse: {enabled: false}
  cache_status: {enabled: false}
  key: {query: {sort: true}, headers: [X-B], cookies: [lang]}
)");
  const cache::ServiceCacheOptions web{
      .enabled = true,
      .max_body_size = 2_MiB,
      .ttl = 60s,
      .status_ttl = {{{404, 404}, 10s}, {{500, 599}, 1s}},
      .ttl_applies_to_cookies = true,
      .stale_if_error = 1min,
      .stale_while_revalidate = 3s,
      .targeted_fields = {"X-Cache-Control"},
      .tags = {.fields = {"X-Tag"}, .strip = true},
      .collapse = {.enabled = false, .timeout = 2s},
      .cache_status = {.enabled = false, .key = true},
      .set_cookie = cache::SetCookie::strip,
      .force = {{.path = "/static/", .ttl = 1h, .even_private = true}},
      .bypass = {{.cookie = "session"}, {.header = "X-Preview"}, {.path = "/admin/"}},
      .key = {.query = {.ignore = {"utm_*", "gclid"}, .sort = true},
              .headers = {"X-A"},
              .cookies = {"lang"}}};
  EXPECT_EQ(config.services.at(0).cache, web);
  EXPECT_EQ(config.services.at(1).cache, config.cache->service);
  EXPECT_EQ(config.cache->service.tags.fields, (std::vector<std::string>{"X-Tag"}));
}

TEST(Load, VariablesComeFromTheEnvironment) {
  const Config config = good(R"(
services:
  - name: ${NAME}
    listen_port: ${PORT:-8080}
    hosts: ["http://${DOMAIN}/"]
    upstreams: [{host: "http://b"}]
)",
                             {{"NAME", "web"}, {"DOMAIN", "example.org"}});
  EXPECT_EQ(config.services.at(0).name, "web");
  EXPECT_EQ(config.services.at(0).listen_port, 8080);
  EXPECT_EQ(config.services.at(0).hosts.at(0).host, "example.org");
}

TEST(Load, EffectiveValuesReadBackAsThemselves) {
  const Config config = good(R"(
workers: 3
trusted_proxies: [10.0.0.0/8]
admin: {listen: "127.0.0.1:9180"}
access_log: {format: "{client} \"{request}\""}
timeouts: {connect: 1500ms, keep_alive: 0}
health_check: {expect_status: [204, 3xx]}
cache: {capacity: 7, key: {headers: [X-A]}}
)" + one_service);
  EXPECT_EQ(good(schema::show(config)), config);
}

TEST(Load, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(good("\xef\xbb\xbf" + one_service), good(one_service));
  EXPECT_EQ(problems_of("\xef\xbb\xbfworkers: x\n" + one_service),
            problems_of("workers: x\n" + one_service));
}

TEST(Load, TheEnvironmentOfAProcessIsNamesAndValues) {
  const char* const environ[] = {"A=1", "B=x=y", "EMPTY=", nullptr};
  EXPECT_EQ(environment_of(environ),
            (schema::Environment{{"A", "1"}, {"B", "x=y"}, {"EMPTY", ""}}));
}

TEST(Load, AFileThatIsNotThereIsNamed) {
  EXPECT_EQ(render(load("no/such.yaml", {}).problems),
            "no/such.yaml: cannot be read: No such file or directory\n\n1 error\n");
  EXPECT_FALSE(load("no/such.yaml", {}).ok());
}

TEST(Load, ADirectoryIsNoFile) {
  EXPECT_EQ(render(load("/", {}).problems), "/: cannot be read: Is a directory\n\n1 error\n");
}

}  // namespace
}  // namespace minato::config::testing
