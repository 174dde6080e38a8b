#include "control/housekeeping.h"

#include <malloc.h>

#include "base/frame_pool.h"

namespace minato::control {
namespace {

/// Freed in a row before others get a turn.
constexpr std::size_t blocks_step_bytes = 1u << 20;
constexpr std::size_t frames_step = 512;
/// Below it the allocator is left alone: it will have use for it.
constexpr std::size_t worth_giving_bytes = 1u << 20;

}  // namespace

Task<void> keep_house(runtime::Loop& loop, runtime::Job freed) {
  std::size_t given = 0;
  for (;;) {
    co_await runtime::pause(loop, housekeeping_interval);
    loop.pipes().close_unused();
    for (;;) {
      const std::size_t bytes =
          loop.blocks().free_unused(blocks_step_bytes) + free_unused_frames(frames_step);
      if (bytes == 0) break;
      given += bytes;
      co_await loop.breathe();
    }
    loop.pipes().age();
    loop.blocks().age();
    age_frames();
    if (given < worth_giving_bytes) continue;
    given = 0;
    freed();
  }
}

void give_memory_to_system() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace minato::control
