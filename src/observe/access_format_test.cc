#include "observe/access_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe/options.h"

namespace minato::observe {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono;

AccessLine exchange() {
  return {
      .time = sys_days{2025y / November / 22} + 15h + 1min + 33s + 123ms,
      .id = "9f86d081",
      .client = "203.0.113.7",
      .peer = "10.0.0.1",
      .scheme = "http",
      .method = "GET",
      .target = "/api/x?y=1",
      .version = "HTTP/1.1",
      .host = "example.com",
      .referer = "https://example.com/",
      .user_agent = "curl/8.5.0",
      .bytes_in = 12,
      .status = 200,
      .bytes_out = 3456,
      .duration = 12'345'678ns,
      .first_byte = 11ms,
      .cache = "hit; ttl=30",
      .service = "api",
      .endpoint = "10.0.0.2:8000",
      .attempts = 1,
      .upstream_status = 200,
      .upstream_duration = 10ms,
  };
}

/// What was written before the request line was understood.
AccessLine nothing_known() { return {.time = exchange().time, .client = "203.0.113.7"}; }

AccessFormat compiled(std::string_view setting) {
  auto format = AccessFormat::compile(setting);
  EXPECT_TRUE(format.has_value()) << setting;
  return std::move(*format);
}

std::string written(std::string_view setting, const AccessLine& line) {
  TimeText times([](sys_seconds) { return Seconds(3600); });
  std::string room(65536, '\0');
  room.resize(compiled(setting).write(room, line, times));
  return room;
}

TEST(AccessFormat, CommonIsWhatApacheAndNginxWrite) {
  EXPECT_EQ(written("common", exchange()),
            "203.0.113.7 - - [22/Nov/2025:16:01:33 +0100] \"GET /api/x?y=1 HTTP/1.1\" 200 3456\n");
}

TEST(AccessFormat, CombinedIsWhatApacheAndNginxWrite) {
  EXPECT_EQ(written("combined", exchange()),
            "203.0.113.7 - - [22/Nov/2025:16:01:33 +0100] \"GET /api/x?y=1 HTTP/1.1\" 200 3456 "
            "\"https://example.com/\" \"curl/8.5.0\"\n");
}

TEST(AccessFormat, CombinedPutsADashForWhatIsNotThere) {
  EXPECT_EQ(written("combined", nothing_known()),
            "203.0.113.7 - - [22/Nov/2025:16:01:33 +0100] \"-\" 000 0 \"-\" \"-\"\n");
}

TEST(AccessFormat, JsonHasAllThatIsKnown) {
  EXPECT_EQ(
      written("json", exchange()),
      R"({"time":"2025-11-22T15:01:33.123Z","id":"9f86d081","client":"203.0.113.7",)"
      R"("peer":"10.0.0.1","scheme":"http","host":"example.com","method":"GET",)"
      R"("target":"/api/x?y=1","version":"HTTP/1.1","referer":"https://example.com/",)"
      R"("user_agent":"curl/8.5.0","bytes_in":12,"status":200,"bytes_out":3456,"reason":null,)"
      R"("duration":0.012345,"first_byte":0.011000,"cache":"hit; ttl=30","service":"api",)"
      R"("endpoint":"10.0.0.2:8000",)"
      R"("attempts":1,"upstream_status":200,"upstream_duration":0.010000})"
      "\n");
}

TEST(AccessFormat, JsonPutsNullForWhatIsNotThere) {
  const std::string line = written("json", nothing_known());
  for (const char* part : {R"("method":null)", R"("status":null)", R"("bytes_out":0)",
                           R"("first_byte":null)", R"("upstream_duration":null)"})
    EXPECT_THAT(line, HasSubstr(part));
}

TEST(AccessFormat, JsonStaysJsonWhateverAClientSends) {
  AccessLine line = exchange();
  line.user_agent = "a\"},{\"b\":\"\xff\n\\";
  EXPECT_THAT(written("json", line), HasSubstr(R"("user_agent":"a\"},{\"b\":\"\ufffd\u000a\\",)"));
}

TEST(AccessFormat, NoClientCanForgeALine) {
  AccessLine line = exchange();
  line.target = line.referer = line.user_agent = line.host = line.method = "x\" 200 1\n1.2.3.4 -";
  for (const char* format : {"common", "combined", "json", "{target} {referer} {host} {request}"}) {
    const std::string text = written(format, line);
    EXPECT_EQ(text.find('\n'), text.size() - 1) << format;
  }
  EXPECT_THAT(written("combined", line), EndsWith(R"("x\x22 200 1\x0A1.2.3.4 -")"
                                                  "\n"));
}

TEST(AccessFormat, ATemplateNamesWhatItWants) {
  EXPECT_EQ(written("{client} {method} {path} took {duration}", exchange()),
            "203.0.113.7 GET /api/x took 0.012345\n");
  EXPECT_EQ(written("{{{status}}}\t{upstream_status}", exchange()), "{200}\t200\n");
  EXPECT_EQ(written("{upstream_status} {upstream_duration} {reason}", nothing_known()), "- - -\n");
}

TEST(AccessFormat, EveryVariableWritesSomething) {
  for (const AccessVariable& row : access_variables()) {
    const std::string setting = "<{" + std::string(row.name) + "}>";
    EXPECT_GT(written(setting, exchange()).size(), std::string("<>\n").size()) << row.name;
    EXPECT_GT(written(setting, nothing_known()).size(), std::string("<>\n").size()) << row.name;
    EXPECT_THAT(std::string(row.meaning), EndsWith(".")) << row.name;
  }
}

struct FaultCase {
  std::string_view setting;
  std::size_t position;
  std::string_view found;
  std::string_view allowed;
};

TEST(AccessFormat, SaysWhereATemplateIsWrongAndWhatIsAllowed) {
  const FaultCase cases[] = {
      {"{client} {clinet}", 9, "unknown variable {clinet}", "{time}, {time_local}, {id}, {client}"},
      {"{}", 0, "unknown variable {}", "{time}"},
      {"{client", 0, "an opening brace", "{{"},
      {"a {client} {", 11, "an opening brace", "{{"},
      {"{client}} x", 8, "a closing brace", "}}"},
      {"{client}\n", 8, "a line break", "one line"},
      {"apache", 0, "neither a format nor a template", "common, combined, json"},
      {"", 0, "neither a format nor a template", "common, combined, json"},
  };
  for (const auto& c : cases) {
    const auto format = AccessFormat::compile(c.setting);
    ASSERT_FALSE(format.has_value()) << c.setting;
    EXPECT_EQ(format.error().position, c.position) << c.setting;
    EXPECT_THAT(format.error().found, StartsWith(c.found)) << c.setting;
    EXPECT_THAT(format.error().allowed, HasSubstr(c.allowed)) << c.setting;
  }
}

TEST(AccessFormat, BoundsATemplate) {
  std::string many;
  for (std::size_t i = 0; i < AccessFormat::template_variables_max; ++i) many += "{id}";
  EXPECT_TRUE(AccessFormat::compile(many).has_value());
  EXPECT_FALSE(AccessFormat::compile(many + "{id}").has_value());
  const std::string padding(AccessFormat::template_bytes_max, 'x');
  EXPECT_FALSE(AccessFormat::compile("{id}" + padding).has_value());
}

TEST(AccessFormat, WritesAllOrNothing) {
  TimeText times;
  const AccessFormat format = compiled("common");
  const std::size_t size = written("common", exchange()).size();
  std::string room(size, '\0');
  EXPECT_EQ(format.write(room, exchange(), times), size);
  EXPECT_EQ(format.write(std::span(room).first(size - 1), exchange(), times), 0u);
}

TEST(AccessFormat, CutsTextsWhereItIsTold) {
  TimeText times;
  char room[64];
  const auto size = compiled("{user_agent}|{status}").write(room, exchange(), times, 4);
  EXPECT_EQ(std::string_view(room, size), "curl|200\n");
}

TEST(AccessLogOptions, AreCheckedByTheCompiler) {
  EXPECT_FALSE(check_access_log_template("json").has_value());
  EXPECT_FALSE(check_access_log_template("{client} {status}").has_value());
  const auto wrong = check_access_log_template("{client} {x}");
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(wrong->found, "unknown variable {x} (character 10)");
  EXPECT_THAT(wrong->allowed, HasSubstr("{user_agent}"));
}

}  // namespace
}  // namespace minato::observe
