// Leaving root behind.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace minato::control {

/// The user id that `become_user` will take; none where it would do nothing, or fail.
std::optional<unsigned> user_to_become(const std::string& user);

/// Becomes `user` for good: its user id, its group and its further groups. Of root's rights the one
/// to bind ports below 1024 stays, so that a reload can still add such a port; nothing that this
/// process starts gets more than it has. Does nothing where the process is `user` already, or
/// `user` is root.
///
/// When: after what only root may do (open the log's files, make the runtime directory), and before
/// the workers' threads: capabilities belong to a thread, and are inherited by those that it makes
/// later. A thread that is there already becomes the user too (the C library sees to that) and is
/// left with no capability at all: a writer of logs needs none.
///
/// Errors: not_found, where there is no such user; denied, where we are not root or the system
/// refuses. Then the process may have left root by half, and is to end.
Result<void> become_user(const std::string& user);

}  // namespace minato::control
