// How a body goes from one connection to another without being seen: by pipes, in which the kernel
// keeps it (base/pipe_pool.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "base/pipe_pool.h"
#include "base/soon.h"

namespace minato::http {

enum class Last : std::uint8_t { no, yes };

inline std::unexpected<Error> no_pipes() {
  return fail(Fault::closed, Side::local, "no body goes by pipes here");
}

/// Where a body comes from.
class PipeSource {
 public:
  /// How many bytes of it are still to be read, and nobody here has any of them: 0 where that
  /// cannot be told.
  virtual std::uint64_t unseen() const { return 0; }
  /// Some of those, never none, in a pipe. Waits as a read does. Errors: as of a read, and resource
  /// (side local) where no pipe is left: nothing is lost then.
  virtual Soon<Result<Pipe>> read_piped() { return no_pipes(); }

 protected:
  ~PipeSource() = default;
};

/// Where a body goes.
class PipeSink {
 public:
  /// Whether the rest of the body may come by pipes. A head that waits goes ahead of it.
  virtual bool takes_pipes() const { return false; }
  /// As a write of all that `pipe` holds; it lives until then.
  virtual Soon<Result<void>> write_piped(Pipe& /*pipe*/, Last) { return no_pipes(); }

 protected:
  ~PipeSink() = default;
};

}  // namespace minato::http
