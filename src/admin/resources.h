// What can be asked of the API: a row each.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "admin/program.h"
#include "admin/reply.h"
#include "http/method.h"

namespace minato::admin {

/// Probes of orchestrators bring no token, and learn nothing that a closed port would not tell.
enum class Guard : std::uint8_t { open, guarded };

/// What came with a request, as far as resources care.
struct Question {
  std::string_view query;  ///< of the target, without its '?'
  std::string_view body;
};

struct Resource {
  http::Method method;  ///< get answers HEAD too
  std::string_view path;
  Guard guard;
  Task<Reply> (*answer)(Program& program, const Question& question);
};

std::span<const Resource> resources() noexcept;

/// The row that answers, or nullptr.
const Resource* find_resource(http::Method method, std::string_view path) noexcept;
/// For the Allow field: the methods of `path`, as a list; empty where there is nothing.
std::string allowed_methods(std::string_view path);

}  // namespace minato::admin
