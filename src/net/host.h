// What the host allows.
#pragma once

#include <cstdint>

namespace minato::net {

/// True where IPv6 sockets can be opened and ::1 is there.
bool has_ipv6();

/// Raises the number of descriptors that this process may open to the most it may give itself, and
/// returns that number, which may be huge: never allocate by it.
std::uint64_t raise_descriptor_limit();

}  // namespace minato::net
