#include "upstream/name_keeper.h"

#include <algorithm>

namespace minato::upstream {

Task<void> NameKeeper::learn(std::set<std::string> names, Instant until) {
  learnt_.clear();
  runtime::Scope asking(loop_);
  for (const std::string& name : names)
    if (!running_.contains(name)) asking.start(learn_one(name, until));
  co_await asking.empty();
}

Task<void> NameKeeper::learn_one(std::string name, Instant until) {
  auto answer = co_await resolver_.resolve(name, until);
  if (answer) learnt_.insert_or_assign(std::move(name), *std::move(answer));
}

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
  learnt_.clear();
}

Task<void> NameKeeper::keep(std::string name) {
  for (bool failing = false;;) {
    auto answer = co_await answer_for(name);
    const Millis pause = answer ? answer->ttl : retry_pause;
    const bool news = answer || !failing;
    failing = !answer;
    if (answer) registry_.set_addresses(name, std::move(answer->addresses), loop_.wall());
    if (news) heard_({.name = name, .error = answer ? nullptr : &answer.error()});
    co_await runtime::pause(loop_, pause);
  }
}

Task<Result<net::Resolution>> NameKeeper::answer_for(const std::string& name) {
  if (auto learnt = learnt_.extract(name)) co_return std::move(learnt.mapped());
  co_return co_await resolver_.resolve(name, loop_.now() + patience);
}

}  // namespace minato::upstream
