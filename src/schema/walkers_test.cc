// The walkers beside the parser: effective values, reference page, comparison.
#include <gtest/gtest.h>

#include "schema/compare.h"
#include "schema/reference.h"
#include "schema/show.h"
#include "schema/testing.h"

namespace minato::schema::testing {
namespace {

TEST(Show, WritesEveryKeyAndNoSecret) {
  Picture picture;
  picture.centre = Corner{3, 4};
  picture.delays = {{"ann", 1s}, {"b c", 2ms}};
  picture.waits = {{{404, 404}, 1s}, {{500, 599}, 2s}};
  picture.corners = {{5, 6}, {7, 8}};
  picture.title = "a: \"b\"\n${x}";
  EXPECT_EQ(show(picture), R"(framed: true
depth: 8
shown_for: 10s
size: 64KiB
rate: 100/s
title: "a: \"b\"\x0a$${x}"
taste: sweet
colour: deep_blue
good: [200-399]
shouts: []
delays:
  ann: 1s
  "b c": 2ms
waits:
  404: 1s
  5xx: 2s
centre:
  x: 3
  y: 4
border: 250ms
look:
  light: 1
workers: auto
corners:
  - x: 5
    y: 6
  - x: 7
    y: 8
)");
}

TEST(Show, WhatYamlWouldTakeForSomethingElseIsInQuotes) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"word", "word"},     {"a-b_c.d/e:80", "a-b_c.d/e:80"},
      {"/run/x", "/run/x"}, {"", "\"\""},
      {"null", "\"null\""}, {"~", "\"~\""},
      {"*x", "\"*x\""},     {"- a", "\"- a\""},
      {"a: b", "\"a: b\""}, {"a:", "\"a:\""},
      {"a #b", "\"a #b\""}, {"\\", "\"\\\\\""},
      {"\t", "\"\\x09\""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(detail::scalar_text(text), expected);
}

TEST(Reference, IsATableForEachSection) {
  EXPECT_EQ(to_markdown(reference_tables<Picture>()), R"(### Top level

A picture.

| Key | Default | Allowed | Meaning |
|---|---|---|---|
| `framed` | `true` | true or false | Has a frame. |
| `depth` | `8` | a whole number up to 255 | Bits a pixel. |
| `shown_for` | `10s` | duration from 1s to 1h, or 0 (for ever) | Time on the wall. |
| `size` | `64KiB` | a size (512, 64KiB, 1MiB, 10MB) | On disk. |
| `rate` | `100/s` | a rate (100/s, 5/m, 1000/h) | Visitors. |
| `title` | `untitled` | text | Below it. |
| `taste` | `sweet` | sweet or salty | Of the paint. |
| `password` | `hidden` | text | To see it. |
| `colour` | `deep_blue` | deep_blue or red | Mostly. |
| `good` | `[200-399]` | list: a status or a range (204, 200-399, 2xx) | Statuses. |
| `shouts` | `[]` | list: capitals | At it. |
| `delays` | `{}` | names, each with a duration (250ms, 10s, 5m, 1h) | By visitor. |
| `waits` | `{}` | statuses and classes (404, 5xx), each with duration from 1s to 1h | By answer. |
| `border` | `250ms` | duration from 1ms to 1s | Its width. |
| `workers` | `auto` | whole number from 1 to 64, or auto | Who carry it. |

`taste`:

- `sweet`: Like sugar.
- `salty`: Like the sea.

`colour`:

- `deep_blue`: As the sea.
- `red`: As a rose.

### `centre`

A place. Where to look.

| Key | Default | Allowed | Meaning |
|---|---|---|---|
| `x` | `1` | whole number from 1 to 99 | To the right. |
| `y` | `2` | a whole number up to 65535 | Down. |

### `look`

By night. A change needs a restart.

| Key | Default | Allowed | Meaning |
|---|---|---|---|
| `light` | `1` | a whole number up to 255 | Lamps. |

### `corners[]`

A place. Four as a rule.

| Key | Default | Allowed | Meaning |
|---|---|---|---|
| `x` | `1` | whole number from 1 to 99 | To the right. |
| `y` | `2` | a whole number up to 65535 | Down. |
)");
}

TEST(Compare, NamesTheKeysThatDiffer) {
  Picture before, after;
  EXPECT_TRUE(changed_keys(before, after).empty());
  after.depth = 16;
  after.frame.border = 1ms;
  after.corners.push_back({});
  after.look.light = 3;
  std::string keys;
  for (const ChangedKey& change : changed_keys(before, after))
    keys += change.path + (change.needs_restart ? "! " : " ");
  EXPECT_EQ(keys, "depth border look.light! corners ");
}

}  // namespace
}  // namespace minato::schema::testing
