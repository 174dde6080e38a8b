// One client connection, from accept to close. See server.h.
#pragma once

#include <memory>
#include <string>

#include "base/intrusive_list.h"
#include "base/task.h"
#include "connection/front.h"
#include "connection/receive_buffer.h"
#include "connection/server.h"

namespace minato::connection {

/// What is to become of the connection after an exchange.
enum class Next : std::uint8_t {
  keep,    ///< the next request may come
  close,   ///< nothing more to say or hear
  linger,  ///< say the end, and hear the client out, within limits, so that it can read our answer
};

/// While idle it owns no buffer: this object, its stream and one coroutine frame is all there is.
class ServerConnection : public ListLink {
 public:
  ServerConnection(Server& server, net::Accepted accepted, LocalRef<Port> port);
  ~ServerConnection();

  static Task<void> run(Server& server, net::Accepted accepted, LocalRef<Port> port);
  /// Ends a connection that waits for its next request, unless one is there already: false then.
  bool close_idle();
  bool has_served() const { return has_served_; }
  /// No further request is wanted on it: its port closes, or the program ends.
  bool must_close() const { return port_->closing || server_.draining_; }

 private:
  friend class ServerExchange;
  Task<void> serve();
  bool is_over() const;
  /// Stands among the idle ones from now on; to be awaited until the next request comes.
  net::ReadyOp begin_to_wait();
  bool receive();
  Task<void> linger();
  bool discard();

  Server& server_;
  LocalRef<Port> port_;
  std::unique_ptr<net::Stream> stream_;
  ReceiveBuffer buffer_;
  net::Address peer_;
  std::string peer_text_;
  bool has_served_ = false;
};

}  // namespace minato::connection
