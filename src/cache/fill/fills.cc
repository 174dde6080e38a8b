#include "cache/fill/fills.h"

#include "cache/fill/fill.h"

namespace minato::cache {

void Fills::cancel_all() {
  while (ListLink* const newest = running_.pop_front()) delete static_cast<Fill*>(newest);
}

/// Whom somebody follows again is none.
std::size_t Fills::count_orphans() {
  std::size_t count = 0;
  orphans_.for_each([&](Orphan& one) {
    if (one.fill.is_orphan())
      ++count;
    else
      one.unlink();
  });
  return count;
}

void Fills::add_orphan(Orphan& orphan) {
  orphans_.push_back(orphan);
  for (std::size_t count = count_orphans(); count > orphans_max; --count) {
    Orphan& least = least_orphan();
    least.unlink();
    least.fill.end_unless_followed();
  }
}

/// The newest that has no answer yet: of what others have, some is stored already.
Orphan& Fills::least_orphan() {
  Orphan* least = nullptr;
  orphans_.for_each([&](Orphan& one) {
    if (least == nullptr || !one.fill.begun_ || least->fill.begun_) least = &one;
  });
  return *least;
}

// A fill that may be one of them.

void Fill::leader_left() {
  tell_record();  // its exchange may end before anything came
  leader_ = nullptr;
  if (begun_ && ruling_ == Ruling::Kind::pass) {
    delete this;
    return;
  }
  if (!end_.linked()) tasks_.start(watch_followers());
}

bool Fill::is_orphan() const { return leader_ == nullptr && !order_.flight->has_followers(); }

/// Without a leader. Those who follow may leave on other threads, and others come.
Task<void> Fill::watch_followers() {
  while (!end_.linked()) {
    const std::uint64_t seen = order_.flight->bell().rings();
    if (is_orphan() && !orphan_.linked()) order_.fills.add_orphan(orphan_);
    (void)co_await order_.flight->bell().after(loop_, seen);
  }
}

/// Who boards in this moment either does so before, and it goes on, or leads a flight of his own.
void Fill::end_unless_followed() {
  Flight& flight = *order_.flight;
  if (!landed_) landed_ = order_.cache.flights().land_unfollowed(order_.flight_key, flight);
  if (landed_ && !flight.has_followers()) end_soon();
}

/// Not now: what runs may be a task of its own.
void Fill::end_soon() {
  if (!end_.linked()) loop_.defer(end_);
}

}  // namespace minato::cache
