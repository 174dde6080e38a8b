#include "http1/chunked.h"

#include <algorithm>

#include "http/tokens.h"

namespace minato::http1 {
namespace {

constexpr std::uint8_t size_digits_max = 16;

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view& input) {
  data_ = {};
  while (!input.empty() && state_ != State::data && state_ != State::ended &&
         state_ != State::refused) {
    const char c = input.front();
    input.remove_prefix(1);
    take_control(c);
  }
  switch (state_) {
    case State::ended: return Step::end;
    case State::refused: return Step::refused;
    case State::data: return input.empty() ? Step::need_more : take_data(input);
    default: return Step::need_more;
  }
}

ChunkedDecoder::Step ChunkedDecoder::take_data(std::string_view& input) {
  data_ = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input.remove_prefix(data_.size());
  left_ -= data_.size();
  data_bytes_ += data_.size();
  if (left_ == 0) state_ = State::data_cr;
  return Step::data;
}

void ChunkedDecoder::refuse(const char* detail) {
  detail_ = detail;
  state_ = State::refused;
}

void ChunkedDecoder::expect(char c, char wanted, State next, const char* fault) {
  if (c == wanted) {
    state_ = next;
  } else {
    refuse(fault);
  }
}

void ChunkedDecoder::take_control(char c) {
  switch (state_) {
    case State::size: return take_size(c);
    case State::blank: return take_blank(c);
    case State::extension: return take_extension(c);
    case State::size_lf:
      return c == '\n' ? end_size_line() : refuse("chunk size line without line feed");
    case State::data_cr: return expect(c, '\r', State::data_lf, "chunk longer than its size");
    case State::data_lf: return expect(c, '\n', State::size, "chunk data without its line end");
    case State::trailers: return take_trailer(c);
    case State::data:
    case State::ended:
    case State::refused: return;  // not control bytes
  }
}

void ChunkedDecoder::take_size(char c) {
  if (const int digit = hex_value(c); digit >= 0) return take_digit(digit);
  if (digits_ == 0) return refuse("invalid chunk size");
  switch (c) {
    case '\r': state_ = State::size_lf; return;
    case ';':
    case ' ':
    case '\t': state_ = State::blank; return take_blank(c);
    default: return refuse("invalid chunk size");
  }
}

void ChunkedDecoder::take_digit(int digit) {
  if (++digits_ > size_digits_max) return refuse("chunk size too long");
  left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
}

// BWS before an extension (RFC 9112 7.1.1); before the end of the line it is not allowed.
void ChunkedDecoder::take_blank(char c) {
  if (c == ';') {
    state_ = State::extension;
  } else if (!is_blank(c)) {
    return refuse("white space behind a chunk size");
  }
  count_extension_byte();
}

void ChunkedDecoder::take_extension(char c) {
  if (c == '\r') {
    state_ = State::size_lf;
    return;
  }
  if (!http::ValueChars::fits(c)) return refuse("control character in a chunk extension");
  count_extension_byte();
}

void ChunkedDecoder::count_extension_byte() {
  if (++extension_bytes_ > extension_bytes_max_ + data_bytes_) refuse("chunk extensions too long");
}

void ChunkedDecoder::end_size_line() {
  digits_ = 0;
  if (left_ > static_cast<std::uint64_t>(INT64_MAX)) return refuse("chunk size too large");
  state_ = left_ == 0 ? State::trailers : State::data;
}

void ChunkedDecoder::take_trailer(char c) {
  switch (trailers_.take(c)) {
    case Progress::need_more: return;
    case Progress::done: state_ = State::ended; return;
    case Progress::refused: return refuse(trailers_.detail());
  }
}

}  // namespace minato::http1
