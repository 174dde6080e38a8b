#include "config/summary.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(Summary, SaysWhatIsServedWhere) {
  const Loaded loaded = load_text("config.yaml", one_service + R"(
  - name: local
    listen_port: 81
    listen_address: "::1"
    balancer: LeastConnections
    hosts: ["http://*"]
    upstreams: [{host: "unix:/run/a.sock"}, {host: "http://b"}]
    health_check: {type: tcp}
)",
                                  {});
  EXPECT_EQ(render(loaded.problems), "");
  EXPECT_EQ(summary(loaded.config), R"(2 listeners, 2 services

[::1]:81
  local: least_connections, 2 upstreams
    http://*/
      to unix:/run/a.sock, health by connecting
      to http://b, health by connecting

*:8080
  web: round_robin, 1 upstream
    http://example.com/
    http://example.com/api
      to http://10.0.0.1:8000, health /
)");
}

TEST(Summary, TellsOfTheCache) {
  const auto last_line = [](const std::string& cache) {
    const std::string text = summary(load_text("f", cache + one_service, {}).config);
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  EXPECT_EQ(last_line("cache: {capacity: 50}\n"),
            "cache: lru, 50 entries, 256MiB of memory at most\n");
  EXPECT_EQ(last_line("cache: {enabled: false}\n"),
            "cache: lru, 100 entries, 256MiB of memory at most; off in each service\n");
  EXPECT_EQ(last_line("").find("cache"), std::string::npos);
}

TEST(Summary, LongListsAreCutAndSaySo) {
  Config config;
  config.services.resize(12);
  for (ServiceConfig& service : config.services) service.hosts.resize(11);
  const std::string text = summary(config);
  EXPECT_NE(text.find("    and 1 more\n"), std::string::npos);
  EXPECT_NE(text.find("\n  and 2 more\n"), std::string::npos);
}

}  // namespace
}  // namespace minato::config::testing
