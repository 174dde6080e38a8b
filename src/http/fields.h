// The fields of one message (RFC 9110 5): views into the buffer they were received in, in order.
//
// Editing never moves text: removing a line marks it, adding one appends a view to memory that
// lives as long as the exchange (its arena, its buffer or static text).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "http/field_id.h"

namespace minato::http {

/// One field line. `name` as the sender spelled it; `value` without the white space around it.
struct Field {
  std::string_view name;
  std::string_view value;
  FieldId id = FieldId::unknown;
  bool removed = false;
};

/// Thread: as its arena. Bounds: as the parser's limits on heads.
class Fields {
 public:
  explicit Fields(Arena& arena) : arena_(&arena) {}

  /// Appends a line of a known name, in its canonical spelling.
  void add(FieldId id, std::string_view value) { append({canonical_name(id), value, id}); }
  void add(std::string_view name, std::string_view value) { append({name, value, field_id(name)}); }
  void append(const Field& line) {
    if (count_ == lines_.size()) grow();
    std::construct_at(&lines_[count_++], line);
    present_.insert(line.id);
  }

  /// Every line, removed ones too: skip those, or use `for_each`.
  std::span<const Field> lines() const { return lines_.first(count_); }
  std::size_t count() const { return count_; }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Field& line : lines())
      if (!line.removed) visit(line);
  }

  bool has(FieldId id) const { return present_.contains(id) && find(id) != nullptr; }
  /// The first line of that name, or nullptr.
  const Field* find(FieldId id) const noexcept;
  /// The same for a name that has no id; compared without case.
  const Field* find(std::string_view name) const noexcept;
  /// The value of the first line of that name; empty where there is none.
  std::string_view value(FieldId id) const noexcept;
  std::size_t count_of(FieldId id) const noexcept;
  /// The values of all lines that `fits` takes as one, joined in the arena where there are several;
  /// nullopt where there is none.
  template <class Fits>
  std::optional<std::string_view> joined(const Fits& fits, std::string_view between) const;
  /// The same of a list field (RFC 9110 5.3); empty where there is none.
  std::string_view combined(FieldId id, std::string_view between = ", ") const;

  void remove(FieldId id) noexcept;
  void remove(std::string_view name) noexcept;
  template <class Fits>
  void remove_if(const Fits& fits) noexcept {
    for (Field& line : lines_.first(count_)) line.removed |= fits(line);
  }
  /// Forgets every line and the memory of it: for use after the arena was reset.
  void clear() { *this = Fields(*arena_); }

  Arena& arena() const { return *arena_; }

 private:
  void grow();

  Arena* arena_;
  std::span<Field> lines_;
  std::size_t count_ = 0;
  FieldIdSet present_;  // ids that were ever added: answers most look-ups without reading a line
};

template <class Fits>
std::optional<std::string_view> Fields::joined(const Fits& fits, std::string_view between) const {
  std::size_t count = 0, size = 0;
  std::string_view last;
  for_each([&](const Field& line) {
    if (!fits(line)) return;
    size += (count++ > 0 ? between.size() : 0) + line.value.size();
    last = line.value;
  });
  if (count < 2) return count == 0 ? std::nullopt : std::optional(last);
  // Measured before, as the arena keeps what would be joined on the way.
  const auto text = arena_->room<char>(size);
  char* at = text.data();
  for_each([&](const Field& line) {
    if (!fits(line)) return;
    at = std::ranges::copy(line.value, at).out;
    if (--count > 0) at = std::ranges::copy(between, at).out;
  });
  return std::string_view(text.data(), size);
}

}  // namespace minato::http
