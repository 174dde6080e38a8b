#include "proxy/proxy.h"

#include "proxy/proxy_exchange.h"

namespace minato::proxy {

Task<http::Outcome> Proxy::handle(http::Request& request, http::Responder& responder) {
  ProxyExchange exchange(service_, surroundings_, request, responder);
  co_return co_await exchange.run();
}

}  // namespace minato::proxy
