// What a person reads who gets the rules of the cache wrong.
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(ProblemsOfCache, StatusTtl) {
  EXPECT_EQ(problems_of(R"(
cache:
  status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
)" + one_service),
            text(R"(
config.yaml:2:35: cache.status_ttl.5xx: the key stands here again, first in line 2; allowed: once
     2 |   status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
       |                                   ^~~

config.yaml:2:44: cache.status_ttl.304: "304" is never stored; allowed: final statuses but 304, 412 and 416, and classes (404, 5xx)
     2 |   status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
       |                                            ^~~

config.yaml:2:53: cache.status_ttl.40x: "40x" is not a status or class of statuses; allowed: a status or a class (404, 5xx)
     2 |   status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
       |                                                     ^~~

config.yaml:2:62: cache.status_ttl.1xx: "1xx" is never stored; allowed: final statuses but 304, 412 and 416, and classes (404, 5xx)
     2 |   status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
       |                                                              ^~~

config.yaml:2:76: cache.status_ttl.410: "2y" is not a duration; allowed: a duration (250ms, 10s, 5m, 1h) from 0s to 8760h
     2 |   status_ttl: {404: 10s, 5xx: 1s, 5XX: 2s, 304: 1s, 40x: 1s, 1xx: 1s, 410: 2y}
       |                                                                            ^~

5 errors
)"));
  EXPECT_EQ(problems_of("cache: {status_ttl: 10s}\n" + one_service), text(R"(
config.yaml:1:21: cache.status_ttl: a single value stands here; allowed: a section of statuses and classes (404, 5xx), each with a duration (250ms, 10s, 5m, 1h) from 0s to 8760h
     1 | cache: {status_ttl: 10s}
       |                     ^~~

1 error
)"));
}

TEST(ProblemsOfCache, ASwitchWhereASectionBelongs) {
  EXPECT_EQ(problems_of(R"(
cache: {collapse: off, cache_status: 7}
)" + one_service),
            text(R"(
config.yaml:1:19: cache.collapse: a single value stands here; allowed: a section with the keys enabled, timeout or uncacheable_memory
     1 | cache: {collapse: off, cache_status: 7}
       |                   ^~~ did you mean {enabled: off}?

config.yaml:1:38: cache.cache_status: a single value stands here; allowed: a section with the keys enabled or key
     1 | cache: {collapse: off, cache_status: 7}
       |                                      ^

2 errors
)"));
}

TEST(ProblemsOfCache, Bypass) {
  EXPECT_EQ(problems_of(R"(
cache:
  bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
)" + one_service),
            text(R"(
config.yaml:2:12: cache.bypass[0]: it says nothing of a request; needed: cookie, header or path
     2 |   bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
       |            ^~

config.yaml:2:25: cache.bypass[1].cookie: "a b" does not fit; allowed: the name of a cookie
     2 |   bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
       |                         ^~~~~

config.yaml:2:42: cache.bypass[2].header: "x y" does not fit; allowed: a field name
     2 |   bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
       |                                          ^~~~~

config.yaml:2:55: cache.bypass[2].path: "admin" is no path; allowed: a path, such as /static/
     2 |   bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
       |                                                       ^~~~~ did you mean /admin?

config.yaml:2:64: cache.bypass[3].cooky: unknown key; allowed: cookie, header or path
     2 |   bypass: [{}, {cookie: "a b"}, {header: "x y", path: admin}, {cooky: x}, {cookie: a, path: /b}]
       |                                                                ^~~~~

5 errors
)"));
}

TEST(ProblemsOfCache, Force) {
  EXPECT_EQ(problems_of(R"(
cache:
  force:
    - {path: /a}
    - {path: /b, ttl: 0}
    - {path: /c/, ttl: 1h}
    - {path: /c, ttl: 2h}
    - {path: "/d?e", ttl: 1s}
)" + one_service),
            text(R"(
config.yaml:3:7: cache.force[0].ttl: missing; needed: a duration (250ms, 10s, 5m, 1h) from 1s to 8760h
     3 |     - {path: /a}
       |       ^~~~~~~~~~

config.yaml:4:23: cache.force[1].ttl: "0" is too small; allowed: a duration (250ms, 10s, 5m, 1h) from 1s to 8760h
     4 |     - {path: /b, ttl: 0}
       |                       ^

config.yaml:6:14: cache.force[3].path: "/c" stands in cache.force[2] (line 5) already; allowed: each path once
     6 |     - {path: /c, ttl: 2h}
       |              ^~

config.yaml:7:14: cache.force[4].path: "/d?e" is no path; allowed: a path, such as /static/
     7 |     - {path: "/d?e", ttl: 1s}
       |              ^~~~~~

4 errors
)"));
}

TEST(ProblemsOfCache, Key) {
  EXPECT_EQ(problems_of(R"(
cache:
  key: {query: {ignore: [utm_*, "a[]"]}, headers: ["x y"], cookies: ["a;b"]}
)" + one_service + R"(    cache: {key: {query: {only: [page]}}}
)"),
            text(R"(
config.yaml:2:33: cache.key.query.ignore[1]: "a[]" is no name of parameters; allowed: letters, digits, _, - and ., and * at the end for whatever follows
     2 |   key: {query: {ignore: [utm_*, "a[]"]}, headers: ["x y"], cookies: ["a;b"]}
       |                                 ^~~~~

config.yaml:2:52: cache.key.headers[0]: "x y" does not fit; allowed: a field name
     2 |   key: {query: {ignore: [utm_*, "a[]"]}, headers: ["x y"], cookies: ["a;b"]}
       |                                                    ^~~~~

config.yaml:2:70: cache.key.cookies[0]: "a;b" does not fit; allowed: the name of a cookie
     2 |   key: {query: {ignore: [utm_*, "a[]"]}, headers: ["x y"], cookies: ["a;b"]}
       |                                                                      ^~~~~

config.yaml:8:33: services[0].cache.key.query.only: there is ignore beside it; allowed: one of them; ignore: [] undoes what stands at the top
     8 |     cache: {key: {query: {only: [page]}}}
       |                                 ^~~~~~

4 errors
)"));
}

TEST(ProblemsOfCache, WhatIsOfTheWholeCacheStandsOnlyAtTheTop) {
  EXPECT_EQ(problems_of(one_service + R"(    cache: {capacity: 5, collapse: {uncacheable_memory: 5}}
)"),
            text(R"(
config.yaml:6:13: services[0].cache.capacity: stands only at the top of the file; allowed: there, once for all
     6 |     cache: {capacity: 5, collapse: {uncacheable_memory: 5}}
       |             ^~~~~~~~

config.yaml:6:37: services[0].cache.collapse.uncacheable_memory: stands only at the top of the file; allowed: there, once for all
     6 |     cache: {capacity: 5, collapse: {uncacheable_memory: 5}}
       |                                     ^~~~~~~~~~~~~~~~~~

2 errors
)"));
}

TEST(ProblemsOfCache, AKeyInAnotherPlaceIsToldItsOwn) {
  EXPECT_EQ(problems_of(R"(
force: []
hosts: []
cache: {key: {ignore: [a]}}
)" + one_service + R"(    capacity: 5
    enabled: true
)"),
            text(R"(
config.yaml:1:1: force: unknown key; it stands in cache; allowed: workers, user, shutdown_grace, drain_delay, trusted_proxies, control_socket, admin, log, access_log, dns, forwarding, timeouts, limits, upstream_pool, retries, health_check, cache or services
     1 | force: []
       | ^~~~~

config.yaml:2:1: hosts: unknown key; it stands in services[]; allowed: workers, user, shutdown_grace, drain_delay, trusted_proxies, control_socket, admin, log, access_log, dns, forwarding, timeouts, limits, upstream_pool, retries, health_check, cache or services
     2 | hosts: []
       | ^~~~~

config.yaml:3:15: cache.key.ignore: unknown key; it stands in cache.key.query; allowed: query, headers or cookies
     3 | cache: {key: {ignore: [a]}}
       |               ^~~~~~

config.yaml:9:5: services[0].capacity: unknown key; it stands in cache; allowed: name, listen_port, listen_address, balancer, hosts, upstreams, normalize, timeouts, limits, upstream_pool, retries, health_check, forwarding, access_log or cache
     9 |     capacity: 5
       |     ^~~~~~~~

config.yaml:10:5: services[0].enabled: unknown key; it stands in cache, cache.collapse or cache.cache_status; allowed: name, listen_port, listen_address, balancer, hosts, upstreams, normalize, timeouts, limits, upstream_pool, retries, health_check, forwarding, access_log or cache
    10 |     enabled: true
       |     ^~~~~~~

5 errors
)"));
}

TEST(ProblemsOfCache, OfAServiceHasNoEffectWithoutOneAtTheTop) {
  const std::string with_ttl = one_service + "    cache: {ttl: 10s}\n";
  EXPECT_EQ(problems_of(with_ttl), text(R"(
config.yaml:6:12: warning: services[0].cache: has no effect: the file has no `cache` at the top; to have one, add `cache: {}` there
     6 |     cache: {ttl: 10s}
       |            ^~~~~~~~~~

1 warning
)"));
  EXPECT_EQ(problems_of("cache: {}\n" + with_ttl), "");
  EXPECT_EQ(problems_of(one_service + "    cache: {enabled: false}\n"), "");
}

TEST(ProblemsOfCache, ABodyThatIsLargerThanTheCacheIsNeverStored) {
  EXPECT_EQ(problems_of("cache: {max_body_size: 1GiB}\n" + one_service +
                        "    cache: {max_body_size: 257MiB}\n"),
            text(R"(
config.yaml:1:24: warning: cache.max_body_size: 1GiB is greater than max_memory 256MiB; a body of that size is never stored
     1 | cache: {max_body_size: 1GiB}
       |                        ^~~~

config.yaml:7:28: warning: services[0].cache.max_body_size: 257MiB is greater than max_memory 256MiB; a body of that size is never stored
     7 |     cache: {max_body_size: 257MiB}
       |                            ^~~~~~

2 warnings
)"));
  EXPECT_EQ(problems_of("cache: {max_body_size: 256MiB}\n" + one_service), "");
  EXPECT_FALSE(problems_of("cache: {max_body_size: 1GiB}\n" + one_service).contains("services"));
}

TEST(ProblemsOfCache, WhatAServiceTakesOverIsToldOnce) {
  EXPECT_EQ(problems_of(R"(
cache: {bypass: [{}], key: {query: {ignore: [a], only: [b]}}}
)" + one_service),
            text(R"(
config.yaml:1:18: cache.bypass[0]: it says nothing of a request; needed: cookie, header or path
     1 | cache: {bypass: [{}], key: {query: {ignore: [a], only: [b]}}}
       |                  ^~

config.yaml:1:56: cache.key.query.only: there is ignore beside it; allowed: one of them; ignore: [] undoes what stands at the top
     1 | cache: {bypass: [{}], key: {query: {ignore: [a], only: [b]}}}
       |                                                        ^~~

2 errors
)"));
}

}  // namespace
}  // namespace minato::config::testing
