// A store and what tests put into it.
#pragma once

#include <gtest/gtest.h>

#include "cache/store/store.h"
#include "http/handler.h"

namespace minato::cache {

inline std::string body_of(const Entry& entry) {
  std::string body;
  for (Piece* piece = entry.content->first; piece != nullptr; piece = piece->next)
    body += piece->text();
  return body;
}

struct More {
  std::string_view vary, variant, tag;
  Seconds date{0};
  Seconds sent{0};
  std::optional<ContentRange> part{};
  std::string_view range{};
};

struct StoreTest : testing::Test {
  BlockPool blocks;
  Arena arena{blocks};
  http::Fields none{arena};
  std::optional<Store> store;

  void open(StoreLimits limits = {}) { store.emplace(limits); }

  Key key(std::string_view text) const {
    const std::string_view url = url_of(text);
    return {text, hash_of_key(*split_url(url), text.substr(url.size()), store->seed())};
  }

  bool put(std::string_view url, std::string_view body, More more = {}) {
    const std::span<const std::string_view> tags(&more.tag, more.tag.empty() ? 0u : 1u);
    http::Fields lines(arena);
    lines.add(http::FieldId::content_type, "text/plain");
    ResponseFacts facts;
    facts.freshness.date = http::FieldDate(more.date);
    facts.freshness.request_sent = WallTime(more.sent);
    const Pin draft = store->draft({.key = key(url),
                                    .vary = more.vary,
                                    .variant = more.variant,
                                    .lines = lines,
                                    .facts = facts,
                                    .part = more.part,
                                    .range = more.range,
                                    .tags = tags,
                                    .purges_before = store->purges()});
    return draft && store->insert(*draft, pieces(body), body.size());
  }

  /// On its way in, with the head that was asked for when there had been `before` purges.
  Pin draft(std::string_view text, std::uint64_t before,
            std::span<const std::string_view> tags = {}) {
    return store->draft({.key = key(text), .lines = none, .tags = tags, .purges_before = before});
  }

  Piece* pieces(std::string_view body) {
    Piece* first = nullptr;
    Piece** end = &first;
    for (std::size_t left = http::Responder::pieces_max; !body.empty(); left -= left > 1) {
      Piece* const piece = store->take_piece(body.size(), left);
      if (piece == nullptr) break;
      piece->size = static_cast<std::uint32_t>(std::min<std::size_t>(body.size(), piece->capacity));
      body.copy(piece->bytes, piece->size);
      body.remove_prefix(piece->size);
      store->trim(*piece);
      *end = piece, end = &piece->next;
    }
    return first;
  }

  Pin find(std::string_view url) { return store->find(key(url), none, 0).entry; }
  void carry_out_bans() {
    while (store->carry_out_bans()) {
    }
  }
  std::string get(std::string_view url) {
    const Pin pin = find(url);
    return pin ? body_of(*pin) : "(none)";
  }
};

/// More than is purged in one step.
struct ManyStored : StoreTest {
  static constexpr int count = 5000;
  static_assert(count > Store::found_of_step);

  void fill() {
    open({.memory_bytes = 64u << 20, .entries = 2 * count});
    for (int i = 0; i < count; ++i)
      put(arena.copy("http://a/" + std::to_string(i)), "x", {.tag = "red"});
    put("http://a/blue", "x", {.tag = "blue"});
  }
  /// Some are left for other steps.
  void expect_no_more_than_a_step() const {
    EXPECT_GT(store->stats().entries, 1u * count / 10);
    EXPECT_LT(store->stats().entries, 1u * count);
  }
};

}  // namespace minato::cache
