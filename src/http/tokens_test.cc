#include "http/tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/method.h"
#include "http/status.h"

namespace minato::http {
namespace {

// RFC 9110 5.6.2, character by character.
TEST(Tokens, HasTheCharactersOfTheGrammarAndNoOther) {
  for (int c = 0; c < 256; ++c) {
    const bool listed =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c != 0 && std::string_view("!#$%&'*+-.^_`|~").contains(static_cast<char>(c)));
    EXPECT_EQ(is_tchar(static_cast<char>(c)), listed) << c;
  }
  EXPECT_FALSE(is_token(""));
  EXPECT_TRUE(is_token("a"));
  EXPECT_FALSE(is_token("a b"));
}

TEST(Tokens, AFieldValueHasNoControlsButTab) {  // RFC 9110 5.5
  for (int c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 19; ++at) {  // in every place of two words and their rest
      std::string text(19, c % 2 == 0 ? 'a' : '\xff');
      text[at] = static_cast<char>(c);
      EXPECT_EQ(is_field_value(text), c == '\t' || (c >= 0x20 && c != 0x7f)) << c << " at " << at;
      text[(at + 3) % 19] = '\t';
      EXPECT_EQ(is_field_value(text), c == '\t' || (c >= 0x20 && c != 0x7f)) << c << " at " << at;
    }
  }
  EXPECT_TRUE(is_field_value(""));
}

std::vector<std::string> elements_of(std::string_view list) {
  std::vector<std::string> found;
  ListElements elements(list);
  while (const auto element = elements.next()) found.emplace_back(*element);
  return found;
}

TEST(Tokens, ListsPassOverEmptyElementsAndKeepQuotedCommas) {  // RFC 9110 5.6.1.2
  using List = std::vector<std::string>;
  EXPECT_EQ(elements_of(""), List{});
  EXPECT_EQ(elements_of(" , ,\t,"), List{});
  EXPECT_EQ(elements_of("foo ,bar,"), (List{"foo", "bar"}));
  EXPECT_EQ(elements_of("foo , ,bar,charlie"), (List{"foo", "bar", "charlie"}));
  EXPECT_EQ(elements_of(R"(a;x="1,2", b)"), (List{R"(a;x="1,2")", "b"}));
  EXPECT_EQ(elements_of(R"("a\",b",c)"), (List{R"("a\",b")", "c"}));
  EXPECT_EQ(elements_of(R"("never closed, b)"), (List{R"("never closed, b)"}));
  EXPECT_EQ(elements_of("\"\\"), (List{"\"\\"}));
  EXPECT_TRUE(list_has("a, Close", "close"));
  EXPECT_FALSE(list_has("a, closed", "close"));
}

TEST(Method, IsKnownByItsExactSpelling) {  // RFC 9110 9.1
  EXPECT_EQ(method_of("GET"), Method::get);
  EXPECT_EQ(method_of("PATCH"), Method::patch);
  EXPECT_EQ(method_of("get"), Method::other);
  EXPECT_EQ(method_of(""), Method::other);
  EXPECT_EQ(method_of("PURGE"), Method::other);
}

TEST(Method, OnlyWhatIsDefinedSoIsSafeOrIdempotent) {  // RFC 9110 9.2
  for (const Method safe : {Method::get, Method::head, Method::options, Method::trace}) {
    EXPECT_TRUE(is_safe(safe));
    EXPECT_TRUE(is_idempotent(safe));
  }
  for (const Method repeatable : {Method::put, Method::delete_}) {
    EXPECT_FALSE(is_safe(repeatable));
    EXPECT_TRUE(is_idempotent(repeatable));
  }
  for (const Method neither : {Method::post, Method::patch, Method::connect, Method::other}) {
    EXPECT_FALSE(is_safe(neither));
    EXPECT_FALSE(is_idempotent(neither));
  }
}

TEST(Status, HasPhrasesForRegisteredCodesAlone) {  // RFC 9110 15
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(511), "Network Authentication Required");
  for (const std::uint16_t unknown : std::initializer_list<std::uint16_t>{0, 99, 299, 512, 999})
    EXPECT_EQ(reason_phrase(unknown), "") << unknown;
}

TEST(Status, InterimNoContentAndNotModifiedHaveNoContent) {  // RFC 9110 6.4.1
  for (const std::uint16_t status :
       std::initializer_list<std::uint16_t>{100, 101, 103, 199, 204, 304})
    EXPECT_FALSE(may_have_content(status));
  for (const std::uint16_t status :
       std::initializer_list<std::uint16_t>{200, 205, 206, 302, 404, 500})
    EXPECT_TRUE(may_have_content(status));
}

}  // namespace
}  // namespace minato::http
