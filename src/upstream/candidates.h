// What a balancer chooses from, and what an exchange has tried already.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "upstream/endpoint.h"
#include "upstream/options.h"

namespace minato::upstream {

/// One endpoint in its role as one entry of a service.
struct Candidate {
  Endpoint* endpoint = nullptr;
  const UpstreamOptions* entry =
      nullptr;  ///< base path, query and limit; lives as long as the group

  /// True where as many exchanges are under way as may be.
  bool full() const {
    return entry->max_connections != 0 && endpoint->in_flight() >= entry->max_connections;
  }
};

/// What a group may choose from: made on the control thread whenever health or addresses change,
/// and sent to every worker. Immutable.
struct Candidates {
  std::vector<Candidate> usable;
  bool unresolved = false;                           ///< a name has no address yet
  std::vector<std::shared_ptr<Endpoint>> endpoints;  ///< all of them, kept alive
};

/// The last endpoints that one exchange has tried. Lives in the exchange; never allocates.
class Tried {
 public:
  static constexpr std::size_t most = 16;

  bool empty() const { return size_ == 0; }
  bool contains(EndpointId id) const {
    return std::find(ids_.data(), ids_.data() + size_, id) != ids_.data() + size_;
  }

  /// An attempt there failed; it may be tried again when the others have failed too.
  void add_failed(EndpointId id) {
    if (size_ == most) keep_last(most - 1);
    ids_[size_++] = id;
  }

  /// Lets what failed before the last attempt be tried again. False where there is nothing to
  /// forget.
  bool forget_all_but_last() { return keep_last(1); }
  bool forget_last() { return keep_last(0); }

 private:
  bool keep_last(std::size_t kept) {
    if (size_ <= kept) return false;
    std::shift_left(ids_.data(), ids_.data() + size_, static_cast<std::ptrdiff_t>(size_ - kept));
    size_ = kept;
    return true;
  }

  std::array<EndpointId, most> ids_{};
  std::size_t size_ = 0;
};

}  // namespace minato::upstream
