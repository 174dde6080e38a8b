// What can be asked of the cache: what it holds, why it would or would not use it, and that it
// forgets.
#pragma once

#include "admin/resources.h"

namespace minato::admin {

/// `{"url": …}`, `{"prefix": …}`, `{"tag": …}`, `{"host": …}` or `{"all": true}`, with
/// `"soft": true` to mark stale instead.
Task<Reply> purge(Program& program, const Question& question);
Task<Reply> cache_stats(Program& program, const Question& question);
/// `?url=…`, percent-encoded.
Task<Reply> cache_entry(Program& program, const Question& question);

}  // namespace minato::admin
