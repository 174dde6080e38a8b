// What is wrong with a document, said so that a person can act on it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/node.h"
#include "schema/rules.h"

namespace minato::schema {

enum class Severity : std::uint8_t { error, warning };

struct Problem {
  Severity severity = Severity::error;
  std::string file;          ///< empty: none is to blame
  std::uint32_t line = 0;    ///< from 1; 0: nowhere in particular
  std::uint32_t column = 0;  ///< from 1, in bytes
  std::string path;          ///< `services[0].hosts[1]`; empty: the document as a whole
  std::string message;       ///< what was found; what is allowed
  std::string suggestion;    ///< what was probably meant; empty: no idea
  std::string source;        ///< the line of the file
};

/// `file:line:column: path: message`, in one line.
std::string headline(const Problem& problem);
/// The headline, then the line of the file with a caret under what is meant, and the suggestion.
std::string render(const Problem& problem);

/// A file as it was read.
struct Source {
  std::string name;
  std::string text;
};

/// Collects what is wrong, and knows where everything stands, so that a check which has only
/// values can still point at the line.
/// Bounds: keeps `kept_max` errors and as many warnings, and counts the others.
class Problems {
 public:
  static constexpr std::size_t kept_max = 1000;

  explicit Problems(std::vector<Source> sources);
  Problems(const Problems&) = delete;
  Problems& operator=(const Problems&) = delete;

  void add(Severity severity, Mark mark, std::string_view path, Rejection rejection);
  void error(Mark mark, std::string_view path, Rejection rejection) {
    add(Severity::error, mark, path, std::move(rejection));
  }
  /// At the place of `path`, or of what contains it where nothing was written there.
  void error(std::string_view path, Rejection rejection) {
    add(Severity::error, mark_of(path), path, std::move(rejection));
  }
  void warning(std::string_view path, Rejection rejection) {
    add(Severity::warning, mark_of(path), path, std::move(rejection));
  }

  /// Says that the value of `path` stands at `mark`.
  void remember(std::string_view path, Mark mark) {
    marks_.insert_or_assign(std::string(path), mark);
  }
  bool is_stated(std::string_view path) const { return marks_.contains(std::string(path)); }
  Mark mark_of(std::string_view path) const;
  /// Whether the value of `path` itself was found wrong.
  bool has_error_at(std::string_view path) const;
  /// Whether that, or a part of it, was.
  bool has_error_within(std::string_view path) const;

  bool any_error() const { return errors_ > 0; }
  /// All of them in the order of the file; at the end, how many were dropped.
  std::vector<Problem> take();

 private:
  std::string_view line_at(Mark mark) const;
  void tell_dropped(std::vector<Problem>& out, Severity severity, std::size_t found) const;

  std::vector<Source> sources_;
  std::vector<std::vector<std::size_t>> line_starts_;  // of each source
  std::unordered_map<std::string, Mark> marks_;
  std::vector<Problem> kept_;
  std::size_t errors_ = 0;  // with those that were dropped, as below
  std::size_t warnings_ = 0;
};

/// How many bytes the key or value at the front of `text`, a line of a document, takes.
std::size_t token_length(std::string_view text);
/// `text` in quotes for a message: shortened, control characters replaced.
std::string in_quotes(std::string_view text);
/// `a, b or c`.
std::string alternatives(const std::vector<std::string_view>& names);

}  // namespace minato::schema
