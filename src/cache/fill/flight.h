// One request to the origin on behalf of all who ask for the same, and the table that brings them
// together.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/short_lock.h"
#include "cache/fill/growth.h"
#include "http/handler.h"
#include "runtime/bell.h"

namespace minato::cache {

/// What became of it, so far.
enum class Stage : std::uint8_t {
  waiting,     ///< no head yet
  growing,     ///< it is being stored: `growth` has the body, `entry` the head
  passing,     ///< it cannot be stored, and is its leader's alone
  confirmed,   ///< 304: `entry` is what was stored, freshened
  failed,      ///< nothing came that those who wait could use: `failure`, or an answer
  called_off,  ///< nobody was asked: what it was to bring may be there already
};

/// Shared by the threads of those who wait. What stands beside `stage` is written before that is
/// another than `waiting`, and never afterwards; who reads it asks for the stage first.
class Flight {
 public:
  /// `purges_before`: Store::purges when it sets out.
  explicit Flight(std::uint64_t purges_before)
      : purges_before_(purges_before), current_until_(purges_before) {}

  std::uint64_t purges_before() const { return purges_before_; }
  Stage stage() const { return stage_.load(std::memory_order_acquire); }
  runtime::Bell& bell() { return bell_; }

  /// What it brings was purged since it set out, or may have been where there is no head yet. One
  /// thread at a time.
  bool is_outdated(const Store& store, std::string_view stored_under) {
    const std::uint64_t purges = store.purges();
    if (may_be_outdated(store, stored_under)) return true;
    current_until_ = purges;
    return false;
  }

  void become(Stage stage, runtime::Loop& here) {
    stage_.store(stage, std::memory_order_release);
    bell_.ring(here);
  }

  /// Whether anybody but its leader waits for it, or reads what it brings. The bell rings when the
  /// last one leaves.
  bool has_followers() const { return followers_.load(std::memory_order_acquire) != 0; }

  /// What one holds who boarded and does not lead, for as long as that concerns him.
  class Seat {
   public:
    Seat(Flight& flight, runtime::Loop& here) : flight_(flight), here_(here) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() {
      if (flight_.followers_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        flight_.bell_.ring(here_);
    }

   private:
    Flight& flight_;
    runtime::Loop& here_;
  };

  std::shared_ptr<Growth> growth;
  Pin entry;
  http::BodyLength length{};  ///< of a body that is growing
  /// Passing: how the request names its user that is refused; 0: not, or it is no matter of that.
  unsigned naming = 0;
  std::uint16_t status = 0;  ///< of the origin's response
  bool is_updated = false;   ///< confirmed: `entry` took the place of what was stored
  bool is_error = false;     ///< the origin failed, in its answer or without one (RFC 5861 4)
  std::optional<http::Failure> failure;  ///< none: there was an answer

 private:
  friend class Flights;
  bool may_be_outdated(const Store& store, std::string_view stored_under) const {
    const Stage now = stage();
    if (now == Stage::waiting) return store.may_be_purged(stored_under, current_until_);
    if (now != Stage::growing) return false;
    // Complete, it is in the store for an instant before this lands: a purge may take it from
    // there.
    return entry->spoiled.load(std::memory_order_relaxed) ||
           entry->marked_stale.load(std::memory_order_relaxed) ||
           store.was_purged(*entry, current_until_);
  }

  const std::uint64_t purges_before_;
  std::uint64_t current_until_;  // none of so many purges concerns it: each is asked about once
  std::atomic<Stage> stage_{Stage::waiting};
  std::atomic<std::size_t> followers_{0};  // goes up under the lock of Flights alone
  runtime::Bell bell_;
};

/// Shared. Those that may still be joined.
class Flights {
 public:
  explicit Flights(const Store& store) : store_(store) {}

  struct Boarded {
    std::shared_ptr<Flight> flight;
    bool leads = false;  ///< nobody had asked yet: the caller has to, and to `land` it
  };
  /// `stored_under`: the text of the Key of what it is to bring. Who does not lead takes a Seat.
  Boarded board(const std::string& key, std::string_view stored_under) {
    const ShortLock lock(mutex_);
    Boarded boarded = find(key, stored_under);
    if (!boarded.leads) boarded.flight->followers_.fetch_add(1, std::memory_order_relaxed);
    return boarded;
  }
  /// For one who does not want to follow: null where somebody has asked.
  std::shared_ptr<Flight> lead(const std::string& key, std::string_view stored_under) {
    const ShortLock lock(mutex_);
    Boarded boarded = find(key, stored_under);
    return boarded.leads ? std::move(boarded.flight) : nullptr;
  }
  /// No others may join. Does nothing where another took its place.
  void land(const std::string& key, const Flight& flight) {
    const ShortLock lock(mutex_);
    forget(key, flight);
  }
  /// The same where it has no followers: then it will never have any. False: it has.
  bool land_unfollowed(const std::string& key, const Flight& flight) {
    const ShortLock lock(mutex_);
    if (flight.has_followers()) return false;
    forget(key, flight);
    return true;
  }

 private:
  Boarded find(const std::string& key, std::string_view stored_under) {
    auto& flight = by_key_[key];
    const bool leads = flight == nullptr || flight->is_outdated(store_, stored_under);
    if (leads) flight = std::make_shared<Flight>(store_.purges());
    return {flight, leads};
  }
  void forget(const std::string& key, const Flight& flight) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && found->second.get() == &flight) by_key_.erase(found);
  }

  const Store& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> by_key_;
};

}  // namespace minato::cache
