#include "http/field_id.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace minato::http {
namespace {

constexpr std::array<std::string_view, field_id_count> spellings = {
    "",
#define MINATO_SPELLING(identifier, spelling) spelling,
    MINATO_KNOWN_FIELDS(MINATO_SPELLING)
#undef MINATO_SPELLING
};
static_assert(field_id_count <= 255);

// A perfect hash over the length and three characters, so that a look-up is one multiplication and
// one comparison. The compiler searches the multiplier; when a new name cannot be told apart by
// these four, the assertion below says so, and another character is to be taken in.
constexpr unsigned slot_bits = 9;
constexpr std::uint32_t no_multiplier = 0;
using Slots = std::array<std::uint8_t, 1u << slot_bits>;

constexpr std::uint32_t letter(char c) { return static_cast<unsigned char>(c) | 0x20u; }

constexpr std::size_t slot_of(std::string_view name, std::uint32_t multiplier) {
  const std::uint32_t key = static_cast<std::uint32_t>(name.size() & 0xff) |
                            letter(name.front()) << 8 | letter(name.back()) << 16 |
                            letter(name[name.size() / 2]) << 24;
  return (key * multiplier) >> (32 - slot_bits);
}

constexpr bool tells_apart(std::uint32_t multiplier) {
  std::array<bool, 1u << slot_bits> taken{};
  for (std::size_t id = 1; id < field_id_count; ++id) {
    bool& slot = taken[slot_of(spellings[id], multiplier)];
    if (slot) return false;
    slot = true;
  }
  return true;
}

constexpr std::uint32_t find_multiplier() {
  std::uint32_t candidate = 0x9e3779b1u;
  for (int tries = 0; tries < 2000; ++tries, candidate = candidate * 0x01000193u + 2)
    if (tells_apart(candidate)) return candidate;
  return no_multiplier;
}

constexpr std::uint32_t multiplier = find_multiplier();
static_assert(multiplier != no_multiplier, "two known field names cannot be told apart by slot_of");

constexpr Slots make_slots() {
  Slots slots{};
  for (std::size_t id = 1; id < field_id_count; ++id)
    slots[slot_of(spellings[id], multiplier)] = static_cast<std::uint8_t>(id);
  return slots;
}
constexpr Slots slots = make_slots();

}  // namespace

FieldId field_id(std::string_view name) noexcept {
  if (name.empty()) return FieldId::unknown;
  const std::uint8_t id = slots[slot_of(name, multiplier)];
  const bool same =
      spellings[id] == name || iequals(spellings[id], name);  // most spell it as we do
  return same ? static_cast<FieldId>(id) : FieldId::unknown;
}

bool same_variable(std::string_view name, std::string_view other) noexcept {
  return std::ranges::equal(name, other, [](char a, char b) {
    return to_lower(a == '_' ? '-' : a) == to_lower(b == '_' ? '-' : b);
  });
}

FieldId field_id_as_variable(std::string_view name) noexcept {
  std::array<char, 64> text;  // longer than any known name
  if (!name.contains('_')) return field_id(name);
  if (name.size() > text.size()) return FieldId::unknown;
  std::ranges::replace_copy(name, text.begin(), '_', '-');
  return field_id({text.data(), name.size()});
}

std::string_view canonical_name(FieldId id) noexcept {
  return spellings[static_cast<std::size_t>(id)];
}

}  // namespace minato::http
