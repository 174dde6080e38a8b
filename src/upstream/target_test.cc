#include "upstream/target.h"

#include <gtest/gtest.h>

namespace minato::upstream {
namespace {

using http::Method;
using http::OriginUrl;
using http::Target;
using http::TargetForm;

OriginUrl url(std::string_view base_path, std::string_view query) {
  OriginUrl made;
  made.host = "b";
  made.base_path = base_path;
  made.query = query;
  return made;
}

/// As the parser leaves it: views into `text`.
Target origin_form(std::string_view text) {
  Target target{.form = TargetForm::origin, .text = text};
  const auto mark = text.find('?');
  target.path = text.substr(0, mark);
  target.has_query = mark != std::string_view::npos;
  if (target.has_query) target.query = text.substr(mark + 1);
  return target;
}

Target absolute_form(std::string_view text, std::string_view behind_authority) {
  Target target = origin_form(text.substr(text.size() - behind_authority.size()));
  target.form = TargetForm::absolute;
  target.text = text;
  return target;
}

class UpstreamTarget : public testing::Test {
 protected:
  BlockPool pool;
  Arena arena{pool};
};

TEST_F(UpstreamTarget, JoinsBasePathAndQuery) {
  const struct {
    std::string_view base_path, query, request, expected;
  } rows[] = {
      {"/base", "k=v", "/x?y=1", "/base/x?k=v&y=1"},
      {"/base", "", "/x?y=1", "/base/x?y=1"},
      {"/base", "", "/x", "/base/x"},
      {"/base", "", "/", "/base/"},
      {"/base", "", "/x?", "/base/x?"},
      {"/base", "k=v", "/x", "/base/x?k=v"},
      {"/base", "k=v", "/x?", "/base/x?k=v"},
      {"", "k=v", "/", "/?k=v"},
      {"", "k=v", "/x?y", "/x?k=v&y"},
      {"/a/b", "", "//x/../%2e%2E//y/", "/a/b//x/../%2e%2E//y/"},
      {"/base", "k=v&l", "/x?a?b", "/base/x?k=v&l&a?b"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(upstream_target(origin_form(row.request), Method::get, url(row.base_path, row.query),
                              arena),
              row.expected);
}

TEST_F(UpstreamTarget, IsTheRequestsOwnTextWhereTheUrlAddsNothing) {
  for (const std::string_view text : {"/", "/x", "/x?", "/x?y=1", "//x//?a?b"}) {
    const std::string_view target =
        upstream_target(origin_form(text), Method::get, url("", ""), arena);
    EXPECT_EQ(target, text);
    EXPECT_EQ(target.data(), text.data());
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(UpstreamTarget, KeepsTheAsteriskOfOptions) {
  const Target target{.form = TargetForm::asterisk, .text = "*"};
  EXPECT_EQ(upstream_target(target, Method::options, url("/base", "k=v"), arena), "*");
}

TEST_F(UpstreamTarget, TurnsAnAbsoluteTargetIntoItsPath) {
  const struct {
    std::string_view text, behind_authority, base_path, expected;
    Method method = Method::get;
  } rows[] = {
      {"http://h/x?y=1", "/x?y=1", "", "/x?y=1"},
      {"http://h/x?y=1", "/x?y=1", "/base", "/base/x?y=1"},
      {"http://h", "", "", "/"},
      {"http://h", "", "/base", "/base/"},
      {"http://h?y=1", "?y=1", "", "/?y=1"},
      {"http://h", "", "/base", "*", Method::options},  // RFC 9112 3.2.4
      {"http://h/", "/", "", "/", Method::options},
      {"http://h?y", "?y", "", "/?y", Method::options},
  };
  for (const auto& row : rows)
    EXPECT_EQ(upstream_target(absolute_form(row.text, row.behind_authority), row.method,
                              url(row.base_path, ""), arena),
              row.expected)
        << row.text;
}

TEST(HealthTarget, IsJoinedAsRequestsAre) {
  EXPECT_EQ(health_target("/", url("", "")), "/");
  EXPECT_EQ(health_target("/health", url("/base", "")), "/base/health");
  EXPECT_EQ(health_target("/health?full=1", url("/base", "k=v")), "/base/health?k=v&full=1");
  EXPECT_EQ(health_target("/health", url("", "k=v")), "/health?k=v");
}

}  // namespace
}  // namespace minato::upstream
