// RFC 9110 13, RFC 9111 4.3.
#include "cache/policy/conditional.h"

#include <gtest/gtest.h>

#include "cache/policy/freshen.h"
#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

constexpr std::string_view noon = "Thu, 01 Jan 2026 12:00:00 GMT";
constexpr std::string_view later = "Thu, 01 Jan 2026 13:00:00 GMT";

class ConditionalTest : public testing::Test {
 protected:
  bool not_modified(Lines request, Lines stored) {
    return is_not_modified(heads_.fields(request), heads_.fields(stored));
  }
  bool fits(Lines head, Lines stored, http::BodyLength length = http::BodyLength::none()) {
    return head_fits(heads_.fields(head), length, heads_.fields(stored), 5);
  }
  Heads heads_;
};

TEST_F(ConditionalTest, TheSameTagIsNotModified) {  // RFC 9110 13.1.2: weak comparison
  EXPECT_TRUE(not_modified({{"If-None-Match", "\"a\""}}, {{"ETag", "\"a\""}}));
  EXPECT_TRUE(not_modified({{"If-None-Match", "W/\"a\""}}, {{"ETag", "\"a\""}}));
  EXPECT_TRUE(not_modified({{"If-None-Match", "\"x\", \"a\",\"y\""}}, {{"ETag", "W/\"a\""}}));
  EXPECT_TRUE(
      not_modified({{"If-None-Match", "\"x\""}, {"If-None-Match", "\"a\""}}, {{"ETag", "\"a\""}}));
  EXPECT_FALSE(not_modified({{"If-None-Match", "\"b\""}}, {{"ETag", "\"a\""}}));
  EXPECT_FALSE(not_modified({{"If-None-Match", "\"a\""}}, {}));
  EXPECT_TRUE(not_modified({{"If-None-Match", "*"}}, {}));
}

TEST_F(ConditionalTest, ATagWithACommaIsOneTag) {
  EXPECT_TRUE(not_modified({{"If-None-Match", "\"a,b\""}}, {{"ETag", "\"a,b\""}}));
  EXPECT_FALSE(not_modified({{"If-None-Match", "\"a,b\""}}, {{"ETag", "\"b\""}}));
}

TEST_F(ConditionalTest, ADateCountsWhereThereIsNoTag) {  // RFC 9110 13.1.3
  EXPECT_TRUE(not_modified({{"If-Modified-Since", noon}}, {{"Last-Modified", noon}}));
  EXPECT_TRUE(not_modified({{"If-Modified-Since", later}}, {{"Last-Modified", noon}}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", noon}}, {{"Last-Modified", later}}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", noon}}, {}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", noon}, {"If-Modified-Since", noon}},
                            {{"Last-Modified", noon}}));
  EXPECT_TRUE(not_modified({{"If-Modified-Since", later}}, {{"Date", noon}}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", noon}}, {{"Date", later}}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", noon}},
                            {{"Last-Modified", "yesterday"}, {"Date", noon}}));
  EXPECT_FALSE(not_modified({{"If-Modified-Since", "yesterday"}}, {{"Last-Modified", noon}}));
  EXPECT_FALSE(
      not_modified({{"If-Modified-Since", "yesterday"}}, {{"Last-Modified", "yesterday"}}));
  EXPECT_FALSE(not_modified({{"If-None-Match", "\"b\""}, {"If-Modified-Since", noon}},
                            {{"ETag", "\"a\""}, {"Last-Modified", noon}}));
  EXPECT_TRUE(not_modified({{"If-None-Match", "\"a\""}, {"If-Modified-Since", noon}},
                           {{"ETag", "\"a\""}, {"Last-Modified", later}}));
}

TEST_F(ConditionalTest, A304SpeaksOfWhatHasItsValidator) {  // RFC 9111 4.3.4
  const auto validated = [&](Lines update, Lines stored) {
    return validates(heads_.fields(update), heads_.fields(stored));
  };
  EXPECT_TRUE(validated({{"ETag", "\"a\""}}, {{"ETag", "\"a\""}}));
  EXPECT_TRUE(validated({{"ETag", "\"b\""}}, {{"ETag", "\"a\""}}));  // no other was asked about
  EXPECT_FALSE(validated({{"ETag", "\"b\""}}, {{"Last-Modified", noon}}));
  EXPECT_TRUE(validated({{"Last-Modified", noon}}, {{"Last-Modified", noon}}));
  EXPECT_FALSE(validated({{"Last-Modified", later}}, {{"Last-Modified", noon}}));
  EXPECT_TRUE(validated({}, {{"ETag", "\"a\""}}));
}

