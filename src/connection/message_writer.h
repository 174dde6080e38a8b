// Writes one message to a stream: a head that waits for the first bytes of its body, so that both
// go out in one call, and in a crowd for the heads that others compose in this turn of the loop;
// then the body in its framing (RFC 9112 6 and 7).
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include "base/block_pool.h"
#include "base/soon.h"
#include "http/handler.h"
#include "http1/head_writer.h"
#include "net/stream.h"

namespace minato::connection {

/// How a body is framed on the way out.
struct BodyFraming {
  enum class Kind : std::uint8_t { none, known, chunked, to_close };
  Kind kind = Kind::none;
  std::uint64_t bytes = 0;  ///< where known
};

/// Thread:  the stream's. One message after another.
/// Bounds:  a head of 1 MiB; of a body it owns nothing.
class MessageWriter {
 public:
  static constexpr std::size_t head_bytes_max = 1u << 20;

  explicit MessageWriter(net::Stream& stream) : stream_(stream) {}

  /// Composes a head with `compose(HeadWriter&)`, which is called again with more room where it did
  /// not fit. Sends nothing yet. Errors: malformed (what cannot be written), too_large.
  template <class Compose>
  Result<void> compose(const Compose& compose_head) {
    for (std::size_t room = BlockPool::smallest_bytes;; room *= 4) {
      head_block_ = stream_.loop().blocks().take(room);
      http1::HeadWriter writer(head_block_.span());
      compose_head(writer);
      if (writer.ok()) {
        head_ = writer.written();
        return {};
      }
      if (auto hopeless = check(writer, room)) return *hopeless;
    }
  }

  /// How the body that follows the composed head is framed.
  void begin_body(BodyFraming framing) {
    framing_ = framing, left_ = framing.bytes;
    begun_ = false;
  }

  /// Sends the pending head, if any, and `piece` in its framing, with the end of the body where it
  /// is the last. Errors: as Stream's writes; closed where `piece` and the announced length
  /// disagree.
  Soon<Result<void>> write(std::string_view piece, http::Last last, Millis idle) {
    return write(std::span(&piece, 1), last, idle);
  }
  /// The same of several pieces, of which `Responder::pieces_max` are allowed.
  Soon<Result<void>> write(std::span<const std::string_view> pieces, http::Last last, Millis idle);
  /// Whether the rest of the body goes out as it is, so that it may come by pipes.
  bool takes_pipes() const { return framing_.kind == BodyFraming::Kind::known; }
  /// As `write` of all that `pipe` holds, which lives until it is sent. A pending head goes first,
  /// at once, in a call of its own.
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last, Millis idle);
  /// Ends the body: `write` of nothing that is the last, with trailers in a chunked one.
  Soon<Result<void>> finish(const http::Fields* trailers, Millis idle);
  /// Sends the pending head, without a body.
  Soon<Result<void>> flush(Millis idle) { return write(std::string_view{}, http::Last::no, idle); }

  /// The head of this message does not wait for those of others.
  void send_at_once() { at_once_ = true; }

  /// Some of the message was given to be sent.
  bool begun() const { return begun_; }
  /// Everything that was announced has been sent.
  bool complete() const { return complete_; }
  /// Head, framing and body: what the kernel has taken of this message, once no write is under way.
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  /// Forgets the message and its memory.
  void reset();

 private:
  /// Pieces of one send: head, chunk size, data, chunk end, body end.
  struct Pieces {
    std::array<iovec, http::Responder::pieces_max + 4> items;
    std::size_t count = 0;
    void add(std::string_view piece);
    /// Copies the others behind the first, where `room` bytes are enough for that.
    void join(std::size_t room);
    std::span<iovec> all() { return std::span(items).first(count); }
  };

  /// What is given next has a head, and waits until others have composed theirs.
  bool gathers() const { return !head_.empty() && !at_once_ && stream_.loop().is_crowded(); }
  static std::optional<Result<void>> check(const http1::HeadWriter& writer, std::size_t room);
  Result<void> take_off(std::size_t bytes, http::Last last);
  Task<Result<void>> drain(iovec head, Pipe& pipe, Millis idle);
  /// `body_size`: what of them is body.
  Soon<Result<void>> send(Pieces& pieces, std::size_t body_size, Millis idle);
  Task<Result<void>> send_rest(Pieces pieces, std::size_t done, std::size_t body_size, Millis idle);
  /// The end of what was given last, which holds so much body, is not with the kernel.
  void not_taken(std::size_t bytes, std::size_t body_size);
  /// What follows a write that went out whole.
  Result<void> sent();
  /// Gives its memory back.
  void forget_head();
  Soon<Result<void>> finish_with(const http::Fields& trailers, Millis idle);

  net::Stream& stream_;
  Block head_block_;
  std::string_view head_;  // composed and not sent
  http1::ChunkSizeLine size_line_{1};
  BodyFraming framing_;
  std::uint64_t left_ = 0;  // of a known length
  std::uint64_t bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  bool begun_ = false;
  bool at_once_ = false;
  bool ending_ = false;    // the end was given to be sent
  bool complete_ = false;  // it was sent
};

}  // namespace minato::connection
