// Whether an endpoint is up, from what its checks and the requests to it met: a state machine.
//
// It starts as up. Failed checks and failed connects in a row take it out, passed checks in a row
// bring it back. What an origin answers to a request is no evidence, and neither is a failure of
// our own, such as having no descriptor left to connect with.
//
// Thread: the control thread's; workers learn of it through Candidates.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "upstream/options.h"

namespace minato::upstream {

/// A failure of our own, which tells nothing of the endpoint.
bool is_our_own(const Error& error);

/// What a check found: the status of the answer, 0 where connecting was all that was asked.
using ProbeResult = Result<std::uint16_t>;

/// Why an endpoint is in the state that it is in.
struct HealthCause {
  enum class Kind : std::uint8_t {
    initial,            ///< nothing is known yet
    passed,             ///< a check
    unexpected_status,  ///< of a check
    check_failed,
    connects_failed,  ///< those of requests
  };
  Kind kind = Kind::initial;
  std::uint16_t status = 0;  ///< where unexpected
  Error error{};             ///< where something failed
};

/// For a log line: "check answered 503", "requests cannot connect: refused".
std::string to_string(const HealthCause& cause);

/// Whether this endpoint is the last usable one of a service: requests alone never take that out.
enum class LastUsable : std::uint8_t { no, yes };

/// The calls that may change the state return whether they did.
class Health {
 public:
  explicit Health(WallTime now) : since_(now) {}

  bool up() const { return up_; }
  /// When the state last changed, or the endpoint appeared.
  WallTime since() const { return since_; }
  const HealthCause& cause() const { return cause_; }

  bool on_probe(const ProbeResult& result, const HealthOptions& options, WallTime now);
  bool on_connect_failure(const Error& error, LastUsable last, const HealthOptions& options,
                          WallTime now);
  /// A request could connect after others could not.
  void on_connect() { failed_connects_ = 0; }

 private:
  bool on_passed(const HealthOptions& options, WallTime now);
  bool on_failed(const HealthCause& cause, const HealthOptions& options, WallTime now);
  void become(bool up, const HealthCause& cause, WallTime now);

  bool up_ = true;
  // In a row, while that is the opposite of the state.
  std::uint32_t passed_probes_ = 0;
  std::uint32_t failed_probes_ = 0;
  std::uint32_t failed_connects_ = 0;
  WallTime since_;
  HealthCause cause_{};
};

}  // namespace minato::upstream
