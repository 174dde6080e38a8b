#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <spanstream>
#include <unordered_map>

#include "config/text.h"

namespace minato::config {
namespace {

using schema::Mark;
using schema::Node;
using schema::Rejection;

/// Thrown, as an exception of the library, out of its parser; explained below like its own.
namespace refusal {
constexpr const char* too_deep = "nested too deeply";
constexpr const char* too_many = "too many values";
constexpr const char* second_document = "a second document";
constexpr const char* tag = "a tag";
constexpr const char* key_is_no_word = "a key that is no word";
constexpr const char* open_quote = "an open quotation mark";
}  // namespace refusal

/// What the library's terse messages mean to a person.
struct Meaning {
  std::string_view message;
  std::string_view found;
  std::string_view allowed;
  enum class Suggest : std::uint8_t { nothing, quotes } suggest = Suggest::nothing;
};
constexpr auto quotes = Meaning::Suggest::quotes;
constexpr std::string_view indentation =
    "allowed: keys of one section in the same column, each value behind `: `";
constexpr Meaning meanings[] = {
    {refusal::too_deep, "nested too deeply", "allowed: 32 levels"},
    {refusal::too_many, "too many values", "allowed: 2000000, with what aliases repeat"},
    {refusal::second_document, "a second document", "allowed: one in a file"},
    {refusal::tag, "a tag (!)", "allowed: values without tags; text that begins with ! in quotes",
     quotes},
    {refusal::key_is_no_word, "a key that is a list or a section", "allowed: words"},
    {refusal::open_quote, "a quotation mark that is not closed in its line",
     "needed: the same mark at the end"},
    {"illegal EOF in scalar", "a quotation mark that is not closed in its line",
     "needed: the same mark at the end"},
    {"end of map flow not found", "a { that is not closed",
     "needed: } at the end, commas between the entries"},
    {"end of sequence flow not found", "a [ that is not closed",
     "needed: ] at the end, commas between the items"},
    {"illegal flow end", "a } or ] that closes nothing",
     "allowed: one } for each {, one ] for each ["},
    {"end of map not found", "this line does not fit into the section around it", indentation},
    {"end of sequence not found", "this line does not fit into the list around it",
     "allowed: items that begin with `- `, in the same column"},
    {"illegal map value", "a colon where no value can stand", indentation},
    {"illegal map key", "a key where none can stand", indentation},
    {"illegal block entry", "an item of a list where none can stand", indentation},
    {"the referenced anchor is not defined", "an alias (*) without its anchor (&)",
     "allowed: aliases of what stands further up; text that begins with * in quotes", quotes},
    {"alias not found after *", "a * that begins no alias",
     "allowed: text that begins with * in quotes", quotes},
    {"unknown token", "a character that cannot begin a value", "allowed: such text in quotes",
     quotes},
};

bool is_indented_by_tab(std::string_view line) {
  const auto end = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(0, end).contains('\t');
}

/// Where the value around `at` begins.
std::size_t start_of_value(std::string_view line, std::size_t at) {
  const auto before = line.substr(0, at).find_last_of(" \t,[{");
  return before == std::string_view::npos ? 0 : before + 1;
}

/// The text around `at` as somebody would have to write it, in quotes.
std::string in_yaml_quotes(std::string_view line, std::size_t at) {
  if (at >= line.size()) return "";
  const auto text = line.substr(start_of_value(line, at));
  return fmt::format("\"{}\"", text.substr(0, schema::token_length(text)));
}

/// What is wrong, in words for people; `line` is where the library saw it.
Rejection explain(std::string_view message, std::string_view line, Mark mark) {
  if (is_indented_by_tab(line)) return {"a tab in the indentation", "allowed: spaces", {}};
  for (const Meaning& row : meanings) {
    if (message != row.message) continue;
    std::string suggestion = row.suggest == quotes ? in_yaml_quotes(line, mark.column - 1) : "";
    return {std::string(row.found), std::string(row.allowed), std::move(suggestion)};
  }
  return {fmt::format("not YAML ({})", message), {}, {}};
}

Mark mark_at(const YAML::Mark& mark) {
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1,
          0};
}

[[noreturn]] void refuse(const YAML::Mark& mark, const char* why) {
  throw YAML::ParserException(mark, why);
}

std::size_t at(const YAML::Mark& mark) { return static_cast<std::size_t>(std::max(mark.pos, 0)); }

/// Behind the anchors and tags at the front.
std::string_view without_properties(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  while (text.starts_with('&') || text.starts_with('!')) {
    text.remove_prefix(std::min(text.find_first_of(blanks), text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  }
  return text;
}

/// True where the text in quotes at the front ends in its line (YAML 1.2 7.3.1, 7.3.2).
bool closes_in_line(std::string_view text) {
  const char mark = text.front();
  const auto line = text.substr(0, text.find('\n'));
  for (std::size_t at = 1; at < line.size(); ++at) {
    const bool escapes = mark == '"' ? line[at] == '\\' : line.substr(at).starts_with("''");
    if (escapes)
      ++at;
    else if (line[at] == mark)
      return true;
  }
  return false;
}

/// Builds nodes from the events of the library, which may throw what `refuse` throws.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  Node take() { return std::move(root_); }
  /// Where the innermost bracket or brace that is open stands.
  std::optional<Mark> open_bracket() const {
    if (open_.empty() || open_.back().style != YAML::EmitterStyle::Flow) return std::nullopt;
    return open_.back().node.mark;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, refusal::second_document);
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(mark, anchor, {.kind = Node::Kind::null, .mark = mark_at(mark)});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    check_quotes(mark);
    place(mark, anchor, {.kind = Node::Kind::scalar, .mark = mark_at(mark), .text = value});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "the referenced anchor is not defined");  // of itself
    count(mark, found->second.nodes);
    put(mark, found->second.node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, Node::Kind::list, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, Node::Kind::map, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come.
  struct Open {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    YAML::EmitterStyle::value style;
    std::size_t nodes_before;
    std::optional<Node> key;  // of a map: the scalar that waits for its value
  };
  struct Anchored {
    Node node;
    std::size_t nodes;
  };

  void count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > document_nodes_max) refuse(mark, refusal::too_many);
  }

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool ordinary =
        tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
    if (!ordinary) refuse(mark, refusal::tag);
  }

  /// The library ends text in quotes without its closing mark where the indentation ends, and says
  /// nothing. Text in quotes therefore stays in one line here.
  void check_quotes(const YAML::Mark& mark) const {
    const auto rest = without_properties(text_.substr(std::min(at(mark), text_.size())));
    const bool in_quotes = rest.starts_with('"') || rest.starts_with('\'');
    if (in_quotes && !closes_in_line(rest)) refuse(mark, refusal::open_quote);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind,
            YAML::EmitterStyle::value style) {
    check_tag(mark, tag);
    if (open_.size() == nesting_max) refuse(mark, refusal::too_deep);
    open_.push_back({{.kind = kind, .mark = mark_at(mark)}, mark, anchor, style, nodes_, {}});
  }
  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    place(done.mark, done.anchor, std::move(done.node), nodes_ - done.nodes_before + 1);
  }

  /// Puts a complete node where it belongs, and remembers it where it has an anchor.
  void place(const YAML::Mark& mark, YAML::anchor_t anchor, Node node, std::size_t nodes = 1) {
    count(mark, 1);
    if (anchor != YAML::NullAnchor) {
      count(mark, nodes);
      anchors_.insert_or_assign(anchor, Anchored{node, nodes});
    }
    put(mark, std::move(node));
  }

  void put(const YAML::Mark& mark, Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.children.push_back(std::move(node));
    } else if (parent.key) {
      node.key = std::move(parent.key->text);
      node.key_mark = parent.key->mark;
      if (node.kind == Node::Kind::null) node.mark = node.key_mark;  // nothing stands nowhere
      parent.key.reset();
      parent.node.children.push_back(std::move(node));
    } else if (node.kind == Node::Kind::scalar) {
      parent.key = std::move(node);
    } else {
      refuse(mark, refusal::key_is_no_word);
    }
  }

  std::string_view text_;
  Node root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

