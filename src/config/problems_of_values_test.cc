// What is wrong with single values, as a person reads it.
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(ProblemsOfValues, ANameThatNoUserCanHave) {
  const auto headline_of = [](const std::string& user) {
    const Loaded loaded =
        load_text("config.yaml", "user: " + user + "\n" + one_service, {}, Machine::this_one);
    return loaded.problems.empty() ? "" : headline(loaded.problems[0]);
  };
  EXPECT_EQ(
      headline_of(std::string(5'000'000, 'a')),
      "config.yaml:1:7: user: the name is too long; allowed: a user name of at most 255 bytes");
  EXPECT_EQ(problems_of("user: " + std::string(255, 'a') + "\n" + one_service), "");
}

TEST(ProblemsOfValues, Numbers) {
  EXPECT_EQ(problems_of(R"(
workers: many
retries: {attempts: 11}
health_check: {rise: 0, fall: -1}
limits: {request_header_count: 99999999999999999999, connections: 1e3}
)" + one_service),
            text(R"(
config.yaml:1:10: workers: "many" is not a whole number; allowed: a whole number from 1 to 1024, or auto
     1 | workers: many
       |          ^~~~

config.yaml:2:21: retries.attempts: "11" is too large; allowed: a whole number from 0 to 10
     2 | retries: {attempts: 11}
       |                     ^~

config.yaml:3:22: health_check.rise: "0" is too small; allowed: a whole number from 1 to 100
     3 | health_check: {rise: 0, fall: -1}
       |                      ^

config.yaml:3:31: health_check.fall: "-1" is too small; allowed: a whole number from 1 to 100
     3 | health_check: {rise: 0, fall: -1}
       |                               ^~

config.yaml:4:32: limits.request_header_count: "99999999999999999999" is too large; allowed: a whole number from 10 to 10000
     4 | limits: {request_header_count: 99999999999999999999, connections: 1e3}
       |                                ^~~~~~~~~~~~~~~~~~~~

config.yaml:4:67: limits.connections: "1e3" is not a whole number; allowed: a whole number from 1 to 10000000, or 0 (what descriptors allow)
     4 | limits: {request_header_count: 99999999999999999999, connections: 1e3}
       |                                                                   ^~~

6 errors
)"));
}

TEST(ProblemsOfValues, Durations) {
  EXPECT_EQ(problems_of(R"(
timeouts:
  request_header: 10sec
  keep_alive: 75 parsecs
  connect: 1ms
  tunnel_idle: 200h
  stream_idle: -1s
shutdown_grace: 0.5s
)" + one_service),
            text(R"(
config.yaml:2:19: timeouts.request_header: "10sec" is not a duration; allowed: a duration (250ms, 10s, 5m, 1h) from 100ms to 1h, or 0 (no limit)
     2 |   request_header: 10sec
       |                   ^~~~~ did you mean 10s?

config.yaml:3:15: timeouts.keep_alive: "75 parsecs" is not a duration; allowed: a duration (250ms, 10s, 5m, 1h) from 100ms to 24h, or 0 (no limit)
     3 |   keep_alive: 75 parsecs
       |               ^~~~~~~~~~

config.yaml:4:12: timeouts.connect: "1ms" is too small; allowed: a duration (250ms, 10s, 5m, 1h) from 10ms to 1h, or 0 (no limit)
     4 |   connect: 1ms
       |            ^~~

config.yaml:5:16: timeouts.tunnel_idle: "200h" is too large; allowed: a duration (250ms, 10s, 5m, 1h) from 1s to 168h, or 0 (no limit)
     5 |   tunnel_idle: 200h
       |                ^~~~

config.yaml:6:16: timeouts.stream_idle: "-1s" is not a duration; allowed: a duration (250ms, 10s, 5m, 1h) from 100ms to 24h, or 0 (no limit)
     6 |   stream_idle: -1s
       |                ^~~

config.yaml:7:17: shutdown_grace: "0.5s" is not a duration; allowed: a duration (250ms, 10s, 5m, 1h) from 0s to 24h
     7 | shutdown_grace: 0.5s
       |                 ^~~~ did you mean 500ms?

6 errors
)"));
}

TEST(ProblemsOfValues, Sizes) {
  EXPECT_EQ(problems_of(R"(
limits: {request_body: 64k, request_header_size: 1GiB, request_target: huge, response_header_size: 12XB}
)" + one_service),
            text(R"(
config.yaml:1:24: limits.request_body: "64k" is not a size; allowed: a size (512, 64KiB, 1MiB, 10MB) from 1 to 1024TiB, or 0 (no limit)
     1 | limits: {request_body: 64k, request_header_size: 1GiB, request_target: huge, response_header_size: 12XB}
       |                        ^~~ did you mean 64KiB?

config.yaml:1:50: limits.request_header_size: "1GiB" is too large; allowed: a size (512, 64KiB, 1MiB, 10MB) from 1KiB to 1MiB
     1 | limits: {request_body: 64k, request_header_size: 1GiB, request_target: huge, response_header_size: 12XB}
       |                                                  ^~~~

config.yaml:1:72: limits.request_target: "huge" is not a size; allowed: a size (512, 64KiB, 1MiB, 10MB) from 256 to 1MiB
     1 | limits: {request_body: 64k, request_header_size: 1GiB, request_target: huge, response_header_size: 12XB}
       |                                                                        ^~~~

config.yaml:1:100: limits.response_header_size: "12XB" is not a size; allowed: a size (512, 64KiB, 1MiB, 10MB) from 1KiB to 1MiB
     1 | limits: {request_body: 64k, request_header_size: 1GiB, request_target: huge, response_header_size: 12XB}
       |                                                                                                    ^~~~

4 errors
)"));
}

TEST(ProblemsOfValues, Choices) {
  EXPECT_EQ(problems_of(R"(
log: {level: verbose, format: jsn}
health_check: {type: htp}
cache: {enabled: false, type: LRUU}
)" + one_service),
            text(R"(
config.yaml:1:14: log.level: "verbose" is none of the choices; allowed: debug, info, warn or error
     1 | log: {level: verbose, format: jsn}
       |              ^~~~~~~

config.yaml:1:31: log.format: "jsn" is none of the choices; allowed: text or json
     1 | log: {level: verbose, format: jsn}
       |                               ^~~ did you mean json?

config.yaml:2:22: health_check.type: "htp" is none of the choices; allowed: http, tcp or off
     2 | health_check: {type: htp}
       |                      ^~~ did you mean http?

config.yaml:3:31: cache.type: "LRUU" is none of the choices; allowed: lru, lfu, s3fifo or tinylfu
     3 | cache: {enabled: false, type: LRUU}
       |                               ^~~~ did you mean lru?

4 errors
)"));
}

TEST(ProblemsOfValues, Switches) {
  EXPECT_EQ(problems_of(R"(
forwarding: {via: maybe, x_real_ip: 1}
)" + one_service),
            text(R"(
config.yaml:1:19: forwarding.via: "maybe" is not a truth value; allowed: true or false
     1 | forwarding: {via: maybe, x_real_ip: 1}
       |                   ^~~~~

config.yaml:1:37: forwarding.x_real_ip: "1" is not a truth value; allowed: true or false
     1 | forwarding: {via: maybe, x_real_ip: 1}
       |                                     ^

2 errors
)"));
}

TEST(ProblemsOfValues, Networks) {
  EXPECT_EQ(problems_of(R"(
trusted_proxies: [10.0.0.1/8, 10.0.0.0/33, localhost]
)" + one_service),
            text(R"(
config.yaml:1:19: trusted_proxies[0]: "10.0.0.1/8" has bits set behind its prefix; allowed: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address
     1 | trusted_proxies: [10.0.0.1/8, 10.0.0.0/33, localhost]
       |                   ^~~~~~~~~~ did you mean 10.0.0.0/8?

config.yaml:1:31: trusted_proxies[1]: "10.0.0.0/33" does not fit; allowed: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address
     1 | trusted_proxies: [10.0.0.1/8, 10.0.0.0/33, localhost]
       |                               ^~~~~~~~~~~

config.yaml:1:44: trusted_proxies[2]: "localhost" does not fit; allowed: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address
     1 | trusted_proxies: [10.0.0.1/8, 10.0.0.0/33, localhost]
       |                                            ^~~~~~~~~

3 errors
)"));
}

TEST(ProblemsOfValues, Addresses) {
  EXPECT_EQ(problems_of(R"(
admin: {listen: "localhost:9180"}
dns: {servers: [dns.example, "192.0.2.1:0"]}
control_socket: minato.sock
)" + one_service),
            text(R"(
config.yaml:1:17: admin.listen: "localhost:9180" is not an address with a port; allowed: an IP address with a port, such as 127.0.0.1:9180
     1 | admin: {listen: "localhost:9180"}
       |                 ^~~~~~~~~~~~~~~~ did you mean 127.0.0.1:9180?

config.yaml:2:17: dns.servers[0]: "dns.example" does not fit; allowed: IP addresses, each with an optional port
     2 | dns: {servers: [dns.example, "192.0.2.1:0"]}
       |                 ^~~~~~~~~~~

config.yaml:2:30: dns.servers[1]: "192.0.2.1:0" does not fit; allowed: IP addresses, each with an optional port
     2 | dns: {servers: [dns.example, "192.0.2.1:0"]}
       |                              ^~~~~~~~~~~~~

config.yaml:3:17: control_socket: "minato.sock" is not an absolute path; allowed: auto, off or an absolute path
     3 | control_socket: minato.sock
       |                 ^~~~~~~~~~~

4 errors
)"));
}

TEST(ProblemsOfValues, AdminThatEverybodyCouldReach) {
  EXPECT_EQ(problems_of(R"(
admin: {listen: "0.0.0.0:9180"}
)" + one_service),
            text(R"(
config.yaml:1:8: admin.token_file: missing, and "0.0.0.0" is not a loopback address; needed: the file with a token, or a loopback address such as 127.0.0.1
     1 | admin: {listen: "0.0.0.0:9180"}
       |        ^~~~~~~~~~~~~~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfValues, AdminOnThePortOfAService) {
  EXPECT_EQ(problems_of(R"(
admin: {listen: "127.0.0.1:8080"}
)" + one_service),
            text(R"(
config.yaml:1:17: admin.listen: port 8080 is taken by services[0] (line 3); allowed: a port that no service has
     1 | admin: {listen: "127.0.0.1:8080"}
       |                 ^~~~~~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfValues, Logs) {
  EXPECT_EQ(problems_of(R"(
log: {output: stder}
access_log: {output: stdot, format: combned}
)" + one_service),
            text(R"(
config.yaml:1:15: log.output: "stder" does not fit; allowed: stderr, stdout or a file such as /var/log/minato/minato.log
     1 | log: {output: stder}
       |               ^~~~~ did you mean stderr?

config.yaml:2:22: access_log.output: "stdot" does not fit; allowed: off, stdout, stderr or a file such as /var/log/minato/access.log
     2 | access_log: {output: stdot, format: combned}
       |                      ^~~~~ did you mean stdout?

config.yaml:2:37: access_log.format: neither a format nor a template (character 1); allowed: common, combined, json, or a template with variables: {time}, {time_local}, {id}, {client}, {peer}, {scheme}, {host}, {request}, {method}, {target}, {path}, {version}, {referer}, {user_agent}, {bytes_in}, {status}, {bytes_out}, {reason}, {duration}, {first_byte}, {cache}, {service}, {endpoint}, {attempts}, {upstream_status}, {upstream_duration}
     2 | access_log: {output: stdot, format: combned}
       |                                     ^~~~~~~ did you mean combined?

3 errors
)"));
}

TEST(ProblemsOfValues, TemplatesOfTheAccessLog) {
  EXPECT_EQ(problems_of(R"(
access_log: {format: "{clint} {status}"}
)" + one_service),
            text(R"(
config.yaml:1:22: access_log.format: unknown variable {clint} (character 1); allowed: {time}, {time_local}, {id}, {client}, {peer}, {scheme}, {host}, {request}, {method}, {target}, {path}, {version}, {referer}, {user_agent}, {bytes_in}, {status}, {bytes_out}, {reason}, {duration}, {first_byte}, {cache}, {service}, {endpoint}, {attempts}, {upstream_status}, {upstream_duration}
     1 | access_log: {format: "{clint} {status}"}
       |                      ^~~~~~~~~~~~~~~~~~ did you mean {client}?

1 error
)"));
}

TEST(ProblemsOfValues, FieldsOfForwardedRequests) {
  EXPECT_EQ(problems_of(R"(
forwarding: {request_id: Content-Length}
health_check: {host: a b}
)" + one_service),
            text(R"(
config.yaml:1:26: forwarding.request_id: "Content-Length" has a meaning of its own in HTTP; allowed: a field name
     1 | forwarding: {request_id: Content-Length}
       |                          ^~~~~~~~~~~~~~

config.yaml:2:22: health_check.host: "a b" is not a host; allowed: a host with an optional port
     2 | health_check: {host: a b}
       |                      ^~~

2 errors
)"));
}

TEST(ProblemsOfValues, StatusesOfHealthChecks) {
  EXPECT_EQ(problems_of(R"(
health_check: {expect_status: [200-399, 700, 399-200]}
)" + one_service),
            text(R"(
config.yaml:1:41: health_check.expect_status[1]: "700" is not a status or range of statuses; allowed: a status or a range (204, 200-399, 2xx)
     1 | health_check: {expect_status: [200-399, 700, 399-200]}
       |                                         ^~~

config.yaml:1:46: health_check.expect_status[2]: "399-200" ends before it begins; allowed: a status or a range (204, 200-399, 2xx)
     1 | health_check: {expect_status: [200-399, 700, 399-200]}
       |                                              ^~~~~~~ did you mean 200-399?

2 errors
)"));
}

TEST(ProblemsOfValues, AnEmptyListOfStatuses) {
  EXPECT_EQ(problems_of(R"(
health_check: {expect_status: []}
)" + one_service),
            text(R"(
config.yaml:1:31: health_check.expect_status: the list is empty; allowed: one item or more, each a status or a range (204, 200-399, 2xx)
     1 | health_check: {expect_status: []}
       |                               ^~

1 error
)"));
}

TEST(ProblemsOfValues, ASpanThatEndsBeforeItBegins) {
  EXPECT_EQ(problems_of(R"(
dns: {min_ttl: 10m}
)" + one_service),
            text(R"(
config.yaml:1:16: dns.min_ttl: min_ttl 10m is greater than max_ttl 5m; allowed: at most as much
     1 | dns: {min_ttl: 10m}
       |                ^~~

1 error
)"));
}

TEST(ProblemsOfValues, Variables) {
  EXPECT_EQ(problems_of(R"(
shutdown_grace: ${GRACE}
drain_delay: ${1x}
user: ${A
control_socket: ${SOCKET:-minato.sock}
)" + one_service),
            text(R"(
config.yaml:1:17: shutdown_grace: the environment has no GRACE; set it, or give a default: ${GRACE:-default}
     1 | shutdown_grace: ${GRACE}
       |                 ^~~~~~~~

config.yaml:2:14: drain_delay: "1x" is not the name of a variable; allowed: ${NAME} or ${NAME:-default}; $${ stands for ${ itself
     2 | drain_delay: ${1x}
       |              ^~~~~

config.yaml:3:7: user: ${ without its }; $${ stands for ${ itself
     3 | user: ${A
       |       ^~~

config.yaml:4:17: control_socket: "minato.sock" is not an absolute path; allowed: auto, off or an absolute path
     4 | control_socket: ${SOCKET:-minato.sock}
       |                 ^~~~~~~~~~~~~~~~~~~~~~

4 errors
)"));
}

TEST(ProblemsOfValues, ATargetThatItsHeadHasNoRoomFor) {
  EXPECT_EQ(problems_of(R"(
limits: {request_header_size: 8KiB, request_target: 9KiB}
)" + one_service),
            text(R"(
config.yaml:1:53: limits.request_target: 9KiB is greater than request_header_size 8KiB; allowed: at most as much
     1 | limits: {request_header_size: 8KiB, request_target: 9KiB}
       |                                                     ^~~~

1 error
)"));
  EXPECT_EQ(problems_of("limits: {request_header_size: 8KiB}\n" + one_service), "");
}

TEST(ProblemsOfValues, CaretsStandUnderCharactersNotBytes) {
  EXPECT_EQ(problems_of(R"(
log: {output: größe, level: laut}
)" + one_service),
            text(R"(
config.yaml:1:15: log.output: "größe" does not fit; allowed: stderr, stdout or a file such as /var/log/minato/minato.log
     1 | log: {output: größe, level: laut}
       |               ^~~~~

config.yaml:1:31: log.level: "laut" is none of the choices; allowed: debug, info, warn or error
     1 | log: {output: größe, level: laut}
       |                             ^~~~

2 errors
)"));
}

}  // namespace
}  // namespace minato::config::testing
