// How a stored body is sent.
#pragma once

#include "base/task.h"
#include "cache/store/entry.h"
#include "http/handler.h"
#include "runtime/budget.h"

namespace minato::cache {

/// How many writes, of at most how many bytes, pass within one turn of the loop.
inline constexpr int writes_in_a_row = 4;
inline constexpr std::uint64_t write_bytes_max = 1u << 20;

/// Whether it begins with bytes that can be lent to the kernel rather than copied.
bool may_be_lent(const Content& content, const http::Responder& to);

/// Sends the bytes of `range`, straight from where they lie: those on pages of their own without a
/// copy, where the other side takes pipes and one is left. `content` is pinned meanwhile.
Task<Result<void>> send_content(runtime::Loop& loop, Content& content, ByteRange range,
                                http::Last last, http::Responder& to, runtime::Budget& writes);

}  // namespace minato::cache
