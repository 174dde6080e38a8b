#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <spanstream>
#include <unordered_map>

namespace minato::config {
namespace {

using schema::Mark;
using schema::Node;
using schema::Rejection;

/// What the library's terse messages mean to a person.
struct Meaning {
  std::string_view message;
  std::string_view found;
  std::string_view allowed;
};
constexpr std::string_view indentation =
    "allowed: keys of one section in the same column, each value behind `: `";
constexpr Meaning meanings[] = {
    {"illegal tab when looking for indentation", "a tab in the indentation", "allowed: spaces"},
    {"end of map flow not found", "a { that is not closed",
     "needed: } at the end, commas between the entries"},
    {"end of sequence flow not found", "a [ that is not closed",
     "needed: ] at the end, commas between the items"},
    {"end of map not found", "this line does not fit into the section around it", indentation},
    {"end of sequence not found", "this line does not fit into the list around it",
     "allowed: items that begin with `- `, in the same column"},
    {"illegal map value", "a colon where no value can stand", indentation},
    {"illegal map key", "a key where none can stand", indentation},
    {"illegal block entry", "an item of a list where none can stand", indentation},
    {"illegal EOF in scalar", "a quotation mark that is not closed",
     "needed: the same mark at the end of the text"},
    {"the referenced anchor is not defined", "an alias (*) without its anchor (&)",
     "allowed: aliases of what stands further up; other text that begins with * in quotes"},
    {"alias not found after *", "a * that begins no alias",
     "allowed: text that begins with * in quotes"},
    {"unknown token", "a character that cannot begin a value", "allowed: such text in quotes"},
};

Rejection explain(std::string_view message) {
  for (const Meaning& row : meanings)
    if (message == row.message) return {std::string(row.found), std::string(row.allowed), {}};
  return {fmt::format("not YAML ({})", message), {}, {}};
}

Mark mark_at(const YAML::Mark& mark) {
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1,
          0};
}

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) {
  throw YAML::ParserException(mark, why);
}

/// Builds nodes from the events of the library, which may throw what `refuse` throws.
class Builder final : public YAML::EventHandler {
 public:
  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(mark, anchor, {.kind = Node::Kind::null, .mark = mark_at(mark)});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    place(mark, anchor, {.kind = Node::Kind::scalar, .mark = mark_at(mark), .text = value});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "the referenced anchor is not defined");  // of itself
    count(mark, found->second.nodes);
    put(mark, found->second.node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come.
  struct Open {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::size_t nodes_before;
    std::optional<Node> key;  // of a map: the scalar that waits for its value
  };
  struct Anchored {
    Node node;
    std::size_t nodes;
  };

  void count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > document_nodes_max) refuse(mark, "too many values");
  }

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool ordinary =
        tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
    if (!ordinary) refuse(mark, "an unknown tag " + schema::quoted(tag));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Node::Kind kind) {
    check_tag(mark, tag);
    if (open_.size() == nesting_max) refuse(mark, "nested too deeply");
    open_.push_back({{.kind = kind, .mark = mark_at(mark)}, mark, anchor, nodes_, {}});
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
      parent.key.reset();
      parent.node.children.push_back(std::move(node));
    } else if (node.kind == Node::Kind::scalar) {
      parent.key = std::move(node);
    } else {
      refuse(mark, "a key that is not a word");
    }
  }

  Node root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, schema::Problems& problems) {
  if (text.size() > document_bytes_max) {
    problems.error(
        Mark{}, "",
        {"the file is too large", fmt::format("allowed: {} bytes", document_bytes_max), {}});
    return std::nullopt;
  }
  Builder builder;
  try {
    const auto plain = without_byte_order_mark(text);
    std::ispanstream stream(std::span<const char>(plain.data(), plain.size()));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
    return builder.take();
  } catch (const YAML::Exception& error) {
    problems.error(error.mark.is_null() ? Mark{} : mark_at(error.mark), "", explain(error.msg));
  }
  return std::nullopt;
}

}  // namespace minato::config
