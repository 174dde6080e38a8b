#include "runtime/mailbox.h"

#include <memory>
#include <utility>

namespace minato::runtime {

Mailbox::~Mailbox() {
  Letter* list = newest_.exchange(nullptr);
  while (list != nullptr) delete std::exchange(list, list->next);
}

bool Mailbox::put(Job job) {
  Letter* before = newest_.load(std::memory_order_relaxed);
  auto* const letter = new Letter{std::move(job), before};
  while (!newest_.compare_exchange_weak(before, letter, std::memory_order_release,
                                        std::memory_order_relaxed))
    letter->next = before;
  return before == nullptr;  // the letter itself is the owner's by now, read perhaps and gone
}

void Mailbox::run_all() {
  Letter* list = reversed(newest_.exchange(nullptr, std::memory_order_acquire));
  while (list != nullptr) {
    const std::unique_ptr<Letter> letter(std::exchange(list, list->next));
    letter->job();
  }
}

Mailbox::Letter* Mailbox::reversed(Letter* list) noexcept {
  Letter* result = nullptr;
  while (list != nullptr) {
    Letter* const next = list->next;
    list->next = std::exchange(result, list);
    list = next;
  }
  return result;
}

}  // namespace minato::runtime
