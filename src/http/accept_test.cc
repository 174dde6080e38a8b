#include "http/accept.h"

#include <gtest/gtest.h>

namespace minato::http {
namespace {

struct Case {
  const char* accept;
  AnswerFormat format;
};
constexpr AnswerFormat text = AnswerFormat::text;
constexpr AnswerFormat json = AnswerFormat::json;

// RFC 9110 12.5.1 and 12.4.2.
constexpr Case cases[] = {
    {"", text},
    {"*/*", text},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text},
    {"application/json", json},
    {"APPLICATION/JSON", json},
    {"application/problem+json", json},
    {"application/json, */*", json},
    {"*/*, application/json", json},
    {"application/json, text/plain, */*", json},
    {"text/plain, application/json", text},
    {"application/json;q=0.5, text/plain;q=0.4", json},
    {"application/json;q=0.5, text/plain;q=0.500", json},
    {"application/json;q=0.4, text/plain;q=0.5", text},
    {"application/json;q=0", text},
    {"application/json ; charset=utf-8 ; Q=0.1, */*;q=0", json},
    {"application/json;q=0, application/problem+json", json},
    {"application/*", json},
    {"application/*;q=0.1, application/json;q=0.9, text/*;q=0.5", json},
    {"application/json;q=1.1", text},
    {"application/json;q=-1", text},
    {"application/json;q=0.1234", text},
    {"application/json;q=", text},
    {"application/jsonx, appl/json", text},
    {";;,=,q", text},
};

TEST(Accept, JsonOnlyWhereItIsPreferred) {
  for (const Case& c : cases) EXPECT_EQ(preferred_format(c.accept), c.format) << c.accept;
}

}  // namespace
}  // namespace minato::http
