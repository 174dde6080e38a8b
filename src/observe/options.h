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

/// What a template may name, in braces: `{client} {status}`. `{{` and `}}` stand for braces.
inline constexpr std::array access_log_variables{
    schema::Choice{"time", "When the request began: RFC 3339, UTC, milliseconds."},
    schema::Choice{"time_local", "The same, as the common format writes it."},
    schema::Choice{"client", "Address of the client, as far as the trusted proxies tell."},
    schema::Choice{"peer", "Address of the other end of the connection."},
    schema::Choice{"id", "Request id."},
    schema::Choice{"method", "Request method."},
    schema::Choice{"target", "Request target as it was sent."},
    schema::Choice{"version", "HTTP/1.0 or HTTP/1.1."},
    schema::Choice{"host", "Host that was asked for."},
    schema::Choice{"referer", "Referer of the request."},
    schema::Choice{"user_agent", "User-Agent of the request."},
    schema::Choice{"status", "Status of the response."},
    schema::Choice{"bytes_in", "Bytes of the request body."},
    schema::Choice{"bytes_out", "Bytes of the response body."},
    schema::Choice{"duration", "Seconds from the request's first byte to the response's last."},
    schema::Choice{"service", "Service that the request was routed to."},
    schema::Choice{"upstream", "Endpoint that answered, or was tried last."},
    schema::Choice{"upstream_status", "Status that the endpoint answered with."},
    schema::Choice{"upstream_duration", "Seconds from the first attempt to the response's head."},
    schema::Choice{"attempts", "How many endpoints were tried."},
    schema::Choice{"reason", "Why the exchange ended as it did; `-` where all went well."},
};

/// Wrong where `text` is no template: unknown variables, braces that do not close, no variable at
/// all.
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
          words(observe::log_outputs)));

template <>
inline constexpr auto of<observe::AccessLogOptions> = object(
    "One line a request.",
    field(&observe::AccessLogOptions::output, "output",
          "Where to: `off`, `stdout`, `stderr` or a file.", words(observe::access_log_outputs)),
    field(&observe::AccessLogOptions::format, "format", "How a line is written.",
          words(observe::access_log_formats),
          checked(observe::check_access_log_template,
                  "a template such as `{client} {method} {target} {status}`")));

}  // namespace minato::schema
