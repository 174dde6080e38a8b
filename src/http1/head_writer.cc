#include "http1/head_writer.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"

namespace minato::http1 {
namespace {

constexpr std::size_t decimal_digits_max = 20;

/// A comparison of known size is two instructions.
bool is_ok(std::string_view reason) {
  return reason.size() == 2 && std::memcmp(reason.data(), "OK", 2) == 0;
}

bool is_target_part(std::string_view text) { return all_fit<http::TargetChars>(text); }

}  // namespace

void HeadWriter::request_line(std::string_view method, std::string_view target) {
  request_line(method, target, {});
}

void HeadWriter::request_line(std::string_view method, std::string_view target,
                              std::string_view more) {
  if (!http::is_token(method) || target.empty() || !is_target_part(target) || !is_target_part(more))
    return fail(Failure::not_writable);
  raw(method, std::string_view(" "), target, more, std::string_view(" HTTP/1.1\r\n"));
}

void HeadWriter::status_line(std::uint16_t status, std::string_view reason) {
  if (status == 200 && is_ok(reason)) return raw(std::string_view("HTTP/1.1 200 OK\r\n"));
  if (status < 100 || status > 999 || !http::is_field_value(reason))
    return fail(Failure::not_writable);
  const std::array<char, 4> digits{static_cast<char>('0' + status / 100),
                                   static_cast<char>('0' + status / 10 % 10),
                                   static_cast<char>('0' + status % 10), ' '};
  raw(std::string_view("HTTP/1.1 "), std::string_view(digits.data(), digits.size()), reason,
      line_end);
}

void HeadWriter::field(http::FieldId id, std::uint64_t number) {
  std::array<char, decimal_digits_max> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  raw(http::canonical_name(id), std::string_view(": "),
      std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())), line_end);
}

// A line that has an id was given it for its name.
void HeadWriter::fields(const http::Fields& fields) {
  fields.for_each([this](const http::Field& line) {
    if (line.id != http::FieldId::unknown) return trusted_name(line.name, line.value);
    field(line.name, line.value);
  });
}

ChunkSizeLine::ChunkSizeLine(std::uint64_t bytes) {
  MINATO_ASSERT(bytes != 0);
  char* const end = std::to_chars(text_.data(), text_.data() + text_.size() - 2, bytes, 16).ptr;
  end[0] = '\r';
  end[1] = '\n';
  size_ = static_cast<std::uint8_t>(end + 2 - text_.data());
}

void write_last_chunk(HeadWriter& writer, const http::Fields& trailers) {
  writer.last_chunk_line();
  writer.fields(trailers);
  writer.end();
}

}  // namespace minato::http1
