// The first line of the input is a template, the rest what a client sends: whatever it is, a line
// stays one line and JSON stays JSON.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/assert.h"
#include "base/strings.h"
#include "observe/access_format.h"

namespace minato::observe {
namespace {

std::string_view written(const AccessFormat& format, std::string_view sent) {
  static std::array<char, 1 << 20> room;
  TimeText times([](std::chrono::sys_seconds) { return Seconds(0); });
  const AccessLine line{.client = "192.0.2.1",
                        .method = sent,
                        .target = sent,
                        .version = "HTTP/1.1",
                        .host = sent,
                        .referer = sent,
                        .user_agent = sent};
  return {room.data(), format.write(room, line, times, 1024)};
}

void check_template(std::string_view text, std::string_view sent) {
  const auto format = AccessFormat::compile(text);
  if (!format) {
    MINATO_ASSERT(format.error().position <= text.size() && !format.error().found.empty());
    return;
  }
  const auto line = written(*format, sent);
  MINATO_ASSERT(!line.empty() && line.find('\n') == line.size() - 1);
}

void check_combined(std::string_view sent) {
  const auto line = written(*AccessFormat::compile("combined"), sent);
  MINATO_ASSERT(std::ranges::count(line, '"') == 6);
  const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
  MINATO_ASSERT(std::ranges::all_of(line.substr(0, line.size() - 1), plain));
}

void check_json(std::string_view sent) {
  const auto line = written(*AccessFormat::compile("json"), sent);
  const auto parsed = nlohmann::json::parse(line, nullptr, false);
  MINATO_ASSERT(parsed.is_object() && parsed.size() == 23);
  MINATO_ASSERT(line.find('\n') == line.size() - 1);
}

}  // namespace
}  // namespace minato::observe

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view sent(reinterpret_cast<const char*>(data), size);
  const auto text = minato::take_until(sent, '\n');
  minato::observe::check_template(text, sent);
  minato::observe::check_combined(sent);
  minato::observe::check_json(sent);
  return 0;
}
