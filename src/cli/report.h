// The answers of the control socket, for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace minato::cli {

struct Report {
  std::string out;
  std::string err;
};

/// Of an answer of `/status` and of `/reload`. What cannot be understood is told as such.
Report status_report(std::uint16_t status, std::string_view body);
Report reload_report(std::uint16_t status, std::string_view body);

}  // namespace minato::cli
