// How much memory the program may take on this machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace minato::config {

/// The least that a control group around this process allows, as a container's does; nullopt where
/// none is told. `root`: the folder that is "/".
std::optional<std::uint64_t> group_memory_limit(const std::string& root = "/");

/// nullopt where the system does not tell.
std::optional<std::uint64_t> machine_memory();

}  // namespace minato::config
