#include "connection/body_reader.h"

#include <algorithm>

#include "connection/options.h"

namespace minato::connection {

using http::BodyLength;

void BodyReader::begin(BodyLength length, const http::BodyRules& rules, http::Fields& trailers) {
  length_ = length;
  rules_ = &rules;
  left_ = length.bytes;
  bytes_ = 0;
  waited_ = given_up_ = Nanos{0};
  held_ = false;
  complete_ = length.empty();
  chunked_.reset();
  if (length.kind == BodyLength::Kind::chunked) chunked_.emplace(trailers);
}

Soon<Result<std::string_view>> BodyReader::read() {
  if (!buffer_.empty()) held_ = false;  // who sends no longer waits
  if (auto piece = take()) return *std::move(piece);
  return wait();
}

bool BodyReader::buffered() const {
  return complete_ || (length_.kind == BodyLength::Kind::known && buffer_.unread().size() >= left_);
}

/// What can be given without asking the kernel.
std::optional<BodyReader::Piece> BodyReader::take() {
  if (complete_) return std::string_view{};
  if (rules_->bytes_max != 0 && bytes_ > rules_->bytes_max)
    return fail(Fault::too_large, stream_.side(), "the body is larger than the limit");
  switch (length_.kind) {
    case BodyLength::Kind::none: return std::string_view{};
    case BodyLength::Kind::known: return take_known();
    case BodyLength::Kind::chunked: return take_chunked();
    case BodyLength::Kind::to_close: return take_to_close();
  }
  std::unreachable();
}

std::optional<BodyReader::Piece> BodyReader::take_known() {
  if (buffer_.empty()) return std::nullopt;
  const auto piece = buffer_.unread().substr(0, left_);
  buffer_.consume(piece.size());
  left_ -= piece.size();
  complete_ = left_ == 0;
  return give(piece);
}

/// All that is there of the chunks, as one piece: to move data by the few bytes of framing between
/// them costs less than to send each by itself. The end of the body is seen with the data before
/// it, so that whoever forwards can send both at once; and where one of the chunks is known to be
/// broken nothing is given, so that a short answer can still become an error.
std::optional<BodyReader::Piece> BodyReader::take_chunked() {
  using Step = http1::ChunkedDecoder::Step;
  std::string_view piece;
  for (;;) {
    std::string_view input = buffer_.unread();
    const Step step = chunked_->next(input);
    buffer_.consume(buffer_.unread().size() - input.size());
    if (step == Step::refused) return refused();
    if (step == Step::data) {
      piece = piece.empty() ? chunked_->data() : buffer_.join(piece, chunked_->data());
      continue;
    }
    complete_ = step == Step::end;
    if (piece.empty() && !complete_) return std::nullopt;
    return give(piece);
  }
}

BodyReader::Piece BodyReader::refused() const {
  const auto fault = chunked_->trailers_too_large() ? Fault::fields_too_large : Fault::malformed;
  return fail(fault, stream_.side(), chunked_->detail());
}

std::optional<BodyReader::Piece> BodyReader::take_to_close() {
  if (buffer_.empty()) return std::nullopt;
  const auto piece = buffer_.unread();
  buffer_.consume(piece.size());
  return give(piece);
}

BodyReader::Piece BodyReader::give(std::string_view piece) {
  bytes_ += piece.size();
  if (rules_->bytes_max != 0 && bytes_ > rules_->bytes_max)
    return fail(Fault::too_large, stream_.side(), "the body is larger than the limit");
  return piece;
}

BodyReader::Piece BodyReader::ended_early() {
  if (length_.kind != BodyLength::Kind::to_close)
    return fail(Fault::closed, stream_.side(), "the connection ended before the body did");
  complete_ = true;
  return std::string_view{};
}

std::uint64_t BodyReader::unseen() const {
  if (length_.kind != BodyLength::Kind::known || !buffer_.empty()) return 0;
  const bool over = rules_->bytes_max != 0 && length_.bytes > rules_->bytes_max;
  return over ? 0 : left_;
}

Soon<Result<Pipe>> BodyReader::read_piped() {
  Pipe pipe;
  const auto count = stream_.fill_now(pipe, left_);
  if (!count) return wait_for_pipe();
  if (!*count) return std::unexpected(count->error());
  return give(std::move(pipe));
}

Result<Pipe> BodyReader::give(Pipe pipe) {
  if (!pipe) return std::unexpected(ended_early().error());
  left_ -= pipe.held();
  bytes_ += pipe.held();
  complete_ = left_ == 0;
  return pipe;
}

/// A wait, which begins where one that was given up has stopped.
class BodyReader::Wait {
 public:
  explicit Wait(BodyReader& reader) : reader_(reader) {
    reader.waiting_since_ = reader.stream_.loop().now() - reader.given_up_;
  }
  ~Wait() {
    const Nanos passed = reader_.stream_.loop().now() - reader_.waiting_since_;
    reader_.given_up_ = reader_.held_ ? Nanos{0} : passed;
  }

 private:
  BodyReader& reader_;
};

Task<BodyReader::Piece> BodyReader::wait() {
  const Wait waiting(*this);
  for (;;) {
    if (too_slow()) co_return fail(Fault::timed_out, stream_.side(), "the body comes too slowly");
    const auto count = stream_.read_now(buffer_.room_for_body());
    if (!count) {
      buffer_.rest();
      const auto ready = co_await stream_.readable(deadline());
      if (!ready && !may_go_on(ready.error())) co_return std::unexpected(ready.error());
      continue;
    }
    if (!*count) co_return std::unexpected(count->error());
    if (**count == 0) co_return ended_early();
    end_waiting();
    buffer_.received(**count);
    if (auto piece = take()) co_return *piece;
  }
}

Task<Result<Pipe>> BodyReader::wait_for_pipe() {
  const Wait waiting(*this);
  for (;;) {
    if (too_slow()) co_return fail(Fault::timed_out, stream_.side(), "the body comes too slowly");
    Pipe pipe;
    const auto count = co_await stream_.fill(pipe, left_, deadline());
    if (!count && may_go_on(count.error())) continue;
    if (!count) co_return std::unexpected(count.error());
    end_waiting();
    co_return give(std::move(pipe));
  }
}

void BodyReader::end_waiting() {
  const Instant now = stream_.loop().now();
  if (!held_) waited_ += now - waiting_since_;
  held_ = false;
  waiting_since_ = now;
}

void BodyReader::release() {
  held_ = false;
  waiting_since_ = stream_.loop().now();
  given_up_ = Nanos{0};
}

/// The deadline that passed has moved meanwhile.
bool BodyReader::may_go_on(const Error& error) {
  const Instant now = stream_.loop().now();
  if (held_) waiting_since_ = now;
  return error.fault == Fault::timed_out && deadline() > now;
}

Instant BodyReader::deadline() const {
  const Instant idle = deadline_after(waiting_since_, rules_->idle);
  if (rules_->rate_min == 0) return idle;
  // The first full second at which `too_slow` if nothing more comes.
  const auto earned = std::min<std::uint64_t>(bytes_ / rules_->rate_min, 1u << 30);
  const Nanos most = std::max<Nanos>(min_rate_grace, Seconds(earned + 1));
  return std::min(idle, waiting_since_ + std::max(most - waited_, Nanos{0}));
}

bool BodyReader::too_slow() const {
  return rules_->rate_min != 0 && waited_ >= min_rate_grace &&
         bytes_ < rules_->rate_min * static_cast<std::uint64_t>(waited_ / Seconds(1));
}

}  // namespace minato::connection
