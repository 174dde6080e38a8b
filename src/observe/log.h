// What the program says of itself: a level, an event, a sentence and facts.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "observe/line_queue.h"
#include "observe/options.h"
#include "observe/throttle.h"

namespace minato::observe {

template <class N>
concept Count = std::integral<N> && !std::same_as<N, bool> && !std::same_as<N, char>;

/// One `key=value`. The key is a snake_case word of ours, and none of time, level, event, message;
/// the value may be a stranger's.
class Fact {
 public:
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t>;

  Fact(std::string_view key, std::string_view text) : key_(key), value_(text) {}
  Fact(std::string_view key, const char* text) : Fact(key, std::string_view(text)) {}
  Fact(std::string_view key, const std::string& text) : Fact(key, std::string_view(text)) {}
  template <Count N>
  Fact(std::string_view key, N number) : key_(key), value_(widest(number)) {}

  std::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  template <std::signed_integral N>
  static std::int64_t widest(N number) {
    return number;
  }
  template <std::unsigned_integral N>
  static std::uint64_t widest(N number) {
    return number;
  }

  std::string_view key_;
  Value value_;
};
using Facts = std::initializer_list<Fact>;

/// Shared: any thread may use it; none waits for the output. A line that the sink has no room for
/// is lost, and the next one that gets through is preceded by how many were. Bounds: values are cut
/// so that a line has at most 16 KiB.
class Log {
 public:
  /// `options.output` is the sink's business.
  explicit Log(LineSink& sink, const LogOptions& options = {});
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  /// `event` is a stable name such as "endpoint.down", for programs; `message` a sentence without a
  /// full stop, for people.
  void debug(std::string_view event, std::string_view message, Facts facts = {}) {
    say(LogLevel::debug, event, message, facts);
  }
  void info(std::string_view event, std::string_view message, Facts facts = {}) {
    say(LogLevel::info, event, message, facts);
  }
  void warn(std::string_view event, std::string_view message, Facts facts = {}) {
    say(LogLevel::warn, event, message, facts);
  }
  void error(std::string_view event, std::string_view message, Facts facts = {}) {
    say(LogLevel::error, event, message, facts);
  }
  void say(LogLevel level, std::string_view event, std::string_view message, Facts facts = {});

  /// False where a line of `level` would not be written: for facts that are dear to gather.
  bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  /// Takes the level and the format of a reload. Any thread.
  void set(const LogOptions& options);

 private:
  class Voice;
  const std::unique_ptr<Voice> text_, json_;
  std::atomic<LogFormat> format_;
  std::atomic<LogLevel> level_;
};

/// Warns once in the throttle's interval, with the fact how many `times` it happened since.
void warn_throttled(Log& log, Throttle& throttle, Instant now, std::string_view event,
                    std::string_view message);

}  // namespace minato::observe
