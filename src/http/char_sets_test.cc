#include "http/char_sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace minato::http {
namespace {

/// In texts of every size up to some steps, each character at each place among ones that fit.
template <class Set>
void expect_each_is_found() {
  for (std::size_t size = 0; size <= 3 * chars_step + 1; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(all_fit<Set>(text)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        text[at] = static_cast<char>(c);
        ASSERT_EQ(all_fit<Set>(text), Set::fits(text[at])) << size << ' ' << at << ' ' << c;
        for (const std::size_t from : {std::size_t{0}, at / 2, at})
          ASSERT_EQ(find_misfit<Set>(text.data(), from, size), Set::fits(text[at]) ? size : at);
        ASSERT_EQ(find_misfit<Set>(text.data(), at + 1, size), size);
      }
      text[at] = 'a';
    }
  }
}

template <class Set>
void expect_a_bit_each(char misfit) {
  std::string text(chars_step, 'a');
  for (std::size_t at = 0; at < chars_step; ++at) {
    text[at] = misfit;
    EXPECT_EQ(Set::misfits(chars_at(text.data())), 1u << at);
    text[at] = 'a';
  }
}

TEST(CharSets, FindsWhatDoesNotFitWhereverItStands) {
  expect_each_is_found<ValueChars>();
  expect_each_is_found<TargetChars>();
  expect_each_is_found<LowerChars>();
  expect_a_bit_each<ValueChars>('\0');
  expect_a_bit_each<TargetChars>('\0');
  expect_a_bit_each<LowerChars>('Z');
}

TEST(CharSets, KnowsWhatStandsInValues) {  // RFC 9110 5.5
  for (const char c : {'\t', ' ', '~', '\x80', '\xff'}) EXPECT_TRUE(ValueChars::fits(c));
  for (const char c : {'\0', '\n', '\r', '\x1f', '\x7f'}) EXPECT_FALSE(ValueChars::fits(c));
}

TEST(CharSets, KnowsWhatStandsInTargets) {
  for (const char c : {'!', '/', '%', '<', '|', '~'}) EXPECT_TRUE(TargetChars::fits(c));
  for (const char c : {'\0', '\t', ' ', '#', '\x7f', '\x80', '\xff'})
    EXPECT_FALSE(TargetChars::fits(c));
}

TEST(CharSets, KnowsWhatLowerCaseChanges) {
  for (const char c : {'@', '[', 'a', 'z', '0', '\0', '\xc0', '\xda'})
    EXPECT_TRUE(LowerChars::fits(c));
  for (const char c : {'A', 'M', 'Z'}) EXPECT_FALSE(LowerChars::fits(c));
}

}  // namespace
}  // namespace minato::http
