#include "net/stream.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/assert.h"

namespace minato::net {
namespace detail {

Waiting::~Waiting() {
  if (who_) stream_.*slot_ = nullptr;
}

void Waiting::wait(std::coroutine_handle<> who) {
  MINATO_ASSERT(stream_.*slot_ == nullptr);
  who_ = who;
  stream_.*slot_ = this;
  if (stream_.unheard_) stream_.listen();
  stream_.watch_deadline(until_);
}

}  // namespace detail

namespace {

/// Takes `bytes` off the front of `pieces`.
void use_up(std::span<iovec>& pieces, std::size_t bytes) {
  while (!pieces.empty() && bytes >= pieces.front().iov_len) {
    bytes -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (bytes == 0) return;
  iovec& first = pieces.front();
  first.iov_base = static_cast<char*>(first.iov_base) + bytes;
  first.iov_len -= bytes;
}

std::unexpected<Error> late_read(const Stream& stream) {
  return fail(Fault::timed_out, stream.side(), "nothing came in time");
}

std::unexpected<Error> late_write(const Stream& stream) {
  return fail(Fault::timed_out, stream.side(), "the peer takes nothing");
}

}  // namespace

ReadOp::ReadOp(Stream& stream, std::span<char> into, Instant until)
    : Operation(stream, &Stream::reading_, until), into_(into) {}

bool ReadOp::attempt() {
  const auto got = stream_.read_now(into_);
  if (got) result_ = *got;
  return got.has_value();
}

void ReadOp::time_out() { result_ = late_read(stream_); }

bool ReadyOp::attempt() {
  if (stream_.is_aborted_) result_ = std::unexpected(stream_.aborted_);
  return stream_.*flag_ || stream_.is_aborted_;
}

void ReadyOp::time_out() {
  result_ = fail(Fault::timed_out, stream_.side(), "nothing happened in time");
}

WriteOp::WriteOp(Stream& stream, std::span<iovec> pieces, Millis idle)
    : Operation(stream, &Stream::writing_, deadline_after(stream.loop().now(), idle)),
      pieces_(pieces),
      idle_(idle) {}

bool WriteOp::attempt() {
  use_up(pieces_, 0);
  while (!pieces_.empty()) {
    const Io io = stream_.write_once(pieces_);
    if (io.kind == Io::Kind::would_block) return false;
    if (io.kind == Io::Kind::failed) {
      result_ = std::unexpected(stream_.error_of(io));
      return true;
    }
    use_up(pieces_, io.bytes);
    until_ = deadline_after(stream_.loop().now(), idle_);
  }
  return true;
}

void WriteOp::time_out() { result_ = late_write(stream_); }

FillOp::FillOp(Stream& stream, Pipe& pipe, std::size_t most, Instant until)
    : Operation(stream, &Stream::reading_, until), pipe_(pipe), most_(most) {}

bool FillOp::attempt() {
  const auto got = stream_.fill_now(pipe_, most_);
  if (got) result_ = *got;
  return got.has_value();
}

void FillOp::time_out() { result_ = late_read(stream_); }

DrainOp::DrainOp(Stream& stream, Pipe& pipe, Millis idle)
    : Operation(stream, &Stream::writing_, deadline_after(stream.loop().now(), idle)),
      pipe_(pipe),
      idle_(idle) {}

bool DrainOp::attempt() {
  while (pipe_.held() > 0) {
    const Io io = stream_.drain_once(pipe_);
    if (io.kind == Io::Kind::would_block) return false;
    if (io.kind != Io::Kind::moved) {
      result_ = std::unexpected(stream_.error_of(io));
      return true;
    }
    until_ = deadline_after(stream_.loop().now(), idle_);
  }
  return true;
}

void DrainOp::time_out() { result_ = late_write(stream_); }

Observer::Observer(Stream& stream) : stream_(stream) {
  MINATO_ASSERT(stream.observer_ == nullptr);
  stream.observer_ = this;
}

Observer::~Observer() {
  if (stream_.observer_ == this) stream_.observer_ = nullptr;
}

Stream::~Stream() {
  MINATO_ASSERT(reading_ == nullptr && writing_ == nullptr && observer_ == nullptr);
  if (destroyed_ != nullptr) *destroyed_ = true;
}

std::optional<Result<std::size_t>> Stream::read_now(std::span<char> into) {
  return outcome_of(read_once(into));
}

std::optional<Result<std::size_t>> Stream::outcome_of(const Io& io) const {
  if (io.kind == Io::Kind::would_block) return std::nullopt;
  if (io.kind == Io::Kind::failed) return std::unexpected(error_of(io));
  return io.bytes;
}

bool Stream::write_now(std::span<iovec>& pieces, More more) {
  use_up(pieces, 0);
  while (!pieces.empty()) {
    const Io io = write_once(pieces, more);
    if (io.kind != Io::Kind::moved) return false;
    use_up(pieces, io.bytes);
  }
  return true;
}

std::optional<Result<std::size_t>> Stream::fill_now(Pipe& pipe, std::size_t most) {
  if (!readable_ && !is_aborted_) return std::nullopt;  // who waits holds no pipe
  Pipe taken = loop_.pipes().take();
  if (!taken && !is_aborted_) return fail(Fault::resource, Side::local, "no pipe is left");
  const Io io = receive_once([&] { return try_fill(taken, most); });
  if (io.kind == Io::Kind::moved) pipe = std::move(taken);
  return outcome_of(io);
}

bool Stream::drain_now(Pipe& pipe) {
  while (pipe.held() > 0)
    if (drain_once(pipe).kind != Io::Kind::moved) return false;
  return true;
}

void Stream::abort(Error error) {
  aborted_ = error;
  is_aborted_ = true;
  deadline_.arm(loop_.now());
}

template <class Receive>
Io Stream::receive_once(Receive receive) {
  if (is_aborted_) return {.kind = Io::Kind::failed};
  if (!readable_) return {.kind = Io::Kind::would_block};
  const Io io = receive();
  // The next try can wait for the kernel's word; but not where the end is on its way, since no
  // further word of it comes.
  if (io.kind == Io::Kind::would_block) readable_ = ended_;
  if (io.kind == Io::Kind::ended && lost_errno_ != 0)
    return {.kind = Io::Kind::failed, .os_errno = lost_errno_};
  return io;
}

Io Stream::read_once(std::span<char> into) {
  const Io io = receive_once([&] { return try_read(into); });
  if (io.kind == Io::Kind::moved && io.bytes < into.size()) readable_ = ended_;  // it is drained
  return io;
}

template <class Send>
Io Stream::send_once(Send send) {
  if (is_aborted_) return {.kind = Io::Kind::failed};
  if (!writable_) return {.kind = Io::Kind::would_block};
  const Io io = send();
  if (io.kind == Io::Kind::would_block) writable_ = false;
  if (io.kind == Io::Kind::moved) bytes_written_ += io.bytes;
  // EPIPE alone says only that the peer no longer reads; it may have ended in good order.
  if (io.kind == Io::Kind::failed && io.os_errno != EPIPE) lost_errno_ = io.os_errno;
  return io;
}

Io Stream::write_once(std::span<const iovec> pieces, More more) {
  return send_once([&] { return try_write(pieces, more); });
}

Io Stream::drain_once(Pipe& pipe) {
  return send_once([&] { return try_drain(pipe); });
}

Error Stream::error_of(const Io& io) const {
  if (is_aborted_) return aborted_;
  return {fault_of_errno(io.os_errno), side_, io.os_errno, "the connection failed"};
}

void Stream::watch_deadline(Instant until) {
  if (until != never && (!deadline_.armed() || until < deadline_.due())) deadline_.arm(until);
}

template <class Done>
bool Stream::settle(detail::Waiting* Stream::* slot, Done done) {
  detail::Waiting* const operation = this->*slot;
  if (operation == nullptr || !done(*operation)) return true;
  bool destroyed = false;
  bool* const outer = std::exchange(destroyed_, &destroyed);
  this->*slot = nullptr;
  std::exchange(operation->who_, nullptr).resume();
  if (destroyed) {
    if (outer != nullptr) *outer = true;
    return false;
  }
  destroyed_ = outer;
  return true;
}

void Stream::deadline_passed() {
  const auto is_late = [this](detail::Waiting& operation) {
    if (is_aborted_) return operation.attempt();
    if (operation.until_ > loop_.now()) return false;
    operation.time_out();
    return true;
  };
  if (!settle(&Stream::reading_, is_late) || !settle(&Stream::writing_, is_late)) return;
  if (reading_ != nullptr) watch_deadline(reading_->until_);
  if (writing_ != nullptr) watch_deadline(writing_->until_);
}

void Stream::became(bool readable, bool writable, bool peer_ended, bool broken) {
  heard(readable, writable, peer_ended, broken);
  act(readable || peer_ended || broken, broken);
}

void Stream::heard(bool readable, bool writable, bool peer_ended, bool broken) {
  readable_ |= readable;
  writable_ |= writable;
  ended_ |= peer_ended || broken;
  broken_ |= broken;
}

void Stream::act(bool stirred, bool broken) {
  const bool unattended = reading_ == nullptr && writing_ == nullptr;
  const auto attempt = [](detail::Waiting& operation) { return operation.attempt(); };
  if (!settle(&Stream::reading_, attempt) || !settle(&Stream::writing_, attempt)) return;
  if (stirred && unattended && observer_ != nullptr) observer_->stirred(broken);
}

}  // namespace minato::net
