#include "upstream/health.h"

#include <fmt/format.h>

#include <algorithm>

namespace minato::upstream {
namespace {

bool passes(std::uint16_t status, const HealthOptions& options) {
  return status == 0 ||
         std::ranges::any_of(options.expect_status, [&](const schema::StatusRange& range) {
           return range.contains(status);
         });
}

std::string error_text(const Error& error) {
  if (*error.detail == '\0') return std::string(name(error.fault));
  return fmt::format("{} ({})", name(error.fault), error.detail);
}

}  // namespace

bool is_our_own(const Error& error) {
  return error.side == Side::local || error.fault == Fault::resource ||
         error.fault == Fault::cancelled;
}

std::string to_string(const HealthCause& cause) {
  switch (cause.kind) {
    case HealthCause::Kind::initial: return "not checked yet";
    case HealthCause::Kind::passed: return "check passed";
    case HealthCause::Kind::unexpected_status:
      return fmt::format("check answered {}", cause.status);
    case HealthCause::Kind::check_failed: return "check failed: " + error_text(cause.error);
    case HealthCause::Kind::connects_failed:
      return "requests cannot connect: " + error_text(cause.error);
  }
  return {};
}

bool Health::on_probe(const ProbeResult& result, const HealthOptions& options, WallTime now) {
  using Kind = HealthCause::Kind;
  if (!result && is_our_own(result.error())) return false;
  if (result && passes(*result, options)) return on_passed(options, now);
  passed_probes_ = 0;
  failed_probes_ += up_ ? 1 : 0;
  const HealthCause cause = result ? HealthCause{Kind::unexpected_status, *result}
                                   : HealthCause{Kind::check_failed, 0, result.error()};
  return on_failed(cause, options, now);
}

bool Health::on_connect_failure(const Error& error, LastUsable last, const HealthOptions& options,
                                WallTime now) {
  // While it is down such news is late: no request goes there any more.
  if (!up_ || is_our_own(error)) return false;
  failed_connects_ = std::min(failed_connects_ + 1, options.fall);
  if (last == LastUsable::yes) return false;
  return on_failed({HealthCause::Kind::connects_failed, 0, error}, options, now);
}

bool Health::on_passed(const HealthOptions& options, WallTime now) {
  failed_probes_ = failed_connects_ = 0;
  if (up_ || ++passed_probes_ < options.rise) return false;
  become(true, {HealthCause::Kind::passed}, now);
  return true;
}

bool Health::on_failed(const HealthCause& cause, const HealthOptions& options, WallTime now) {
  if (!up_ || failed_probes_ + failed_connects_ < options.fall) return false;
  become(false, cause, now);
  return true;
}

void Health::become(bool up, const HealthCause& cause, WallTime now) {
  up_ = up;
  passed_probes_ = failed_probes_ = failed_connects_ = 0;
  since_ = now;
  cause_ = cause;
}

}  // namespace minato::upstream
