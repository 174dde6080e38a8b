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

  /// True where each connection that it may have is busy.
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

/// The endpoints that one exchange has tried, or found full. Lives in the exchange; never
/// allocates.
class Tried {
 public:
  static constexpr std::size_t most = 16;

  bool empty() const { return failed_.empty() && full_.empty(); }
  bool contains(EndpointId id) const { return failed_.contains(id) || full_.contains(id); }

  /// An attempt there failed; it may be tried again when the others have failed too.
  void add_failed(EndpointId id) { failed_.add(id); }
  /// It took no further connection: not to be asked again.
  void add_full(EndpointId id) { full_.add(id); }
  /// Too many were full to go on looking.
  bool gives_up() const { return full_.size == most; }

  /// Lets what failed before the last attempt be tried again. False where there is nothing to
  /// forget.
  bool forget_all_but_last() { return failed_.keep_last(1); }
  bool forget_last() { return failed_.keep_last(0); }

 private:
  /// The last `most` that were added.
  struct Ids {
    std::array<EndpointId, most> ids{};
    std::size_t size = 0;

    bool empty() const { return size == 0; }
    bool contains(EndpointId id) const {
      return std::find(ids.data(), ids.data() + size, id) != ids.data() + size;
    }
    void add(EndpointId id) {
      if (size == most) keep_last(most - 1);
      ids[size++] = id;
    }
    bool keep_last(std::size_t kept) {
      if (size <= kept) return false;
      std::shift_left(ids.data(), ids.data() + size, static_cast<std::ptrdiff_t>(size - kept));
      size = kept;
      return true;
    }
  };
  Ids failed_, full_;
};

}  // namespace minato::upstream
