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
config.yaml:1:21: cache.status_ttl: a single value stands here; allowed: a section
     1 | cache: {status_ttl: 10s}
       |                     ^~~

1 error
)"));
}

}  // namespace
}  // namespace minato::config::testing
