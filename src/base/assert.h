// Checks of our own invariants. They stay on in release builds: a wrong proxy is worse than a dead
// one. What the outside world does is never asserted; it is handled.
#pragma once

namespace minato {

/// Prints the failed condition to standard error and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace minato

#define MINATO_ASSERT(condition)         \
  (static_cast<bool>(condition) ? void() \
                                : ::minato::assertion_failed(#condition, __FILE__, __LINE__))
