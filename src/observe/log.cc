#include "observe/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "observe/escape.h"

namespace minato::observe {
namespace {

constexpr std::size_t line_bytes_max = 16u << 10;

struct Message {
  LogLevel level;
  std::string_view event;
  std::string_view text;
  Facts facts;
};

std::string_view name(LogLevel level) {
  constexpr std::array<std::string_view, 4> names{"debug", "info", "warn", "error"};
  return names[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                              spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

// Whether a value could be taken for something else when it stands bare behind its key.
bool needs_quotes(std::string_view text) {
  const auto ambiguous = [](unsigned char c) {
    return c <= ' ' || c == '"' || c == '=' || c == '\\';
  };
  return text.empty() || std::ranges::any_of(text, ambiguous);
}

void put_quoted(LineWriter& out, std::string_view text) {
  out.put('"');
  put_json_escaped(out, text);
  out.put('"');
}

void put_bare(LineWriter& out, std::string_view text) {
  needs_quotes(text) ? put_quoted(out, text) : put_printable(out, text);
}

void put_value(LineWriter& out, const Fact& fact, std::size_t bytes_max,
               void (*put_text)(LineWriter&, std::string_view)) {
  if (const auto* text = std::get_if<std::string_view>(&fact.value()))
    put_text(out, text->substr(0, bytes_max));
  else if (const auto* number = std::get_if<std::int64_t>(&fact.value()))
    out.number(*number);
  else
    out.number(std::get<std::uint64_t>(fact.value()));
}

void put_text(LineWriter& out, const Message& message, std::size_t bytes_max) {
  out.put(name(message.level));
  out.put(' ');
  out.put(message.event);
  out.put(": ");
  put_printable(out, message.text.substr(0, bytes_max));
  for (const Fact& fact : message.facts) {
    out.put(' ');
    out.put(fact.key());
    out.put('=');
    put_value(out, fact, bytes_max, put_bare);
  }
}

void put_json(LineWriter& out, const Message& message, std::size_t bytes_max) {
  out.put(R"("level":")");
  out.put(name(message.level));
  out.put(R"(","event":")");
  out.put(message.event);
  out.put(R"(","message":)");
  put_quoted(out, message.text.substr(0, bytes_max));
  for (const Fact& fact : message.facts) {
    out.put(R"(,")");
    out.put(fact.key());
    out.put(R"(":)");
    put_value(out, fact, bytes_max, put_quoted);
  }
}

/// What differs between the formats: what spdlog writes around a message, and what stands in it.
struct Style {
  const char* pattern;
  void (*put)(LineWriter&, const Message&, std::size_t bytes_max);
};
constexpr Style text_style{"%Y-%m-%dT%H:%M:%S.%eZ %v", put_text};
constexpr Style json_style{R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", put_json};

/// The message in `room`. Values are cut only where they do not fit whole.
std::string_view compose(std::span<char> room, const Style& style, const Message& message) {
  for (const std::size_t bytes_max : {line_bytes_max, std::size_t{512}, std::size_t{64}}) {
    LineWriter out(room);
    style.put(out, message, bytes_max);
    if (!out.overflowed()) return out.view();
  }
  return {};
}

/// Where spdlog's lines go on. The lock of its base is held only while a line is composed.
class SinkAdapter final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  SinkAdapter(LineSink& lines, const Style& style) : lines_(lines), style_(style) {
    set_formatter_(std::make_unique<spdlog::pattern_formatter>(
        style.pattern, spdlog::pattern_time_type::utc, "\n"));
  }

 private:
  void sink_it_(const spdlog::details::log_msg& line) override {
    if (lost_ > 0 && put_lost(line)) lost_ = 0;
    if (!put(line)) ++lost_;
  }
  void flush_() override {}

  bool put(const spdlog::details::log_msg& line) {
    spdlog::memory_buf_t composed;
    formatter_->format(line, composed);
    return lines_.put({composed.data(), composed.size()});
  }
  bool put_lost(spdlog::details::log_msg line) {
    std::array<char, 256> room;
    const auto text = compose(room, style_,
                              {LogLevel::warn,
                               "log.lost",
                               "lines were lost: the output is too slow",
                               {{"lines", lost_}}});
    line.level = spdlog::level::warn;
    line.payload = {text.data(), text.size()};
    return put(line);
  }

  LineSink& lines_;
  const Style& style_;
  std::uint64_t lost_ = 0;
};

}  // namespace

class Log::Voice {
 public:
  Voice(LineSink& sink, const Style& style)
      : style_(style), logger_("minato", std::make_shared<SinkAdapter>(sink, style)) {
    logger_.set_level(spdlog::level::trace);  // Log chooses
  }

  void say(const Message& message) {
    std::array<char, line_bytes_max> room;
    const auto text = compose(room, style_, message);
    logger_.log(spdlog_level(message.level), spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  const Style& style_;
  spdlog::logger logger_;
};

Log::Log(LineSink& sink, const LogOptions& options)
    : text_(std::make_unique<Voice>(sink, text_style)),
      json_(std::make_unique<Voice>(sink, json_style)),
      format_(options.format),
      level_(options.level) {}

Log::~Log() = default;

void Log::set(const LogOptions& options) {
  format_.store(options.format, std::memory_order_relaxed);
  level_.store(options.level, std::memory_order_relaxed);
}

void Log::say(LogLevel level, std::string_view event, std::string_view message, Facts facts) {
  if (!enabled(level)) return;
  const bool json = format_.load(std::memory_order_relaxed) == LogFormat::json;
  (json ? json_ : text_)->say({level, event, message, facts});
}

void warn_throttled(Log& log, Throttle& throttle, Instant now, std::string_view event,
                    std::string_view message) {
  if (const auto times = throttle.count(now)) log.warn(event, message, {{"times", *times}});
}

}  // namespace minato::observe
