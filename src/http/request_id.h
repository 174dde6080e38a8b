// The id of an exchange: in the log, in the answers that Minato makes, forwarded.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "base/random.h"

namespace minato::http {

/// Made up when somebody first asks for it: of most hits nobody does.
class RequestId {
 public:
  /// None.
  RequestId() = default;
  /// As others gave it; whoever calls keeps the text.
  explicit RequestId(std::string_view given) : text_(given) {}
  /// 32 random hexadecimal digits, in `arena`.
  RequestId(Random& random, Arena& arena) : random_(&random), arena_(&arena) {}

  bool is_none() const { return text_.empty() && random_ == nullptr; }
  /// Empty where there is none.
  std::string_view text() {
    if (text_.empty() && random_ != nullptr) make_up();
    return text_;
  }

 private:
  void make_up();

  std::string_view text_;
  Random* random_ = nullptr;
  Arena* arena_ = nullptr;
};

}  // namespace minato::http
