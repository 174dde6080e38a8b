#include "admin/resources.h"

#include <array>

#include "admin/cache_resources.h"
#include "admin/json.h"

namespace minato::admin {

using http::Method;

namespace {

/// That it answers is the answer.
Task<Reply> livez(Program&, const Question&) { co_return document(flag_json("live", true)); }

Task<Reply> readyz(Program& program, const Question&) {
  if (program.ready()) co_return document(flag_json("ready", true));
  co_return problem(503, "Minato is starting or shutting down.");
}

Task<Reply> status(Program& program, const Question&) {
  co_return document(status_json(program.status()));
}

Task<Reply> reload(Program& program, const Question&) {
  const ReloadOutcome outcome = co_await program.reload();
  if (outcome.accepted) co_return document(reload_json(outcome));
  constexpr std::string_view detail =
      "The new configuration was refused; the one in force stays so.";
  Reply refused = problem(422, detail);
  refused.body = refused_reload_json(422, detail, outcome);
  co_return refused;
}

constexpr std::array table = {
    Resource{Method::get, "/livez", Guard::open, livez},
    Resource{Method::get, "/readyz", Guard::open, readyz},
    Resource{Method::get, "/status", Guard::guarded, status},
    Resource{Method::post, "/reload", Guard::guarded, reload},
    Resource{Method::post, "/cache/purge", Guard::guarded, purge},
    Resource{Method::get, "/cache/stats", Guard::guarded, cache_stats},
    Resource{Method::get, "/cache/entry", Guard::guarded, cache_entry},
};

std::string_view allow(Method method) { return method == Method::get ? "GET, HEAD" : "POST"; }

}  // namespace

std::span<const Resource> resources() noexcept { return table; }

const Resource* find_resource(Method method, std::string_view path) noexcept {
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Resource& resource : table)
    if (resource.method == wanted && resource.path == path) return &resource;
  return nullptr;
}

std::string allowed_methods(std::string_view path) {
  std::string methods;
  for (const Resource& resource : table) {
    if (resource.path != path) continue;
    if (!methods.empty()) methods += ", ";
    methods += allow(resource.method);
  }
  return methods;
}

}  // namespace minato::admin
