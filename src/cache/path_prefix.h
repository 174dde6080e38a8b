// A prefix of paths, as routing has them: in normal form, at a segment boundary; a slash at its end
// means nothing.
#pragma once

#include <string>
#include <string_view>

#include "http/path.h"

namespace minato::cache {

class PathPrefix {
 public:
  PathPrefix(std::string_view written, http::MergeSlashes merge);

  /// `path` is in normal form.
  bool begins(std::string_view path) const {
    return path.starts_with(text_) && (path.size() == text_.size() || path[text_.size()] == '/');
  }
  std::size_t size() const { return text_.size(); }

 private:
  std::string text_;  // without a slash at its end
};

}  // namespace minato::cache
