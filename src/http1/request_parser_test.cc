#include <gtest/gtest.h>

#include "http1/head_parser.h"
#include "http1/parsing_for_tests.h"

namespace minato::http1 {
namespace {

using http::FieldId;
using http::Method;
using http::Reason;
using http::TargetForm;
using http::Version;

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(RequestParser, ReadsLineAndFields) {
  RequestUnderTest request(
      "GET /a?b=1 HTTP/1.1\r\nHost: example.com\r\nAccept: \t */* \r\nX-Empty:\r\n\r\nrest");
  ASSERT_EQ(request.feed_all(), Progress::done) << request.parser.refusal().detail;
  EXPECT_EQ(request.parser.head_size(), request.text.size() - 4);
  EXPECT_EQ(request.head.method, Method::get);
  EXPECT_EQ(request.head.method_text, "GET");
  EXPECT_EQ(request.head.version, Version::http_1_1);
  EXPECT_EQ(request.head.target.text, "/a?b=1");
  EXPECT_EQ(request.head.target.path, "/a");
  EXPECT_EQ(request.head.target.query, "b=1");
  EXPECT_EQ(request.head.authority, "example.com");
  EXPECT_EQ(request.head.fields.value(FieldId::accept), "*/*");
  ASSERT_NE(request.head.fields.find("x-empty"), nullptr);
  EXPECT_EQ(request.head.fields.find("x-empty")->value, "");
  EXPECT_EQ(request.head.fields.count(), 3u);
}

TEST(RequestParser, KeepsUnknownMethodsAndFieldNamesAsTheyWere) {
  RequestUnderTest request("pUrGe / HTTP/1.1\r\nhOST: h\r\nx-OWN: 1\r\n\r\n");
  ASSERT_EQ(request.feed_all(), Progress::done);
  EXPECT_EQ(request.head.method, Method::other);
  EXPECT_EQ(request.head.method_text, "pUrGe");
  EXPECT_EQ(request.head.fields.lines()[0].name, "hOST");
  EXPECT_EQ(request.head.fields.lines()[1].name, "x-OWN");
}

struct TargetCase {
  const char* clause;
  const char* method;
  const char* target;
  TargetForm form;
  const char* path;
  const char* query;
  const char* authority;
};

TEST(RequestParser, ReadsTheFormsOfATarget) {
  constexpr TargetCase cases[] = {
      {"3.2.1", "GET", "/", TargetForm::origin, "/", "", "h"},
      {"3.2.1", "GET", "//x", TargetForm::origin, "//x", "", "h"},
      {"3.2.1", "GET", "/x?", TargetForm::origin, "/x", "", "h"},
      {"3.2.1", "GET", "/x?a?b", TargetForm::origin, "/x", "a?b", "h"},
      {"3.2.1", "GET", "/a|b\\c\"<>^`{}%zz", TargetForm::origin, "/a|b\\c\"<>^`{}%zz", "", "h"},
      {"3.2.1", "GET", "/http://other/", TargetForm::origin, "/http://other/", "", "h"},
      {"3.2.2", "GET", "http://other:81/p?q", TargetForm::absolute, "/p", "q", "other:81"},
      {"3.2.2", "GET", "HTTPS://Other", TargetForm::absolute, "", "", "Other"},
      {"3.2.2", "GET", "http://other?q", TargetForm::absolute, "", "q", "other"},
      {"3.2.2", "OPTIONS", "http://[::1]:80/", TargetForm::absolute, "/", "", "[::1]:80"},
      {"3.2.4", "OPTIONS", "*", TargetForm::asterisk, "", "", "h"},
  };
  for (const TargetCase& c : cases) {
    RequestUnderTest request(std::string(c.method) + " " + c.target +
                             " HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_EQ(request.feed_all(), Progress::done) << c.target;
    EXPECT_EQ(request.head.target.form, c.form) << c.target << " RFC 9112 " << c.clause;
    EXPECT_EQ(request.head.target.path, c.path) << c.target;
    EXPECT_EQ(request.head.target.query, c.query) << c.target;
    EXPECT_EQ(request.head.target.has_query, std::string_view(c.target).contains('?')) << c.target;
    EXPECT_EQ(request.head.authority, c.authority) << c.target;
  }
}

TEST(RequestParser, AnOldRequestNeedsNoHost) {  // RFC 9112 3.2, C.2.1
  RequestUnderTest request("GET / HTTP/1.0\r\n\r\n");
  ASSERT_EQ(request.feed_all(), Progress::done);
  EXPECT_EQ(request.head.version, Version::http_1_0);
  EXPECT_EQ(request.head.authority, "");
}

TEST(RequestParser, AHigherMinorVersionIsReadAsTheHighestKnown) {  // RFC 9110 2.5
  RequestUnderTest request("GET / HTTP/1.9\r\nHost: h\r\n\r\n");
  ASSERT_EQ(request.feed_all(), Progress::done);
  EXPECT_EQ(request.head.version, Version::http_1_1);
}

TEST(RequestParser, ToleratesAnEmptyLineBeforeARequest) {  // RFC 9112 2.2
  RequestUnderTest request("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(request.parser.feed(std::string_view(request.text).substr(0, 2)), Progress::need_more);
  EXPECT_FALSE(request.parser.started());
  EXPECT_EQ(request.feed_all(), Progress::done);
  EXPECT_TRUE(request.parser.started());
  EXPECT_EQ(request.parser.head_size(), request.text.size());
}

TEST(RequestParser, StopsAtTheEndOfTheHead) {
  RequestUnderTest request("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(request.feed_all(), Progress::done);
  EXPECT_EQ(request.head.target.path, "/1");
  const auto second = std::string_view(request.text).substr(request.parser.head_size());
  request.parser.reset();
  ASSERT_EQ(request.parser.feed(second), Progress::done);
  EXPECT_EQ(request.head.target.path, "/2");
  EXPECT_EQ(request.head.fields.count(), 1u);
}

TEST(RequestParser, TellsTheLogWhatWasReadBeforeARefusal) {
  RequestUnderTest request("GET /x HTTP/1.1\r\nBad Name: 1\r\n\r\n");
  ASSERT_EQ(request.feed_all(), Progress::refused);
  EXPECT_EQ(request.head.method_text, "GET");
  EXPECT_EQ(request.head.target.text, "/x");
}

TEST(RequestParser, RefusesATlsHandshakeAtItsFirstByte) {
  RequestUnderTest request("\x16");
  ASSERT_EQ(request.feed_all(), Progress::refused);
  EXPECT_EQ(request.parser.refusal().reason, Reason::malformed_request);
}

struct RefusedCase {
  const char* clause;
  std::string bytes;
  Reason reason = Reason::malformed_request;
};

std::string with_line(const std::string& line) { return line + "\r\nHost: h\r\n\r\n"; }
std::string with_field(const std::string& field) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n";
}
std::string with_target(const std::string& target) {
  return with_line("GET " + target + " HTTP/1.1");
}

using namespace std::string_literals;

std::vector<RefusedCase> refused_lines() {
  return {
      // RFC 9112 2.2: lines end with CRLF, and nowhere else is a CR.
      {"2.2", "GET / HTTP/1.1\nHost: h\n\n"},
      {"2.2", "GET / HTTP/1.1\r\nHost: h\n\r\n"},
      {"2.2", "GET / HTTP/1.1\r\nHost: h\r\n\n"},
      {"2.2", "GET / HTTP/1.1\rHost: h\r\n\r\n"},
      {"2.2", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"},
      {"2.2", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"2.2", "\r\rGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"2.2", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"2.2", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"2.2", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
      // RFC 9112 3: method SP target SP version.
      {"3", with_line("GET")},
      {"3", with_line("GET /")},
      {"3", with_line("GET  / HTTP/1.1")},
      {"3", with_line("GET /  HTTP/1.1")},
      {"3", with_line("GET / HTTP/1.1 ")},
      {"3", with_line("GET\t/\tHTTP/1.1")},
      {"3", with_line("GET / x HTTP/1.1")},
      {"3", with_line("GET HTTP/1.1")},
      {"3", with_line(" / HTTP/1.1")},
      {"3.1", with_line("GE(T / HTTP/1.1")},
      {"3.1", with_line("GET: / HTTP/1.1")},
      {"3.1", with_line("G\xc3\x89T / HTTP/1.1")},
      {"3.1", with_line("\"GET\" / HTTP/1.1")},
      {"3", with_line(repeated("M", 65) + " / HTTP/1.1"), Reason::method_not_implemented},
      // RFC 9112 2.3: the version.
      {"2.3", with_line("GET / http/1.1")},
      {"2.3", with_line("GET / HTTP/1")},
      {"2.3", with_line("GET / HTTP/1.10")},
      {"2.3", with_line("GET / HTTP/01.1")},
      {"2.3", with_line("GET / HTTP/1,1")},
      {"2.3", with_line("GET / HTTP /1.1")},
      {"2.3", with_line("GET / XTTP/1.1")},
      {"2.3", with_line("GET / HTTP/2.0"), Reason::version_not_supported},
      {"2.3", with_line("GET / HTTP/0.9"), Reason::version_not_supported},
      {"2.3", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Reason::version_not_supported},
  };
}

std::vector<RefusedCase> refused_targets() {
  return {
      {"3.2", with_target("x")},
      {"3.2", with_target("/a#b")},
      {"3.2", with_target("/\xc3\xbc")},
      {"3.2", with_target("/\x7f")},
      {"3.2", with_target("/\x01")},
      {"3.2", with_target("/a\0b"s)},
      {"3.2", with_target("/a\tb")},
      {"3.2.2", with_target("ftp://h/")},
      {"3.2.2", with_target("http:/h/")},
      {"3.2.2", with_target("http:///x")},
      {"3.2.2", with_target("http://")},
      {"3.2.2", with_target("http://u@h/")},
      {"3.2.2", with_target("http://u:p@h/")},
      {"3.2.2", with_target("http://h:x/")},
      {"3.2.2", with_target("http://h#f")},
      {"3.2.2", with_target("http://a%62c/")},
      {"3.2.3", with_target("h:443")},
      {"3.2.3", with_line("CONNECT h:443 HTTP/1.1"), Reason::method_not_implemented},
      {"3.2.3", with_line("CONNECT h HTTP/1.1")},
      {"3.2.3", with_line("CONNECT / HTTP/1.1")},
      {"3.2.3", with_line("CONNECT http://h:443/ HTTP/1.1")},
      {"3.2.4", with_target("*")},
      {"3.2.4", with_line("OPTIONS ** HTTP/1.1")},
  };
}

std::vector<RefusedCase> refused_fields() {
  return {
      // RFC 9112 3.2: Host.
      {"3.2", "GET / HTTP/1.1\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"},
      {"3.2", "GET / HTTP/1.0\r\nHost: h\r\nhost: i\r\n\r\n"},
      {"3.2", "GET http://h/ HTTP/1.1\r\n\r\n"},
      {"3.2", "GET http://h/ HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: h:99999\r\n\r\n"},
      {"3.2", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
      {"3.2", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"},
      // RFC 9112 5: field lines.
      {"5", with_field("X")},
      {"5", with_field(": x")},
      {"5.1", with_field("X : x")},
      {"5.1", with_field("X\t: x")},
      {"5", with_field("X Y: x")},
      {"5", with_field("X\x0b: x")},
      {"5", with_field("X(y): x")},
      {"5", with_field("X\xc3\xbc: x")},
      {"5", with_field("X\0: x"s)},
      {"5.2", with_field("X: a\r\n b")},
      {"5.2", with_field("X: a\r\n\tb")},
      {"5.2", with_field("X: a\r\n ")},
      {"5.5", with_field("X: a\0b"s)},
      {"5.5", with_field("X: a\rb")},
      {"5.5", with_field("X: \x0b")},
      {"5.5", with_field("X: \x7f")},
      {"5.5", with_field("X: \x1b[0m")},
      {"7.6.1", with_field("Connection: " + repeated("x,", 33))},
  };
}

std::vector<RefusedCase> refused_cases() {
  std::vector<RefusedCase> all = refused_lines();
  for (const auto& more : {refused_targets(), refused_fields()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(RequestParser, RefusesWhatTheGrammarDoesNotHave) {
  for (const RefusedCase& c : refused_cases()) {
    RequestUnderTest request(c.bytes);
    EXPECT_EQ(request.feed_all(), Progress::refused) << c.bytes << " RFC 9112 " << c.clause;
    EXPECT_EQ(request.parser.refusal().reason, c.reason) << c.bytes << " RFC 9112 " << c.clause;
    EXPECT_STRNE(request.parser.refusal().detail, "");
  }
}

TEST(RequestParser, RefusesTheSameWhenBytesComeOneByOne) {
  for (const RefusedCase& c : refused_cases()) {
    RequestUnderTest request(c.bytes);
    EXPECT_EQ(request.feed_bytewise(), Progress::refused) << c.bytes;
    EXPECT_EQ(request.parser.refusal().reason, c.reason) << c.bytes;
  }
}

TEST(RequestParser, ReadsTheSameWhenBytesComeOneByOne) {
  RequestUnderTest request(
      "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX: \xff \r\n\r\nabc");
  ASSERT_EQ(request.feed_bytewise(), Progress::done);
  EXPECT_EQ(request.parser.head_size(), request.text.size() - 3);
  EXPECT_EQ(request.head.fields.count(), 3u);
  EXPECT_EQ(request.head.fields.find("x")->value, "\xff");
}

struct LimitCase {
  HeadLimits limits;
  std::string bytes;
  Reason reason;  // none: accepted
};

TEST(RequestParser, HoldsItsLimitsToTheByte) {
  const std::string head = "GET /12345 HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
  const std::string endless = "GET /" + std::string(200, 'x');
  const LimitCase cases[] = {
      {{.head_bytes = head.size()}, head, Reason::none},
      {{.head_bytes = head.size() - 1}, head, Reason::head_too_large},
      {{.field_count = 2}, head, Reason::none},
      {{.field_count = 1}, head, Reason::head_too_large},
      {{.target_bytes = 6}, head, Reason::none},
      {{.target_bytes = 5}, head, Reason::uri_too_long},
      {{.target_bytes = 40}, endless, Reason::uri_too_long},
      {{.target_bytes = 40}, std::string(200, 'M'), Reason::method_not_implemented},
      {{.target_bytes = 40}, std::string(64, 'M') + endless, Reason::method_not_implemented},
      {{.target_bytes = 150}, std::string(61, 'M') + endless, Reason::uri_too_long},
      {{.target_bytes = 40}, "G\"" + endless, Reason::malformed_request},
      {{.head_bytes = 64, .target_bytes = 8}, std::string(65, 'M') + " / ", Reason::uri_too_long},
      {{.head_bytes = 60}, "GET / HTTP/1.1\r\nA: " + std::string(200, 'x'), Reason::head_too_large},
  };
  for (const LimitCase& c : cases) {
    for (const bool bytewise : {false, true}) {
      RequestUnderTest request(c.bytes, c.limits);
      const Progress progress = bytewise ? request.feed_bytewise() : request.feed_all();
      EXPECT_EQ(progress, c.reason == Reason::none ? Progress::done : Progress::refused) << c.bytes;
      EXPECT_EQ(request.parser.refusal().reason, c.reason) << c.bytes;
    }
  }
}

}  // namespace
}  // namespace minato::http1
