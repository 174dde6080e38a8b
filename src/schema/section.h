// A section of a document as it is read: its keys held against those that may stand there, and what
// is said of what does not belong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/environment.h"
#include "schema/keys.h"
#include "schema/node.h"
#include "schema/problem.h"

namespace minato::schema {

/// What a reading needs beside the document.
struct Reader {
  Problems& problems;
  const Environment& environment;
  /// What known_paths gives of the whole document: whoever puts a key where it does not belong is
  /// told where it does.
  std::vector<std::string> paths{};
};

namespace detail {

std::string join(std::string_view path, std::string_view key);
std::string join(std::string_view path, std::size_t index);

/// The entries of a map, checked against the keys that may stand there.
class Section {
 public:
  /// Reports what is no map, unknown and repeated keys. A key counts where it stands first.
  Section(const Node& node, std::string_view path, Reader& reader,
          const std::vector<KnownKey>& known);

  /// The value of `key` under its present or its old spelling, or nullptr.
  const Node* find(std::string_view key) const;
  /// Calls `visit` with each further value of `key`.
  template <class Visit>
  void for_each_repeated(std::string_view key, Visit visit) const {
    for (const Entry& entry : repeated_)
      if (entry.key == key) visit(*entry.node);
  }
  void report_missing(std::string_view key, std::string what_belongs_there) const;
  std::string path_of(std::string_view key) const { return join(path_, key); }
  Reader& reader() const { return reader_; }

 private:
  struct Entry {
    std::string_view key;
    const Node* node;
  };
  void admit(const Node& entry, const std::vector<KnownKey>& known);
  void reject_unknown(const Node& entry, const std::vector<KnownKey>& known) const;
  void accept(std::string_view key, const Node& entry);

  std::string_view path_;
  Mark mark_;
  bool complete_ = true;  // false where the keys could not be read
  Reader& reader_;
  std::vector<Entry> entries_;
  std::vector<Entry> repeated_;
};

/// The text of a scalar with its variables replaced; nullopt, reported, where one is missing or
/// the text has control characters.
std::optional<std::string> text_of(const Node& node, const std::string& path, Reader& reader);
void report_kind(const Node& node, const std::string& path, Reader& reader, std::string allowed);
/// True where `node` is a list, or nothing, which is an empty one; what is neither is reported.
bool is_list(const Node& node, const std::string& path, Reader& reader);
/// The same for a map; what is none is told what its keys and each value would be.
bool is_map(const Node& node, const std::string& path, Reader& reader, std::string_view keys,
            std::string_view value);
void report_repeated(const Node& entry, Mark first, const std::string& path, Reader& reader);
/// Says the rest of what is wrong with the key of an entry of a map.
void report_key(const Node& entry, const std::string& path, Reader& reader, Rejection wrong,
                std::string_view what, std::string_view form);

}  // namespace detail
}  // namespace minato::schema
