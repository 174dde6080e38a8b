#include "http/url.h"

#include <gtest/gtest.h>

namespace minato::http {
namespace {

using OriginKind = schema::Kind<OriginUrl>;
using RouteKind = schema::Kind<RouteUrl>;

TEST(RouteUrl, IsAHostAndAPrefix) {
  const struct {
    std::string_view text, host, prefix;
    std::uint16_t port = 0;
  } rows[] = {
      {"http://example.com/", "example.com", ""},
      {"http://example.com", "example.com", ""},
      {"HTTP://Example.COM/Api", "example.com", "/Api"},
      {"http://example.com/api/", "example.com", "/api"},
      {"http://*.example.com/api", "*.example.com", "/api"},
      {"http://*/", "*", ""},
      {"http://[::1]:8080/a/b", "[::1]", "/a/b", 8080},
      {"http://10.0.0.1", "10.0.0.1", ""},
      {"http://a/%7euser/./x/../%2f/", "a", "/~user/%2F"},
      {"http://a/%40adm/%7cx", "a", "/@adm/|x"},
  };
  for (const auto& row : rows) {
    const auto url = RouteKind::parse(row.text);
    ASSERT_TRUE(url) << row.text;
    EXPECT_EQ(*url, (RouteUrl{std::string(row.host), row.port, std::string(row.prefix)}))
        << row.text;
    EXPECT_EQ(RouteKind::parse(to_string(*url)), url) << row.text;
  }
}

TEST(RouteUrl, SaysWhatIsWrong) {
  const struct {
    std::string_view text, found;
  } rows[] = {
      {"", "empty"},
      {"example.com/api", "\"example.com/api\" has no scheme"},
      {"https://example.com/", "https needs TLS, which comes with a later version"},
      {"ftp://example.com/", "\"ftp\" is not a scheme that Minato serves"},
      {"http:///api", "no host behind http://"},
      {"http://a@example.com/", "a user name or password before the host"},
      {"http://exa*mple.com/", "\"exa*mple.com\" has a * inside"},
      {"http://www.*.com/", "\"www.*.com\" has a * inside"},
      {"http://example.com:99999/", "\"example.com:99999\" is not a host with an optional port"},
      {"http://example.com/?a=b", "requests are not told apart by their query"},
      {"http://example.com/#top", "\"http://example.com/#top\" has a fragment (#) in it"},
      {"http://example.com/a/../../b", "\"/a/../../b\" climbs above the root"},
      {"http://example.com/50%", "\"/50%\" has a % without two hexadecimal digits"},
      {"http://example.com/a b", "\"http://example.com/a b\" has a space in it"},
  };
  for (const auto& row : rows) {
    const auto url = RouteKind::parse(row.text);
    ASSERT_FALSE(url) << row.text;
    EXPECT_EQ(url.error().found, row.found);
  }
  EXPECT_EQ(RouteKind::parse("example.com").error().suggestion, "http://example.com");
}

OriginUrl tcp(std::string host, std::uint16_t port, std::string base = "", std::string query = "") {
  OriginUrl url;
  url.host = std::move(host);
  url.port = port;
  url.base_path = std::move(base);
  url.query = std::move(query);
  return url;
}

TEST(OriginUrl, IsAHostAPortABaseAndAQuery) {
  const std::pair<std::string_view, OriginUrl> rows[] = {
      {"http://backend1:8000", tcp("backend1", 8000)},
      {"http://Backend1", tcp("backend1", 80)},
      {"http://b/base/?k=v", tcp("b", 80, "/base", "k=v")},
      {"http://b/?k=v?w", tcp("b", 80, "", "k=v?w")},
      {"http://b?k=v", tcp("b", 80, "", "k=v")},
      {"http://[2001:DB8::1]:81/", tcp("2001:db8::1", 81)},
      {"http://b/a%2Fb", tcp("b", 80, "/a%2Fb")},
  };
  for (const auto& [text, expected] : rows) {
    const auto url = OriginKind::parse(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(*url, expected) << text;
    EXPECT_EQ(OriginKind::parse(to_string(*url)), url) << text;
  }
}

TEST(OriginUrl, MayBeAUnixSocket) {
  for (const std::string_view text :
       {"unix:/run/app.sock", "unix:///run/app.sock", "UNIX:/run/app.sock"}) {
    const auto url = OriginKind::parse(text);
    ASSERT_TRUE(url) << text;
    EXPECT_TRUE(url->is_unix());
    EXPECT_EQ(url->socket, "/run/app.sock");
    EXPECT_EQ(to_string(*url), "unix:/run/app.sock");
  }
  for (const std::string_view text :
       {"unix:app.sock", "unix:", "unix:/", "unix:///", "unix://run/app.sock"}) {
    ASSERT_FALSE(OriginKind::parse(text)) << text;
    EXPECT_EQ(OriginKind::parse(text).error().found, "a Unix socket needs an absolute path");
  }
  EXPECT_EQ(OriginKind::parse("unix:/" + std::string(107, 'a')).error().found,
            "the path of the Unix socket is too long");
}

TEST(OriginUrl, SaysWhatIsWrong) {
  const struct {
    std::string_view text, found;
  } rows[] = {
      {"backend:8000", "\"backend:8000\" has no scheme"},
      {"https://b", "https upstreams come with a later version"},
      {"h2c://b:50051", "h2c upstreams come with a later version"},
      {"fcgi://b", "\"fcgi\" is not a scheme that Minato forwards to"},
      {"http://*.example.com", "an upstream needs one host, not a pattern"},
      {"http://b:0", "port 0"},
      {"http://b:port", "\"b:port\" is not a host with an optional port"},
      {"http://", "no host behind http://"},
  };
  for (const auto& row : rows) {
    const auto url = OriginKind::parse(row.text);
    ASSERT_FALSE(url) << row.text;
    EXPECT_EQ(url.error().found, row.found);
  }
}

}  // namespace
}  // namespace minato::http
