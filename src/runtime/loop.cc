#include "runtime/loop.h"

namespace minato::runtime {

void Loop::run_turns() {
  IntrusiveList<Turn> now;
  now.take_all(turns_);
  while (Turn* const turn = now.pop_front()) turn->run();
}

}  // namespace minato::runtime
