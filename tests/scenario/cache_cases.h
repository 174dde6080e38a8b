// A cache in front of an origin that says what it was told to say, request by request.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "scenario/cache_rig.h"

namespace minato::scenario {

class CacheCases : public testing::Test {
 protected:
  explicit CacheCases(const cache::ServiceCacheOptions& options = {.ttl = 0s,
                                                                   .collapse = {.timeout = 1s}})
      : rig_(options, [this](const PlainRequest& request, Second) { return answer_to(request); }) {}
  /// The origin's next answer.
  void say(PlainResponse response) { answers_.push_back(std::move(response)); }
  Outcome get(Lines fields = {}) { return rig_.exchange({.fields = std::move(fields)}); }
  std::vector<Outcome> get_twice() {
    const std::vector<PlainRequest> requests(2);
    return rig_.exchange_all(requests);
  }
  std::vector<Outcome> get_at_once(std::vector<Lines> fields) {
    std::vector<PlainRequest> requests;
    for (Lines& each : fields) requests.push_back({.fields = std::move(each)});
    return ask_at_once(requests);
  }
  std::vector<Outcome> ask_at_once(const std::vector<PlainRequest>& requests) {
    return rig_.exchange_all(requests);
  }
  const OriginCall& call(std::size_t number) const { return rig_.calls().at(number); }
  Outcome ask(const std::string& method) { return rig_.exchange({.method = method, .fields = {}}); }
  void pass(Second span) { rig_.advance(span); }
  std::size_t asked() const { return rig_.calls().size(); }
  static std::string field(const Outcome& outcome, std::string_view name) {
    const auto* const value = line_of(outcome.fields, name);
    return value == nullptr ? "" : *value;
  }

 private:
  PlainResponse answer_to(const PlainRequest& request) {
    if (answers_.empty()) {
      ADD_FAILURE() << "the origin is asked for " << request.path << " and was told no answer";
      return {.fails = true};
    }
    PlainResponse answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  std::deque<PlainResponse> answers_;
  CacheRig rig_;
};

}  // namespace minato::scenario
