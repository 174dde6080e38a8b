// Keeps the addresses of the registry's names current: resolves each again when its time to live is
// over, and goes on with the last good addresses where that fails.
//
// Thread: the control thread's loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "net/resolver.h"
#include "runtime/scope.h"
#include "upstream/registry.h"

namespace minato::upstream {

/// Outlive: loop, resolver and registry.
class NameKeeper {
 public:
  /// What is heard of a name. `error` is null where it has addresses (again).
  struct News {
    const std::string& name;
    const Error* error;
  };
  /// Told after every answer that changed the registry, and once when a name begins to fail or
  /// stops failing. It must not call `sync`.
  using Listener = std::move_only_function<void(const News&)>;

  /// How long one question may take, and the pause after one that failed.
  static constexpr Millis patience = 5s;
  static constexpr Millis retry_pause = 2s;

  NameKeeper(runtime::Loop& loop, net::Resolver& resolver, Registry& registry, Listener heard)
      : loop_(loop), resolver_(resolver), registry_(registry), heard_(std::move(heard)) {}

  /// Asks for what is not kept yet, for the next `sync` to begin with. Returns when all is answered
  /// or the time is over: a name that does not resolve holds nothing up.
  Task<void> learn(std::set<std::string> names, Instant until);

  /// Begins with the names that are new in the registry, and forgets those that are gone. To be
  /// called after `apply`.
  void sync();

 private:
  Task<void> learn_one(std::string name, Instant until);
  Task<void> keep(std::string name);
  Task<Result<net::Resolution>> answer_for(const std::string& name);

  runtime::Loop& loop_;
  net::Resolver& resolver_;
  Registry& registry_;
  Listener heard_;
  std::map<std::string, net::Resolution> learnt_;  // until the next sync
  std::map<std::string, std::unique_ptr<runtime::Scope>> running_;
};

}  // namespace minato::upstream
