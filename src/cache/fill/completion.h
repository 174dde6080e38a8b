// What is stored of a content in parts, and the rest of it, which the origin is asked for (RFC 9111
// 3.4): under If-Range, so that what is put together is of one representation.
#pragma once

#include <array>
#include <span>

#include "cache/fill/growth.h"
#include "http/handler.h"
#include "runtime/loop.h"

namespace minato::cache {

/// The two ends of what is wanted, one of which may not be there, and what lies between them.
struct Completion {
  ByteRange wanted;
  std::uint64_t complete = 0;  ///< size of the whole
  Pin left{};                  ///< a part that has the first byte; may be null
  Pin right{};                 ///< a part that has the last byte; may be null
  ByteRange missing{};

  std::array<const Entry*, 2> stored() const {
    return {left ? &*left : nullptr, right ? &*right : nullptr};
  }
  bool is_whole() const { return wanted.size() == complete; }
  /// Whose head counts, as far as the origin says nothing new.
  const Entry& newest() const;
  /// Whether an answer of 206 is what was asked for: these bytes, of the same strong entity tag.
  bool is_completed_by(const http::ResponseHead& head, http::BodyLength length) const;
  /// Sets Range, and adds If-Range (RFC 9110 13.1.5).
  void ask_for_missing(http::Fields& request) const;
};

/// `parts` are of one content, whose size they say, and have one strong entity tag. Nullopt where
/// what is missing of what `request` wants is not in one range, or is all of it.
std::optional<Completion> completion_of(std::span<const Pin> parts, const http::Fields& request);

/// Puts what is stored around what comes.
class Joiner {
 public:
  Joiner(const Completion& completion, Growth& growth, runtime::Loop& loop)
      : completion_(completion), growth_(growth), loop_(loop) {}

  /// What stands before all that comes; for the first time.
  Task<Result<void>> begin();
  /// Errors: malformed, side local, where the origin gives more bytes than it was asked for, or
  /// less.
  Result<void> count(std::size_t bytes, http::Last last);
  /// What stands behind it.
  Task<Result<void>> end();

 private:
  const Completion& completion_;
  Growth& growth_;
  runtime::Loop& loop_;
  bool begun_ = false;
  std::uint64_t came_ = 0;
};

/// Appends these bytes of the content of `entry` to `growth`.
Task<Result<void>> append_from(Growth& growth, const Entry& entry, ByteRange bytes,
                               runtime::Loop& loop);

}  // namespace minato::cache
