// For tests of this room: a struct with every kind of member, and documents written in place.
#pragma once

#include "schema/parse.h"

namespace minato::schema::testing {

enum class Colour : std::uint8_t { deep_blue, red };

struct Corner {
  std::uint16_t x = 1;
  std::uint16_t y = 2;
  friend bool operator==(const Corner&, const Corner&) = default;
};

struct Frame {
  Millis border = 250ms;
  friend bool operator==(const Frame&, const Frame&) = default;
};

struct Look {
  std::uint8_t light = 1;
  friend bool operator==(const Look&, const Look&) = default;
};

inline constexpr std::array tastes{Choice{"sweet", "Like sugar."},
                                   Choice{"salty", "Like the sea."}};

std::optional<Rejection> check_shout(std::string_view text);
std::optional<Rejection> check_wait(std::string_view text);

struct Picture {
  bool framed = true;
  std::uint8_t depth = 8;
  Millis shown_for = 10s;
  Bytes size = 64_KiB;
  Rate rate{100, 1s};
  std::string title = "untitled";
  std::string taste = "sweet";
  std::string password = "hidden";
  Colour colour = Colour::deep_blue;
  std::vector<StatusRange> good{{200, 399}};
  std::vector<std::string> shouts;
  std::map<std::string, Millis> delays;
  std::map<StatusOrClass, Millis> waits;
  std::optional<Corner> centre;
  Frame frame;  // its keys are the picture's own
  Look look;
  std::uint32_t workers = 0;
  std::vector<Corner> corners;
  friend bool operator==(const Picture&, const Picture&) = default;
};

/// New corners begin where the picture is deep.
Corner corner_of(const Picture& picture);

}  // namespace minato::schema::testing

namespace minato::schema {

template <>
inline constexpr auto choices<testing::Colour> = std::array{
    Named{testing::Colour::deep_blue, "deep_blue", "As the sea."},
    Named{testing::Colour::red, "red", "As a rose."},
};
template <>
inline constexpr auto of<testing::Corner> =
    object("A place.", field(&testing::Corner::x, "x", "To the right.", between(1, 99)),
           field(&testing::Corner::y, "y", "Down."));
template <>
inline constexpr auto of<testing::Frame> =
    object("Around it.", field(&testing::Frame::border, "border", "Its width.", between(1ms, 1s)));
template <>
inline constexpr auto of<testing::Look> =
    object("By night.", field(&testing::Look::light, "light", "Lamps."));
template <>
inline constexpr auto of<testing::Picture> = object(
    "A picture.", field(&testing::Picture::framed, "framed", "Has a frame."),
    field(&testing::Picture::depth, "depth", "Bits a pixel."),
    field(&testing::Picture::shown_for, "shown_for", "Time on the wall.", between(1s, 1h),
          zero_means("for ever")),
    field(&testing::Picture::size, "size", "On disk.", formerly("weight")),
    field(&testing::Picture::rate, "rate", "Visitors."),
    field(&testing::Picture::title, "title", "Below it."),
    field(&testing::Picture::taste, "taste", "Of the paint.", one_of(testing::tastes)),
    field(&testing::Picture::password, "password", "To see it.", secret),
    field(&testing::Picture::colour, "colour", "Mostly."),
    field(&testing::Picture::good, "good", "Statuses.", not_empty),
    field(&testing::Picture::shouts, "shouts", "At it.", checked(testing::check_shout, "capitals")),
    field(&testing::Picture::delays, "delays", "By visitor."),
    field(&testing::Picture::waits, "waits", "By answer.", between(1s, 1h),
          keys_checked(testing::check_wait)),
    field(&testing::Picture::centre, "centre", "Where to look."), part(&testing::Picture::frame),
    field(&testing::Picture::look, "look", "", needs_restart),
    field(&testing::Picture::workers, "workers", "Who carry it.", between(1, 64),
          zero_word("auto")),
    field(&testing::Picture::corners, "corners", "Four as a rule.", starts_as(testing::corner_of)),
    later("sound", "the sound version"));

}  // namespace minato::schema

namespace minato::schema::testing {

inline std::optional<Rejection> check_shout(std::string_view text) {
  for (const char c : text)
    if (c < 'A' || c > 'Z') return Rejection{in_quotes(text) + " is not loud", {}, {}};
  return std::nullopt;
}
inline std::optional<Rejection> check_wait(std::string_view text) {
  if (text != "304") return std::nullopt;
  return Rejection{"304 is no answer", "allowed: any other", {}};
}
inline Corner corner_of(const Picture& picture) { return {picture.depth, 2}; }

// Documents: `map({{"x", "1"}, {"list", list({"a", "b"})}})`; entry n of a map stands in line n.
struct Document : Node {
  Document(const char* scalar) {
    kind = Kind::scalar;
    text = scalar;
  }
  Document(Node node) : Node(std::move(node)) {}
};
struct Entry {
  std::string key;
  Document value;
};
inline Node map(std::vector<Entry> entries) {
  Node out{.kind = Node::Kind::map, .mark = {1, 1}};
  for (auto& [key, value] : entries) {
    const auto line = static_cast<std::uint32_t>(out.children.size() + 1);
    value.key = key;
    value.key_mark = {line, 1};
    value.mark = {line, static_cast<std::uint32_t>(key.size() + 3)};
    out.children.push_back(std::move(value));
  }
  return out;
}
inline Node list(std::vector<Document> items) {
  Node out{.kind = Node::Kind::list};
  for (Document& item : items) out.children.push_back(std::move(item));
  return out;
}
inline Node nothing() { return {}; }

/// The picture that `document` describes, and what is wrong with it, a line each.
struct Outcome {
  Picture picture;
  std::string problems;
};
inline Outcome read_picture(const Node& document, const Environment& environment = {}) {
  Problems problems(std::vector{Source{"f", ""}});
  Reader reader{problems, environment};
  Outcome out;
  parse(document, out.picture, "", reader);
  for (const Problem& problem : problems.take()) {
    out.problems += headline(problem);
    if (!problem.suggestion.empty()) out.problems += " (" + problem.suggestion + "?)";
    out.problems += "\n";
  }
  return out;
}

}  // namespace minato::schema::testing
