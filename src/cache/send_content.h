// How a stored body is sent.
#pragma once

#include "base/task.h"
#include "cache/store/entry.h"
#include "http/handler.h"
#include "runtime/budget.h"

namespace minato::cache {

/// How many writes, of at most how many bytes, pass within one turn of the loop; and what one
/// counts for in a Budget, beside a pipe of what is lent.
inline constexpr int writes_in_a_row = 4;
inline constexpr std::uint64_t write_bytes_max = 1u << 20;
inline constexpr int steps_of_write = 4, steps_in_a_row = writes_in_a_row * steps_of_write;

/// Whether what it begins with may be lent to the kernel, rather than copied: it has pages of its
/// own, and has been asked for often enough.
bool begins_with_lendable(const Entry& entry);

/// Sends the bytes of `range` of its content, straight from where they lie: what may be lent
/// without a copy, where that is worth it, the other side takes pipes and one is left. `entry` is
/// pinned meanwhile.
Task<Result<void>> send_content(runtime::Loop& loop, const Entry& entry, ByteRange range,
                                http::Last last, http::Responder& to, runtime::Budget& writes);

}  // namespace minato::cache
