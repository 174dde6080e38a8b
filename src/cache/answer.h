// Answers a request with what is stored: whole, in part, or by saying that nothing has changed.
#pragma once

#include "cache/fill/growth.h"
#include "cache/policy/cache_status.h"
#include "cache/rules.h"
#include "http/handler.h"

namespace minato::cache {

/// What is answered with, and what is said of it.
struct Answer {
  const Entry& entry;                ///< kept alive by the caller
  Growth::Reader* reader = nullptr;  ///< where the body is still on its way
  http::BodyLength length{};         ///< of that body
  std::optional<Seconds> age{};      ///< none: it comes straight from the origin
  CacheStatus status{};
  std::span<const http::Field> withheld{};  ///< for this client alone, and no part of the entry
};

/// `name` is that of this cache in Cache-Status.
Task<http::Outcome> answer(runtime::Loop& loop, const Answer& with, const ServiceRules& rules,
                           std::string_view name, http::Request& request,
                           http::Responder& responder);

void say_age(Seconds age, http::ResponseHead& head);

/// Whether what came with `entry` is stored, as far as that is known now: a purge may still come.
/// `kept`: nothing but a purge is against it.
void say_stored(const Entry& entry, bool kept, CacheStatus& status);

/// Says what the cache did: in the exchange's record, and in Cache-Status of `head` where the
/// configuration wants it. `name` is that of this cache.
void say_status(const CacheStatus& status, const ServiceRules& rules, std::string_view name,
                http::ResponseHead& head, http::Record& record);

/// The same, and Age, of what is fresh, as lines of HTTP/1 in `arena`.
std::string_view say_hit(Seconds age, Seconds ttl, const ServiceRules& rules, std::string_view name,
                         Arena& arena, http::Record& record);

/// What a client gets to see of the origin's own head: without hidden fields, with Cache-Status.
/// The exchange's record tells the same.
http::ResponseHead passing_head(const http::ResponseHead& head, const CacheStatus& status,
                                const ServiceRules& rules, std::string_view name,
                                http::Record& record);

}  // namespace minato::cache
