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

/// `1 hit`, `2 hits`.
std::string counted(std::uint64_t number, std::string_view noun);

/// Of an answer of `/status` and of `/reload`. What cannot be understood is told as such.
Report status_report(std::uint16_t status, std::string_view body);
Report reload_report(std::uint16_t status, std::string_view body);

}  // namespace minato::cli
