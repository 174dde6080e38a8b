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
};

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

}  // namespace minato::runtime
