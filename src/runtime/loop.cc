#include "runtime/loop.h"

namespace minato::runtime {

void Loop::run_turns() {
  for (auto* const turns : {&turns_, &last_turns_}) {
    IntrusiveList<Turn> now;
    now.take_all(*turns);
    while (Turn* const turn = now.pop_front()) turn->run();
  }
}

}  // namespace minato::runtime
