// Where the control socket is: for the program that listens there and for those who speak to it.
#pragma once

#include <string>
#include <string_view>

namespace minato::config {

/// Who looks for the socket, or makes it.
struct Operator {
  std::string user;  ///< name, or number where it has no name
  bool root = false;
  std::string runtime_directory;  ///< of its session; empty: none
  unsigned id = 0;                ///< of the user
};

/// Of this process, before it gives up rights. `runtime_directory` is its XDG_RUNTIME_DIR.
Operator operator_of_process(std::string runtime_directory);

/// The path that the setting `control_socket` means; empty for `off`. `auto` is
/// `minato-<user>.sock` in the runtime directory: /run for root, whatever its session says, since
/// it may have started Minato outside of one; otherwise XDG_RUNTIME_DIR, or /tmp where that is not
/// set.
std::string control_socket_path(std::string_view setting, const Operator& who);

}  // namespace minato::config
