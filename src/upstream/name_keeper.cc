#include "upstream/name_keeper.h"

#include <algorithm>

namespace minato::upstream {

void NameKeeper::sync() {
  const auto names = registry_.names();
  std::erase_if(running_, [&](const auto& entry) {
    return std::ranges::find(names, entry.first) == names.end();
  });
  for (const std::string& name : names) {
    if (running_.contains(name)) continue;
    auto& scope = *running_.emplace(name, std::make_unique<runtime::Scope>(loop_)).first->second;
    scope.start(keep(name));
  }
}

Task<void> NameKeeper::keep(std::string name) {
  for (bool failing = false;;) {
    auto answer = co_await resolver_.resolve(name, loop_.now() + patience);
    const Millis pause = answer ? answer->ttl : retry_pause;
    const bool news = answer || !failing;
    failing = !answer;
    if (answer) registry_.set_addresses(name, std::move(answer->addresses), loop_.wall());
    if (news) heard_({.name = name, .error = answer ? nullptr : &answer.error()});
    co_await runtime::pause(loop_, pause);
  }
}

}  // namespace minato::upstream
