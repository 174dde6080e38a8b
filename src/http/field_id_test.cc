#include "http/field_id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/strings.h"

namespace minato::http {
namespace {

template <class Check>
void for_each_known(Check check) {
  for (std::size_t i = 1; i < field_id_count; ++i) {
    const auto id = static_cast<FieldId>(i);
    check(id, std::string(canonical_name(id)));
  }
}

TEST(FieldId, KnowsEveryListedNameInAnyCase) {
  for_each_known([](FieldId id, std::string name) {
    EXPECT_EQ(field_id(name), id) << name;
    std::ranges::transform(name, name.begin(), to_lower);
    EXPECT_EQ(field_id(name), id) << name;
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    EXPECT_EQ(field_id(name), id) << name;
  });
}

TEST(FieldId, DoesNotKnowANearMiss) {
  for_each_known([](FieldId, const std::string& name) {
    EXPECT_EQ(field_id(name + "x"), FieldId::unknown) << name;
    EXPECT_EQ(field_id("x" + name), FieldId::unknown) << name;
    EXPECT_EQ(field_id(name.substr(0, name.size() - 1) + "\x7f"), FieldId::unknown) << name;
    EXPECT_EQ(field_id(std::string(name.size(), name.front())), FieldId::unknown) << name;
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::string other = name;
      other[i] ^= 0x40;
      EXPECT_EQ(field_id(other), FieldId::unknown) << other;
    }
  });
}

TEST(FieldId, NothingIsUnknown) {
  EXPECT_EQ(field_id(""), FieldId::unknown);
  EXPECT_EQ(field_id(std::string(300, 'a')), FieldId::unknown);
  EXPECT_EQ(canonical_name(FieldId::unknown), "");
}

TEST(FieldId, AnOriginBehindCgiTakesUnderscoresForHyphens) {  // RFC 3875 4.1.18
  EXPECT_EQ(field_id_as_variable("Content_Length"), FieldId::content_length);
  EXPECT_EQ(field_id_as_variable("x_forwarded-FOR"), FieldId::x_forwarded_for);
  EXPECT_EQ(field_id_as_variable("Host"), FieldId::host);
  EXPECT_EQ(field_id_as_variable("X_Own"), FieldId::unknown);
  EXPECT_EQ(field_id_as_variable(std::string(65, '_')), FieldId::unknown);
  EXPECT_TRUE(same_variable("X_Our-Id", "x-our_id"));
  EXPECT_FALSE(same_variable("X-Our-Id", "X-Our-Ids"));
}

}  // namespace
}  // namespace minato::http
