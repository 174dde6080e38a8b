// How a line of the access log looks: compiled once from its setting, then written without
// allocating.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "observe/access_variables.h"

namespace minato::observe {

/// What is wrong with a format.
struct FormatFault {
  std::size_t position;  ///< of the character where it is, from 0
  std::string found;
  std::string allowed;
};

class AccessFormat {
 public:
  static constexpr std::size_t template_bytes_max = 4096;
  static constexpr std::size_t template_variables_max = 64;

  /// `setting` is common, combined, json, or a template of one line such as
  /// `{client} {method} {target}`, in which `{{` and `}}` stand for braces. common and combined are
  /// what nginx writes by these names; no user is known, so that it is `-`.
  static std::expected<AccessFormat, FormatFault> compile(std::string_view setting);

  /// Writes the line, with its newline, to the front of `room`; returns its length, or 0 where it
  /// does not fit. Of each text at most `text_bytes_max` bytes are taken.
  std::size_t write(std::span<char> room, const AccessLine& line, TimeText& times,
                    std::size_t text_bytes_max = std::string_view::npos) const;

 private:
  /// What stands before a variable, and the variable; none at the end.
  struct Piece {
    std::size_t literal_bytes;
    const AccessVariable* variable;
  };

  std::string literals_;  ///< of all pieces, one behind the other
  std::vector<Piece> pieces_;
  AccessEncoding encoding_ = AccessEncoding::text;

  friend class TemplateCompiler;
};

}  // namespace minato::observe
