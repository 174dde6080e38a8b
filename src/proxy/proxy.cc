#include "proxy/proxy.h"

#include "proxy/max_forwards.h"
#include "proxy/proxy_exchange.h"

namespace minato::proxy {

Task<http::Outcome> Proxy::handle(http::Request& request, http::Responder& responder) {
  ProxyExchange exchange(service_, surroundings_, request, responder);
  const bool ends_here = request.head.method == http::Method::options &&
                         max_forwards(request.head).kind == MaxForwards::Kind::spent;
  if (ends_here) co_return co_await answer_options(request, responder);
  co_return co_await exchange.run();
}

}  // namespace minato::proxy
