#include "http/unforwarded.h"

#include <gtest/gtest.h>

#include <string>

namespace minato::http {
namespace {

struct UnforwardedTest : ::testing::Test {
  std::string names_left() const {
    std::string names;
    fields.for_each([&](const Field& line) { names.append(line.name).append(" "); });
    return names;
  }

  BlockPool pool;
  Arena arena{pool};
  Fields fields{arena};
};

TEST_F(UnforwardedTest, WhatConnectionNamesGoes) {  // RFC 9110 7.6.1
  for (const auto* const name : {"X-A", "x-a", "X-B", "X-C", "Cookie", "X-Forwarded-Any"})
    fields.add(name, "1");
  fields.add("Connection", "close, X-A, cookie, \"d");
  fields.add("Connection", "x-c,x-forwarded-any");
  remove_nominated(fields);
  EXPECT_EQ(names_left(), "X-B Cookie X-Forwarded-Any Connection Connection ");
}

TEST_F(UnforwardedTest, SoDoClaimsInEverySpelling) {
  for (const auto* const name : {"Forwarded", "X-Forwarded-For", "x_forwarded-host", "X-Kept",
                                 "X-Forwarded-Any", "X_Real_IP", "X-Forwarded", "X-Real-IP"})
    fields.add(name, "1");
  remove_claims(fields);
  EXPECT_EQ(names_left(), "X-Kept X-Forwarded ");
}

}  // namespace
}  // namespace minato::http
