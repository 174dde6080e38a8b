// What the kernel tells of a descriptor.
#pragma once

#include <cstdint>

namespace minato::runtime {

/// Edge-triggered: each says what changed since it was last said.
struct Readiness {
  bool readable = false;
  bool writable = false;
  bool peer_ended = false;  ///< the peer will send no more; what it sent can still be read
  bool broken = false;      ///< reset, or closed both ways
  bool urgent = false;      ///< there is a byte that the peer called urgent (RFC 9293 3.8.5)
};

/// What hears of a descriptor.
class Watcher {
 public:
  /// First each watcher of a batch of news is told its own, and does nothing but note it; so
  /// whoever acts on the batch knows of all of it.
  virtual void hear(Readiness) {}
  /// Then each acts. May destroy the watcher.
  virtual void ready(Readiness what) = 0;

 protected:
  ~Watcher() = default;
};

/// One whose descriptor is watched a while after it was made, or when it asks, and often is gone by
/// then.
class LateWatcher : public Watcher {
 public:
  /// The while is over.
  virtual void watch_now() = 0;

 protected:
  virtual ~LateWatcher() = default;

 private:
  friend class LateWatchers;
  std::uint32_t place_ = 0;  // of LateWatchers
};

}  // namespace minato::runtime
