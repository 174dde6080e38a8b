// What is wrong with services, as a person reads it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(ProblemsOfServices, ServicesAreMissing) {
  EXPECT_EQ(problems_of(R"(
workers: 2
)"),
            text(R"(
config.yaml:1:1: services: missing; needed: a list, each item a section
     1 | workers: 2
       | ^~~~~~~

1 error
)"));
}

TEST(ProblemsOfServices, NoServiceAtAll) {
  EXPECT_EQ(problems_of(R"(
services: []
)"),
            text(R"(
config.yaml:1:11: services: the list is empty; allowed: one item or more, each a section
     1 | services: []
       |           ^~

1 error
)"));
}

TEST(ProblemsOfServices, AServiceThatStatesAlmostNothing) {
  EXPECT_EQ(problems_of(R"(
services:
  - listen_port: 80
)"),
            text(R"(
config.yaml:2:5: services[0].name: missing; needed: 1 to 100 characters that can be seen
     2 |   - listen_port: 80
       |     ^~~~~~~~~~~

config.yaml:2:5: services[0].hosts: missing; needed: a list, each item http://domain[/prefix]
     2 |   - listen_port: 80
       |     ^~~~~~~~~~~

config.yaml:2:5: services[0].upstreams: missing; needed: a list, each item a section
     2 |   - listen_port: 80
       |     ^~~~~~~~~~~

3 errors
)"));
}

TEST(ProblemsOfServices, AValueWhereAListBelongs) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: http://example.com/
    upstreams: [http://10.0.0.1]
)"),
            text(R"(
config.yaml:4:12: services[0].hosts: a single value stands here; allowed: a list
     4 |     hosts: http://example.com/
       |            ^~~~~~~~~~~~~~~~~~~ did you mean [http://example.com/]?

config.yaml:5:17: services[0].upstreams[0]: a single value stands here; allowed: a section with the keys host, health_uri or max_connections
     5 |     upstreams: [http://10.0.0.1]
       |                 ^~~~~~~~~~~~~~~ did you mean {host: http://10.0.0.1}?

2 errors
)"));
}

TEST(ProblemsOfServices, PortsNamesAndBalancers) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: ""
    listen_port: 80800
    listen_address: localhost
    balancer: RoundRobbin
    hosts: [http://example.com]
    upstreams: [{host: http://10.0.0.1, max_connections: none}]
)"),
            text(R"(
config.yaml:2:11: services[0].name: the name is empty; allowed: 1 to 100 characters that can be seen
     2 |   - name: ""
       |           ^~

config.yaml:3:18: services[0].listen_port: "80800" is too large; allowed: a whole number from 1 to 65535
     3 |     listen_port: 80800
       |                  ^~~~~

config.yaml:4:21: services[0].listen_address: "localhost" is not an IP address; allowed: an IP address, or "" for all
     4 |     listen_address: localhost
       |                     ^~~~~~~~~ did you mean 127.0.0.1?

config.yaml:5:15: services[0].balancer: "RoundRobbin" is none of the choices; allowed: round_robin or least_connections
     5 |     balancer: RoundRobbin
       |               ^~~~~~~~~~~ did you mean round_robin?

config.yaml:7:58: services[0].upstreams[0].max_connections: "none" is not a whole number; allowed: a whole number from 1 to 10000000, or 0 (no limit)
     7 |     upstreams: [{host: http://10.0.0.1, max_connections: none}]
       |                                                          ^~~~

5 errors
)"));
}

TEST(ProblemsOfServices, HostsThatAreNoUrls) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts:
      - example.com
      - https://example.com
      - ftp://example.com
      - http://www.*.com
      - http://a/../..
      - http://a/?b=c
      - http://a/x y
      - http://a/50%
      - http://user@a/
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:5:9: services[0].hosts[0]: "example.com" has no scheme; allowed: http://domain[/prefix]
     5 |       - example.com
       |         ^~~~~~~~~~~ did you mean http://example.com?

config.yaml:6:9: services[0].hosts[1]: https needs TLS, which comes with a later version; allowed: http://domain[/prefix]
     6 |       - https://example.com
       |         ^~~~~~~~~~~~~~~~~~~

config.yaml:7:9: services[0].hosts[2]: "ftp" is not a scheme that Minato serves; allowed: http://domain[/prefix]
     7 |       - ftp://example.com
       |         ^~~~~~~~~~~~~~~~~

config.yaml:8:9: services[0].hosts[3]: "www.*.com" has a * inside; allowed: * alone, or as the whole first label (*.example.com)
     8 |       - http://www.*.com
       |         ^~~~~~~~~~~~~~~~

config.yaml:9:9: services[0].hosts[4]: "/../.." climbs above the root; allowed: a prefix without ..
     9 |       - http://a/../..
       |         ^~~~~~~~~~~~~~

config.yaml:10:9: services[0].hosts[5]: requests are not told apart by their query; allowed: http://domain[/prefix]
    10 |       - http://a/?b=c
       |         ^~~~~~~~~~~~~

config.yaml:11:9: services[0].hosts[6]: "http://a/x y" has a space in it; allowed: http://domain[/prefix]
    11 |       - http://a/x y
       |         ^~~~~~~~~~~~

config.yaml:12:9: services[0].hosts[7]: "/50%" has a % without two hexadecimal digits; allowed: %25 for the percent sign itself
    12 |       - http://a/50%
       |         ^~~~~~~~~~~~

config.yaml:13:9: services[0].hosts[8]: a user name or password before the host; allowed: http://domain[/prefix]
    13 |       - http://user@a/
       |         ^~~~~~~~~~~~~~

9 errors
)"));
}

TEST(ProblemsOfServices, UpstreamsThatAreNoUrls) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: [http://example.com]
    upstreams:
      - host: backend:8000
      - host: https://backend
      - host: h2c://backend
      - host: http://backend:99999
      - host: unix:app.sock
      - host: http://user:secret@backend
      - {host: http://10.0.0.1, health_uri: health}
)"),
            text(R"(
config.yaml:6:15: services[0].upstreams[0].host: "backend:8000" has no scheme; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
     6 |       - host: backend:8000
       |               ^~~~~~~~~~~~ did you mean http://backend:8000?

config.yaml:7:15: services[0].upstreams[1].host: https upstreams come with a later version; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
     7 |       - host: https://backend
       |               ^~~~~~~~~~~~~~~

config.yaml:8:15: services[0].upstreams[2].host: h2c upstreams come with a later version; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
     8 |       - host: h2c://backend
       |               ^~~~~~~~~~~~~

config.yaml:9:15: services[0].upstreams[3].host: "backend:99999" is not a host with an optional port; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
     9 |       - host: http://backend:99999
       |               ^~~~~~~~~~~~~~~~~~~~

config.yaml:10:15: services[0].upstreams[4].host: a Unix socket needs an absolute path; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
    10 |       - host: unix:app.sock
       |               ^~~~~~~~~~~~~

config.yaml:11:15: services[0].upstreams[5].host: a user name or password before the host; allowed: http://host[:port][/base][?query] or unix:/path/of/socket
    11 |       - host: http://user:secret@backend
       |               ^~~~~~~~~~~~~~~~~~~~~~~~~~

config.yaml:12:45: services[0].upstreams[6].health_uri: "health" is not a path; allowed: an absolute path with an optional query
    12 |       - {host: http://10.0.0.1, health_uri: health}
       |                                             ^~~~~~ did you mean /health?

7 errors
)"));
}

TEST(ProblemsOfServices, KeysThatStandOnlyAtTheTop) {
  EXPECT_EQ(problems_of(one_service + R"(    trusted_proxies: [10.0.0.0/8]
    timeouts: {keep_alive: 1s}
    forwarding: {request_id: X-Trace}
)"),
            text(R"(
config.yaml:6:5: services[0].trusted_proxies: stands only at the top of the file; allowed: there, once for all
     6 |     trusted_proxies: [10.0.0.0/8]
       |     ^~~~~~~~~~~~~~~

config.yaml:7:16: services[0].timeouts.keep_alive: stands only at the top of the file; allowed: there, once for all
     7 |     timeouts: {keep_alive: 1s}
       |                ^~~~~~~~~~

config.yaml:8:18: services[0].forwarding.request_id: stands only at the top of the file; allowed: there, once for all
     8 |     forwarding: {request_id: X-Trace}
       |                  ^~~~~~~~~~

3 errors
)"));
}

TEST(ProblemsOfServices, WeightsAndBackupsAreNotThereYet) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: [http://a]
    upstreams: [{host: http://10.0.0.1, weight: 3}]
)"),
            text(R"(
config.yaml:5:41: services[0].upstreams[0].weight: not there yet: it comes with more balancers; allowed: leave it out
     5 |     upstreams: [{host: http://10.0.0.1, weight: 3}]
       |                                         ^~~~~~

1 error
)"));
}

TEST(ProblemsOfServices, TheSameNameTwice) {
  EXPECT_EQ(problems_of(one_service + R"(  - name: web
    listen_port: 81
    hosts: [http://example.com]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:6:11: services[1].name: the name "web" is taken by services[0].name (line 2); allowed: a name that no other service has
     6 |   - name: web
       |           ^~~

1 error
)"));
}

TEST(ProblemsOfServices, TheSameHostAndPrefixTwice) {
  EXPECT_EQ(problems_of(one_service + R"(  - name: other
    listen_port: 8080
    hosts: [http://EXAMPLE.com, http://example.com/api, http://example.com/%61pi/]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:8:13: services[1].hosts[0]: "http://example.com/" on port 8080 is taken by services[0].hosts[0] (line 4); allowed: each host and prefix once on a port
     8 |     hosts: [http://EXAMPLE.com, http://example.com/api, http://example.com/%61pi/]
       |             ^~~~~~~~~~~~~~~~~~

config.yaml:8:33: services[1].hosts[1]: "http://example.com/api" on port 8080 is taken by services[0].hosts[1] (line 4); allowed: each host and prefix once on a port
     8 |     hosts: [http://EXAMPLE.com, http://example.com/api, http://example.com/%61pi/]
       |                                 ^~~~~~~~~~~~~~~~~~~~~~

config.yaml:8:57: services[1].hosts[2]: "http://example.com/api" on port 8080 is taken by services[0].hosts[1] (line 4); allowed: each host and prefix once on a port
     8 |     hosts: [http://EXAMPLE.com, http://example.com/api, http://example.com/%61pi/]
       |                                                         ^~~~~~~~~~~~~~~~~~~~~~~~~

3 errors
)"));
}

TEST(ProblemsOfServices, TheSamePrefixInTwoSpellings) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: ["http://a/@b|c", "http://a/%40b%7cc"]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:4:30: services[0].hosts[1]: "http://a/@b|c" on port 80 is taken by services[0].hosts[0] (line 4); allowed: each host and prefix once on a port
     4 |     hosts: ["http://a/@b|c", "http://a/%40b%7cc"]
       |                              ^~~~~~~~~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfServices, APrefixThatNoPathCanHave) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: [http://a//b]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:4:13: services[0].hosts[0]: repeated slashes, which are one in the paths of requests; allowed: single slashes, or normalize: {merge_slashes: false}
     4 |     hosts: [http://a//b]
       |             ^~~~~~~~~~~ did you mean http://a/b?

1 error
)"));
}

TEST(ProblemsOfServices, ServicesOfOneHostThatMergeSlashesDifferently) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: [http://a/, http://b/]
    upstreams: [{host: http://10.0.0.1}]
  - name: admin
    listen_port: 80
    hosts: [http://A/admin, http://c/]
    normalize: {merge_slashes: false}
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:8:13: services[1].hosts[0]: the host of "http://a/admin" has another merge_slashes in services[0].hosts[0] (line 4); allowed: the same normalize.merge_slashes in all services of a host on a port
     8 |     hosts: [http://A/admin, http://c/]
       |             ^~~~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfServices, OnePortWithAllAddressesAndWithASingleOne) {
  EXPECT_EQ(problems_of(one_service + R"(  - name: other
    listen_port: 8080
    listen_address: 127.0.0.1
    hosts: [http://other.example]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:8:21: services[1].listen_address: "127.0.0.1" where services[0] (line 2) has "" for the same port; allowed: on one port all addresses, the same for each service, or single ones
     8 |     listen_address: 127.0.0.1
       |                     ^~~~~~~~~

1 error
)"));
}

/// A file with a service for each of the addresses, all of one port and with one host.
std::string services_at(std::initializer_list<std::string_view> addresses,
                        std::string_view top = "") {
  std::string out = fmt::format("{}\nservices:\n", top);
  int number = 0;
  for (const std::string_view address : addresses)
    out += fmt::format(
        "  - {{name: s{0}, listen_port: 80, listen_address: \"{1}\", hosts: [\"http://a/{0}\"], "
        "upstreams: [{{host: \"http://b\"}}]}}\n",
        number++, address);
  return out;
}

TEST(ProblemsOfServices, OnePortMayHaveSeveralSingleAddresses) {
  EXPECT_EQ(problems_of(services_at({"127.0.0.1", "10.0.0.1", "::1"})), "");
  EXPECT_EQ(problems_of(services_at({"0.0.0.0", "::1"})), "");
  // Spelled differently, it is one address.
  EXPECT_EQ(problems_of(services_at({"::1", "0:0:0:0:0:0:0:1"})), "");
  EXPECT_EQ(problems_of(services_at({"127.0.0.1", "::ffff:127.0.0.1"})), "");
  EXPECT_EQ(problems_of(services_at({"", "::", "0::0"})), "");
  for (const std::string_view address : {"0.0.0.0", "10.0.0.1", "::1"})
    EXPECT_NE(problems_of(services_at({address, "::"})), "") << address;
  EXPECT_NE(problems_of(services_at({"10.0.0.1", "0.0.0.0"})), "");
}

TEST(ProblemsOfServices, AHostAndPrefixAreOnceOnAnAddress) {
  const auto same = [](std::string text) {
    return problems_of(text.replace(text.find("http://a/1"), 10, "http://a/0"));
  };
  EXPECT_EQ(same(services_at({"127.0.0.1", "10.0.0.1"})), "");
  EXPECT_NE(same(services_at({"::1", "0::1"})).find("is taken by services[0]"), std::string::npos);
}

TEST(ProblemsOfServices, AnAddressThatIsNoneIsOneFault) {
  const std::string problems =
      problems_of(services_at({"", "127.0.0.300", ""}, "admin: {listen: \"127.0.0.1:81\"}"));
  EXPECT_NE(problems.find("\"127.0.0.300\" is not an IP address"), std::string::npos);
  EXPECT_NE(problems.find("\n1 error\n"), std::string::npos) << problems;
  const std::string beside_admin =
      problems_of(services_at({"127.0.0.300"}, "admin: {listen: \"127.0.0.1:80\"}"));
  EXPECT_NE(beside_admin.find("\n1 error\n"), std::string::npos) << beside_admin;
}

TEST(ProblemsOfServices, APortInAHostThatMeansNothing) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
    listen_port: 80
    hosts: [http://example.com:81/]
    upstreams: [{host: http://10.0.0.1}]
)"),
            text(R"(
config.yaml:4:13: warning: services[0].hosts[0]: port 81 has no effect; listen_port 80 decides
     4 |     hosts: [http://example.com:81/]
       |             ^~~~~~~~~~~~~~~~~~~~~~

1 warning
)"));
}

}  // namespace
}  // namespace minato::config::testing
