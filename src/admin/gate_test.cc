#include "admin/gate.h"

#include <gtest/gtest.h>

namespace minato::admin {
namespace {

using http::FieldId;
using Reach = GateOptions::Reach;

class GateTest : public testing::Test {
 protected:
  std::optional<Denial> denied(const GateOptions& options) { return denial(head, options); }

  BlockPool pool;
  Arena arena{pool};
  http::RequestHead head{arena};
};

TEST_F(GateTest, TheControlSocketIsGuardedByItsModeAlone) {
  head.authority = "evil.example";
  head.fields.add(FieldId::origin, "http://evil.example");
  EXPECT_EQ(denied({}), std::nullopt);
}

TEST_F(GateTest, ATokenMustBeTheRightOne) {
  const GateOptions options{.reach = Reach::tcp, .token = "secret"};
  head.authority = "minato.example";
  EXPECT_EQ(denied(options), Denial::no_token);
  head.fields.add(FieldId::authorization, "bearer secret");  // RFC 9110 11.1
  EXPECT_EQ(denied(options), std::nullopt);
  head.fields.add(FieldId::authorization, "Bearer secret");
  EXPECT_EQ(denied(options), Denial::no_token) << "of two, neither is believed";
}

TEST_F(GateTest, WhatIsNotTheTokenIsDenied) {
  const GateOptions options{.reach = Reach::tcp, .token = "secret"};
  const std::pair<std::string_view, Denial> cases[] = {
      {"Bearer secret2", Denial::wrong_token},
      {"Bearer secre", Denial::wrong_token},
      {"Bearer Secret", Denial::wrong_token},
      {"Bearer secretsecret", Denial::wrong_token},
      {"Bearer", Denial::no_token},
      {"Bearer ", Denial::no_token},
      {"Basic secret", Denial::no_token},
      {"secret", Denial::no_token},
  };
  for (const auto& [value, why] : cases) {
    head.fields.clear();
    head.fields.add(FieldId::authorization, value);
    EXPECT_EQ(denied(options), why) << value;
  }
}

TEST_F(GateTest, ANameThatMayBePointedAtUsIsDenied) {
  const std::pair<std::string_view, bool> cases[] = {
      {"127.0.0.1:9180", true},
      {"127.0.0.1", true},
      {"[::1]:9180", true},
      {"192.0.2.1:9180", true},
      {"localhost:9180", true},
      {"LOCALHOST", true},
      {"evil.example:9180", false},
      {"localhost.evil.example", false},
      {"127.0.0.1.evil.example", false},
      {"", false},
      {"localhost@evil.example", false},
      {"[::1", false},
  };
  for (const auto& [host, allowed] : cases) {
    head.authority = host;
    EXPECT_EQ(denied({.reach = Reach::tcp}) == std::nullopt, allowed) << host;
  }
}

TEST_F(GateTest, APageOfAnotherOriginIsDenied) {
  head.authority = "127.0.0.1:9180";
  const std::pair<std::string_view, bool> cases[] = {
      {"http://127.0.0.1:9180", true},
      {"http://127.0.0.1", false},
      {"http://evil.example", false},
      {"https://127.0.0.1:9180", false},
      {"null", false},
      {"", false},
  };
  for (const auto& [origin, allowed] : cases) {
    head.fields.clear();
    head.fields.add(FieldId::origin, origin);
    EXPECT_EQ(denied({.reach = Reach::tcp}),
              allowed ? std::nullopt : std::optional(Denial::foreign_page))
        << origin;
  }
}

TEST(SameSecret, AnEmptySecretIsNobodys) { EXPECT_FALSE(same_secret("", "")); }

TEST(TokenOfFile, IsTheTextWithoutWhiteSpaceAround) {
  EXPECT_EQ(token_of_file("  c2VjcmV0==\r\n"), "c2VjcmV0==");
}

TEST(TokenOfFile, MustBeWhatAFieldCanCarry) {
  for (const std::string_view text : {"", " \n", "two words", "two\nlines", "caf\xc3\xa9", "a,b"})
    EXPECT_EQ(token_of_file(text), std::nullopt) << text;
}

}  // namespace
}  // namespace minato::admin
