// Parts of one response that touch become one (RFC 9110 15.3.7.3), and the whole where nothing is
// missing.
#pragma once

#include "cache/fill/intake.h"
#include "runtime/loop.h"

namespace minato::cache {

/// Puts `fresh`, which was stored just now, together with what it touches. Does nothing for what is
/// no part, or has no strong entity tag.
Task<void> combine_parts(const Asked& asked, Pin fresh, runtime::Loop& loop);

}  // namespace minato::cache
