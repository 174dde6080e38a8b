#include "http/handler.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace minato::http {
namespace {

using Pieces = std::array<std::string_view, Responder::pieces_max>;

Task<Result<void>> write_one_by_one(Responder& to, Pieces pieces, std::size_t count, Last last) {
  for (std::size_t i = 0; i < count; ++i) {
    const Last here = i + 1 == count ? last : Last::no;
    const auto written = co_await to.write(pieces[i], here);
    if (!written) co_return written;
  }
  co_return Result<void>{};
}

}  // namespace

Soon<Result<void>> Responder::write_pieces(std::span<const std::string_view> pieces, Last last) {
  MINATO_ASSERT(pieces.size() <= pieces_max);
  Pieces copy;
  std::ranges::copy(pieces, copy.begin());
  return write_one_by_one(*this, copy, pieces.size(), last);
}

}  // namespace minato::http
