// For tests of configurations: texts written in place, and what is wrong with them.
#pragma once

#include <string>
#include <string_view>

#include "config/load.h"

namespace minato::config::testing {

/// Without the line end that a raw string begins with, so that it can begin in the column 0.
inline std::string text(std::string_view raw) {
  if (raw.starts_with('\n')) raw.remove_prefix(1);
  return std::string(raw);
}

/// The shortest configuration that is complete.
inline const std::string one_service = R"(services:
  - name: web
    listen_port: 8080
    hosts: ["http://example.com/", "http://example.com/api"]
    upstreams: [{host: "http://10.0.0.1:8000"}]
)";

/// What a person reads who checks `raw` as config.yaml.
inline std::string problems_of(std::string_view raw) {
  return render(load_text("config.yaml", text(raw), {}).problems);
}

}  // namespace minato::config::testing