/// The first variable without quotes in the lines from `first` to `last`, or in some of them:
/// between brackets, YAML takes its braces for a section.
std::optional<Mark> bare_variable(std::string_view text, Mark first, Mark last) {
  constexpr std::uint32_t lines_max = 50;
  const auto end = std::min(last.line, first.line + lines_max);
  for (Mark mark = first; mark.line <= end; mark = {mark.line + 1, 1, 0}) {
    const auto line = line_of(text, mark);
    for (auto at = line.find("${", mark.column - 1); at != line.npos;
         at = line.find("${", at + 1)) {
      const auto start = start_of_value(line, at);
      if (line[start] != '"' && line[start] != '\'')
        return Mark{mark.line, static_cast<std::uint32_t>(start) + 1, 0};
    }
  }
  return std::nullopt;
}

void report(const YAML::Exception& error, const Builder& builder, std::string_view text,
            schema::Problems& problems) {
  const Mark mark = error.mark.is_null() ? Mark{} : mark_at(error.mark);
  const auto bracket = builder.open_bracket();
  if (!error.msg.ends_with("flow not found") || !bracket)
    return problems.error(mark, "", explain(error.msg, line_of(text, mark), mark));
  if (const auto variable = bare_variable(text, *bracket, mark))
    return problems.error(
        *variable, "",
        {"a ${ that is not in quotes, between brackets or braces", "allowed: such text in quotes",
         in_yaml_quotes(line_of(text, *variable), variable->column - 1)});
  problems.error(*bracket, "", explain(error.msg, line_of(text, mark), mark));
}

std::optional<Node> parse_checked(std::string_view text, schema::Problems& problems) {
  Builder builder(text);
  try {
    std::ispanstream stream(std::span<const char>(text.data(), text.size()));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
    return builder.take();
  } catch (const YAML::Exception& error) {
    report(error, builder, text, problems);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, schema::Problems& problems) {
  if (text.size() > document_bytes_max) {
    problems.error(
        Mark{}, "",
        {"the file is too large", fmt::format("allowed: {} bytes", document_bytes_max), {}});
    return std::nullopt;
  }
  if (auto fault = check_text(text)) {
    problems.error(fault->mark, "", std::move(fault->why));
    return std::nullopt;
  }
  return parse_checked(text, problems);
}

}  // namespace minato::config
