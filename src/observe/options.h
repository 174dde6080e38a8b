// What the program says, and where.
#pragma once

#include "schema/declare.h"

namespace minato::observe {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string output = "stderr";  ///< stderr, stdout or a file
  friend bool operator==(const LogOptions&, const LogOptions&) = default;
};

struct AccessLogOptions {
  std::string output = "stdout";    ///< off, stdout, stderr or a file
  std::string format = "combined";  ///< common, combined, json or a template
  friend bool operator==(const AccessLogOptions&, const AccessLogOptions&) = default;
};

inline constexpr std::array log_outputs{
    schema::Choice{"stderr", "Standard error."},
    schema::Choice{"stdout", "Standard output."},
};
inline constexpr std::array access_log_outputs{
    schema::Choice{"off", "No access log."},
    schema::Choice{"stdout", "Standard output."},
    schema::Choice{"stderr", "Standard error."},
};
inline constexpr std::array access_log_formats{
    schema::Choice{"common", "The common log format of NCSA."},
    schema::Choice{"combined", "The common format with Referer and User-Agent."},
    schema::Choice{"json", "One JSON object a line, with everything known of the exchange."},
};

/// Wrong where `text` is no path: a bare word is more likely a misspelt `stdout`.
std::optional<schema::Rejection> check_output(std::string_view text);

/// Wrong where `text` is neither a format nor a template (see AccessFormat::compile, and
/// access_variables for what a template may name).
std::optional<schema::Rejection> check_access_log_template(std::string_view text);

}  // namespace minato::observe

namespace minato::schema {

template <>
inline constexpr auto choices<observe::LogLevel> = std::array{
    Named{observe::LogLevel::debug, "debug", "Everything, for looking for a fault."},
    Named{observe::LogLevel::info, "info", "What an operator wants to know."},
    Named{observe::LogLevel::warn, "warn", "What may need attention."},
    Named{observe::LogLevel::error, "error", "What is broken."},
};

template <>
inline constexpr auto choices<observe::LogFormat> = std::array{
    Named{observe::LogFormat::text, "text", "A line for people."},
    Named{observe::LogFormat::json, "json", "One JSON object a line."},
};

template <>
inline constexpr auto of<observe::LogOptions> = object(
    "What the program says of itself.",
    field(&observe::LogOptions::level, "level", "The least important messages that are written."),
    field(&observe::LogOptions::format, "format", "How a message is written."),
    field(&observe::LogOptions::output, "output", "Where to: `stderr`, `stdout` or a file.",
          needs_restart, words(observe::log_outputs),
          checked(observe::check_output, "a file such as /var/log/minato/minato.log")));

template <>
inline constexpr auto of<observe::AccessLogOptions> = object(
    "One line a request.",
    field(&observe::AccessLogOptions::output, "output",
          "Where to: `off`, `stdout`, `stderr` or a file.", words(observe::access_log_outputs),
          checked(observe::check_output, "a file such as /var/log/minato/access.log")),
    field(&observe::AccessLogOptions::format, "format", "How a line is written.",
          words(observe::access_log_formats),
          checked(observe::check_access_log_template,
                  "a template such as `{client} {method} {target} {status}`")));

}  // namespace minato::schema
