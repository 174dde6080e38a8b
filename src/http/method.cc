#include "http/method.h"

#include <array>
#include <ranges>

namespace minato::http {
namespace {

struct MethodRow {
  Method method;
  std::string_view text;
  bool safe;
  bool idempotent;
};

// RFC 9110 9.3 and RFC 5789.
constexpr std::array rows = {
    MethodRow{Method::other, "", false, false},
    MethodRow{Method::get, "GET", true, true},
    MethodRow{Method::head, "HEAD", true, true},
    MethodRow{Method::post, "POST", false, false},
    MethodRow{Method::put, "PUT", false, true},
    MethodRow{Method::delete_, "DELETE", false, true},
    MethodRow{Method::connect, "CONNECT", false, false},
    MethodRow{Method::options, "OPTIONS", true, true},
    MethodRow{Method::trace, "TRACE", true, true},
    MethodRow{Method::patch, "PATCH", false, false},
};

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].method != static_cast<Method>(i)) return false;
  return true;
}
static_assert(in_enum_order());

constexpr const MethodRow& row(Method method) { return rows[static_cast<std::size_t>(method)]; }

}  // namespace

Method method_of(std::string_view text) noexcept {
  for (const MethodRow& candidate : rows | std::views::drop(1))
    if (candidate.text == text) return candidate.method;
  return Method::other;
}

bool is_safe(Method method) noexcept { return row(method).safe; }
bool is_idempotent(Method method) noexcept { return row(method).idempotent; }

}  // namespace minato::http
