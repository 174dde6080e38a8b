// What tests of configurations in force compile them with.
#pragma once

#include <string_view>

#include "control/snapshot.h"

namespace minato::control {

struct NoLines final : observe::LineSink {
  bool put(std::string_view) override { return true; }
};

/// A service that logs nothing, for one host.
inline config::ServiceConfig test_service(std::string_view name, std::uint16_t port,
                                          std::string_view host, std::string_view prefix = "") {
  config::ServiceConfig made;
  made.name = name;
  made.listen_port = port;
  made.hosts.push_back({.host = std::string(host), .port = 0, .prefix = std::string(prefix)});
  made.access_log.output = "off";
  return made;
}

class TestCompiler {
 public:
  std::expected<std::shared_ptr<Snapshot>, std::string> compile(config::Config config) {
    return control::compile(std::move(config),
                            {.access_log = access_log_, .host_has_ipv6 = true, .seed = 1});
  }
  /// Without an access log of requests that no service takes.
  std::shared_ptr<Snapshot> compiled(config::Config config) {
    config.access_log.output = "off";
    return compile(std::move(config)).value();
  }

 private:
  NoLines nowhere_;
  observe::Log log_{nowhere_};
  observe::AccessLog access_log_{log_, 1};
};

}  // namespace minato::control
