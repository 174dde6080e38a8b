// One stored response: a head, what the policy knows of it, and its body in pieces. All of it lies
// in the memory of the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cache/evict/evictor.h"
#include "cache/policy/facts.h"
#include "cache/policy/range.h"

namespace minato::cache {

/// Some bytes of a body: what stands behind it in memory, or, where it is large, pages of its own.
struct Piece {
  Piece() = default;
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  Piece* next = nullptr;
  char* bytes = reinterpret_cast<char*>(this + 1);
  std::uint32_t capacity = 0;
  std::uint32_t size = 0;
  bool has_pages() const { return bytes != reinterpret_cast<const char*>(this + 1); }
  std::string_view text() const { return {bytes, size}; }
};

/// A body that is complete. Two entries may share it: one, and what a 304 made of it.
struct Content {
  std::atomic<bool> lent{false};  ///< the kernel may still look at pages of it
  Piece* first = nullptr;
  std::uint64_t size = 0;
  std::uint32_t pieces = 0;
  std::uint32_t entries = 1;  ///< under the lock of the store
};

/// Goes through some of a body, piece by piece.
class ContentWalk {
 public:
  /// `range`: within the content; it may be empty.
  ContentWalk(const Content& content, ByteRange range)
      : piece_(content.first), offset_(range.first), left_(range.size()) {
    skip();
  }
  bool ended() const { return left_ == 0; }
  /// Of which piece comes what is next, and how much of it. Not at the end.
  const Piece& piece() const { return *piece_; }
  std::string_view next() const { return piece_->text().substr(offset_, left_); }
  /// At most what is next.
  void pass(std::size_t bytes) {
    offset_ += bytes, left_ -= bytes;
    skip();
  }

 private:
  void skip() {
    for (; left_ > 0 && offset_ >= piece_->size; piece_ = piece_->next) offset_ -= piece_->size;
  }

  const Piece* piece_;
  std::uint64_t offset_;  // in the piece
  std::uint64_t left_;
};

/// Views of the bytes of a body from `first` to `last`, as many as have room in `views`, which is
/// not empty. Gives the count; `first` becomes what comes next.
std::size_t views_of(const Content& content, std::uint64_t& first, std::uint64_t last,
                     std::span<std::string_view> views);

struct Entry;

/// An entry's place among those of one tag.
struct TagNode {
  std::uint64_t hash = 0;
  Entry* entry = nullptr;
  TagNode* next = nullptr;
  TagNode** link = nullptr;  ///< what points here; null where it is in no list
};

/// Shared: what stands first is written by whoever has it, all else never once it is stored.
struct Entry : Item {
  using Item::Item;

  // Whoever reads it.
  std::atomic<std::uint32_t> pins{1};
  std::atomic<bool> marked_stale{false};  ///< purged softly, on its way in maybe
  std::atomic<bool> refreshing{false};    ///< one is enough
  std::atomic<bool> spoiled{false};       ///< purged on its way in: it will not be stored
  std::atomic<std::uint64_t> bans_checked{0};
  std::atomic<Entry*> next{nullptr};  ///< in its bucket of the index

  // What it is.
  std::string_view key;
  std::string_view vary;     ///< names, as vary_names makes them
  std::string_view variant;  ///< what the request that it answered said in them
  std::span<const http::Field> lines;
  std::string_view text;  ///< the same as HTTP/1 writes them
  ResponseFacts facts;
  std::optional<ContentRange> part;  ///< of a 206: which bytes it has
  std::string_view range;            ///< and the Range that it answered
  Content* content = nullptr;
  std::span<TagNode> tags;

  // The store's.
  std::uint32_t block_bytes = 0;
  bool listed = false;
  Entry* gone_next = nullptr;  ///< in one list when it is retired, in another when it is released
  std::uint64_t retired = 0;

  /// Empty where there is none.
  std::string_view etag() const {
    for (const http::Field& line : lines)
      if (line.id == http::FieldId::etag) return line.value;
    return {};
  }
  std::uint64_t size() const { return content == nullptr ? 0 : content->size; }
};

}  // namespace minato::cache
