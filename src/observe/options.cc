#include "observe/options.h"

namespace minato::observe {

std::optional<schema::Rejection> check_output(std::string_view text) {
  if (text.find_first_of("/.") != std::string_view::npos) return std::nullopt;
  return schema::Rejection{};
}

}  // namespace minato::observe