TEST_F(ConditionalTest, A304UpdatesWhatIsNotOfTheContent) {  // RFC 9111 3.2
  const auto stored = heads_.fields({{"A", "1"},
                                     {"B", "1"},
                                     {"B", "2"},
                                     {"Content-Type", "text/plain"},
                                     {"Content-Encoding", "gzip"},
                                     {"Content-Digest", "sha-256=:x:"},
                                     {"Content-Range", "bytes 0-1/2"},
                                     {"ETag", "\"a\""}});
  const auto update = heads_.fields({{"b", "3"},
                                     {"C", "4"},
                                     {"Content-Type", "text/html"},
                                     {"Content-Encoding", "br"},
                                     {"Content-Length", "9"},
                                     {"Content-MD5", "x"},
                                     {"Content-Digest", "sha-256=:y:"},
                                     {"Content-Range", "bytes 1-1/2"},
                                     {"ETag", "\"b\""},
                                     {"Connection", "close"}});
  auto fresh = heads_.fields({});
  freshen(stored, update, fresh);
  std::string text;
  fresh.for_each([&](const http::Field& line) {
    text.append(line.name).append("=").append(line.value).append(";");
  });
  EXPECT_EQ(text,
            "A=1;Content-Encoding=gzip;Content-Digest=sha-256=:x:;Content-Range=bytes 0-1/2;"
            "ETag=\"a\";b=3;C=4;Content-Type=text/html;");
}

TEST_F(ConditionalTest, WhatGrowsWithUpdatesHasABound) {
  const std::string most(head_bytes_usual - 5, 'x'), more(head_bytes_usual, 'x');
  const auto outgrows_with = [&](std::string_view kept, std::string_view came) {
    const auto stored = heads_.fields({{"A", kept}}), update = heads_.fields({{"B", came}});
    auto fresh = heads_.fields({});
    freshen(stored, update, fresh);
    return outgrows(fresh, stored, update);
  };
  EXPECT_FALSE(outgrows_with("1", "2"));
  EXPECT_TRUE(outgrows_with(most, ""));
  EXPECT_TRUE(outgrows_with("", most));
  const auto large = heads_.fields({{"A", more}}), small = heads_.fields({{"A", "1"}});
  EXPECT_FALSE(outgrows(large, large, small)) << "it came so";
  EXPECT_FALSE(outgrows(large, small, large)) << "it comes so";
}

TEST_F(ConditionalTest, WhatBelongsToAConnectionIsNotStored) {  // RFC 9111 3.1
  for (const auto name :
       {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info",
        "Proxy-Authorization", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Trailer"})
    EXPECT_FALSE(is_stored({.name = name, .value = "x", .id = http::field_id(name)})) << name;
  for (const auto name : {"X-A", "Set-Cookie", "Content-Encoding", "Date"})
    EXPECT_TRUE(is_stored({.name = name, .value = "x", .id = http::field_id(name)})) << name;
}

TEST_F(ConditionalTest, A304HasWhatA200WouldButNothingOfTheContent) {  // RFC 9110 15.4.5
  const auto belongs = [](std::string_view name) {
    return belongs_in_not_modified({.name = name, .value = "x", .id = http::field_id(name)});
  };
  for (const auto* const name : {"Cache-Control", "Content-Location", "Date", "ETag", "Expires",
                                 "Vary", "X-A", "Age", "Cache-Status"})
    EXPECT_TRUE(belongs(name)) << name;
  for (const auto* const name :
       {"Content-Type", "Content-Encoding", "Content-Range", "content-foo"})
    EXPECT_FALSE(belongs(name)) << name;
}

TEST_F(ConditionalTest, HeadFitsWhatHasTheSameLengthAndValidators) {  // RFC 9111 4.3.5
  EXPECT_TRUE(fits({{"ETag", "\"a\""}}, {{"ETag", "\"a\""}}, http::BodyLength::known(5)));
  EXPECT_TRUE(fits({}, {{"ETag", "\"a\""}}));
  EXPECT_FALSE(fits({}, {}, http::BodyLength::known(6)));
  EXPECT_FALSE(fits({{"ETag", "\"b\""}}, {{"ETag", "\"a\""}}));
  EXPECT_FALSE(fits({{"Last-Modified", later}}, {{"Last-Modified", noon}}));
}

}  // namespace
}  // namespace minato::cache
