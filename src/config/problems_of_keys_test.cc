// What is wrong with keys and sections, as a person reads it.
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(ProblemsOfKeys, UnknownKeysWithTheNearestSpelling) {
  EXPECT_EQ(problems_of(R"(
acess_log: {output: off}
timeouts:
  keep_alife: 75s
  Connect: 5s
  idle: 1s
)" + one_service),
            text(R"(
config.yaml:1:1: acess_log: unknown key; allowed: workers, user, shutdown_grace, drain_delay, trusted_proxies, control_socket, admin, log, access_log, dns, forwarding, timeouts, limits, upstream_pool, retries, health_check, cache or services
     1 | acess_log: {output: off}
       | ^~~~~~~~~ did you mean access_log?

config.yaml:3:3: timeouts.keep_alife: unknown key; allowed: request_header, keep_alive, connect, response_header, stream_idle, tunnel_idle or min_rate
     3 |   keep_alife: 75s
       |   ^~~~~~~~~~ did you mean keep_alive?

config.yaml:4:3: timeouts.Connect: unknown key; allowed: request_header, keep_alive, connect, response_header, stream_idle, tunnel_idle or min_rate
     4 |   Connect: 5s
       |   ^~~~~~~ did you mean connect?

config.yaml:5:3: timeouts.idle: unknown key; allowed: request_header, keep_alive, connect, response_header, stream_idle, tunnel_idle or min_rate
     5 |   idle: 1s
       |   ^~~~

4 errors
)"));
}

TEST(ProblemsOfKeys, AKeyTwice) {
  EXPECT_EQ(problems_of(R"(
workers: 1
log: {level: info}
workers: 2
)" + one_service),
            text(R"(
config.yaml:3:1: workers: the key stands here again, first in line 1; allowed: once
     3 | workers: 2
       | ^~~~~~~

1 error
)"));
}

TEST(ProblemsOfKeys, AKeyTwiceHasAllItsFaultsInOneRun) {
  EXPECT_EQ(problems_of(R"(
log: {level: info}
log: {level: laut}
)" + one_service),
            text(R"(
config.yaml:2:1: log: the key stands here again, first in line 1; allowed: once
     2 | log: {level: laut}
       | ^~~

config.yaml:2:14: log.level: "laut" is none of the choices; allowed: debug, info, warn or error
     2 | log: {level: laut}
       |              ^~~~

2 errors
)"));
}

TEST(ProblemsOfKeys, KeysOfLaterVersions) {
  EXPECT_EQ(problems_of(R"(
tls: {}
include: [conf.d/*.yaml]
)" + one_service),
            text(R"(
config.yaml:1:1: tls: not there yet: it comes with TLS; allowed: leave it out
     1 | tls: {}
       | ^~~

config.yaml:2:1: include: not there yet: it comes with a later version; allowed: leave it out
     2 | include: [conf.d/*.yaml]
       | ^~~~~~~

2 errors
)"));
}

TEST(ProblemsOfKeys, ValuesWhereSectionsBelong) {
  EXPECT_EQ(problems_of(R"(
timeouts: 5s
retries: 3
log: [info]
)" + one_service),
            text(R"(
config.yaml:1:11: timeouts: a single value stands here; allowed: a section with the keys request_header, keep_alive, connect, response_header, stream_idle, tunnel_idle or min_rate
     1 | timeouts: 5s
       |           ^~

config.yaml:2:10: retries: a single value stands here; allowed: a section with the key attempts
     2 | retries: 3
       |          ^ did you mean {attempts: 3}?

config.yaml:3:6: log: a list stands here; allowed: a section with the keys level, format or output
     3 | log: [info]
       |      ^~~~~~

3 errors
)"));
}

TEST(ProblemsOfKeys, SectionsWhereValuesBelong) {
  EXPECT_EQ(problems_of(R"(
workers: {count: 2}
user: [a]
shutdown_grace:
)" + one_service),
            text(R"(
config.yaml:1:10: workers: a section stands here; allowed: a whole number from 1 to 1024, or auto
     1 | workers: {count: 2}
       |          ^~~~~~~~~~

config.yaml:2:7: user: a list stands here; allowed: a user name of at most 255 bytes
     2 | user: [a]
       |       ^~~

config.yaml:3:1: shutdown_grace: nothing stands here; allowed: a duration (250ms, 10s, 5m, 1h) from 0s to 24h
     3 | shutdown_grace:
       | ^~~~~~~~~~~~~~

3 errors
)"));
}

TEST(ProblemsOfKeys, AnOldSpelling) {
  EXPECT_EQ(problems_of(R"(
cache: {enabled: false, max_size: 1MiB}
)" + one_service),
            text(R"(
config.yaml:1:25: warning: cache.max_size: an old spelling; write max_body_size
     1 | cache: {enabled: false, max_size: 1MiB}
       |                         ^~~~~~~~

1 warning
)"));
}

}  // namespace
}  // namespace minato::config::testing
