#include "http/request_id.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace minato::http {
namespace {

/// Eight characters, a hexadecimal digit for each four bits; their order does not matter to an id.
std::uint64_t hex_digits(std::uint32_t bits) {
  constexpr std::uint64_t each = 0x0101010101010101;
  std::uint64_t spread = bits;
  spread = (spread | spread << 16) & 0x0000ffff0000ffff;
  spread = (spread | spread << 8) & 0x00ff00ff00ff00ff;
  spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0f;
  const std::uint64_t letters = (spread + 6 * each) >> 4 & each;  // 1 in each byte over 9
  return spread + '0' * each + ('a' - '9' - 1) * letters;
}

}  // namespace

void RequestId::make_up() {
  const auto text = arena_->room<char>(32);
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t bits = (*random_)();
    const std::array digits{hex_digits(static_cast<std::uint32_t>(bits)),
                            hex_digits(static_cast<std::uint32_t>(bits >> 32))};
    std::memcpy(&text[half * 16], digits.data(), sizeof digits);
  }
  text_ = {text.data(), text.size()};
}

}  // namespace minato::http
