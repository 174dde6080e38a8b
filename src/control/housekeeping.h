// Gives the memory of a burst back: what the pools of a loop and of its thread keep, and nobody has
// used for a while.
#pragma once

#include "base/task.h"
#include "runtime/loop.h"

namespace minato::control {

/// What lay unused from one look to the next goes.
inline constexpr Millis housekeeping_interval = 10s;

/// Runs until it is dropped, on `loop`'s thread. Calls `freed` when enough has gone that the
/// allocator should be told to part with it.
Task<void> keep_house(runtime::Loop& loop, runtime::Job freed);

/// Makes the allocator give the system what it holds free. Takes a millisecond for some ten MiB,
/// and keeps whoever allocates waiting meanwhile.
void give_memory_to_system();

}  // namespace minato::control
