// One request to the origin on behalf of all who ask for the same, and the table that brings them
// together.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "cache/fill/growth.h"
#include "http/handler.h"
#include "runtime/bell.h"

namespace minato::cache {

/// What became of it, so far.
enum class Stage : std::uint8_t {
  waiting,    ///< no head yet
  growing,    ///< it is being stored: `growth` has the body, `entry` the head
  passing,    ///< it cannot be stored, and is its leader's alone
  confirmed,  ///< 304: `entry` is what was stored, freshened
  failed,     ///< `failure` says why; nothing of a response was used
};

/// Shared by the threads of those who wait. What stands beside `stage` is written before it and
/// never afterwards.
class Flight {
 public:
  Stage stage() const { return stage_.load(std::memory_order_acquire); }
  runtime::Bell& bell() { return bell_; }

  /// What it brings was purged since it set out.
  bool is_outdated() const {
    return stage() == Stage::growing && entry->spoiled.load(std::memory_order_relaxed);
  }

  void become(Stage stage, runtime::Loop& here) {
    stage_.store(stage, std::memory_order_release);
    bell_.ring(here);
  }

  std::shared_ptr<Growth> growth;
  Pin entry;
  http::BodyLength length{};  ///< of a body that is growing
  std::uint16_t status = 0;   ///< of the origin's response
  bool is_error = false;      ///< the origin failed, in its answer or without one (RFC 5861 4)
  http::Failure failure{http::Reason::none};

 private:
  std::atomic<Stage> stage_{Stage::waiting};
  runtime::Bell bell_;
};

/// Shared. Those that may still be joined.
class Flights {
 public:
  struct Boarded {
    std::shared_ptr<Flight> flight;
    bool leads = false;  ///< nobody had asked yet: the caller has to, and to `land` it
  };
  Boarded board(const std::string& key) {
    const std::lock_guard lock(mutex_);
    auto& flight = by_key_[key];
    const bool leads = flight == nullptr || flight->is_outdated();
    if (leads) flight = std::make_shared<Flight>();
    return {flight, leads};
  }
  /// No others may join.
  void land(const std::string& key, const Flight& flight) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && found->second.get() == &flight) by_key_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> by_key_;
};

}  // namespace minato::cache
