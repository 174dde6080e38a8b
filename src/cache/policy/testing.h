// Heads for the tests of the policy, written as a person would.
#pragma once

#include <deque>
#include <string>

#include "cache/policy/facts.h"

namespace minato::cache {

using Lines = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline constexpr WallTime t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

/// Owns what the heads refer to.
class Heads {
 public:
  http::RequestHead request(Lines lines, http::Method method = http::Method::get) {
    http::RequestHead head(arena_);
    head.method = method;
    add(lines, head.fields);
    return head;
  }
  http::ResponseHead response(Lines lines, std::uint16_t status = 200) {
    http::ResponseHead head(arena_);
    head.status = status;
    add(lines, head.fields);
    return head;
  }
  http::Fields fields(Lines lines) {
    http::Fields made(arena_);
    add(lines, made);
    return made;
  }
  /// Facts of a response that came at `t0` in no time.
  ResponseFacts facts(Lines lines, std::uint16_t status = 200, Lines request_lines = {},
                      const ReadingRules& rules = {}) {
    return response_facts(response(lines, status), request_facts(request(request_lines)),
                          {.request_sent = t0, .response_received = t0}, rules);
  }
  Arena& arena() { return arena_; }

 private:
  static void add(Lines lines, http::Fields& to) {
    for (const auto& [name, value] : lines) to.add(name, value);
  }
  BlockPool pool_;
  Arena arena_{pool_};
};

}  // namespace minato::cache
