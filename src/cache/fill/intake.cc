#include "cache/fill/intake.h"

#include <array>

#include "base/strings.h"
#include "cache/fill/storable.h"
#include "cache/outdated.h"
#include "cache/policy/conditional.h"
#include "cache/policy/freshen.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;
using Kind = Ruling::Kind;

/// RFC 9111 3.3; of nothing where a 206 says no such thing. An origin may answer another range than
/// it was asked for (RFC 9110 15.3.7): that is no answer to who asks the same again.
Part part_of(const Asked& asked, const http::ResponseHead& head) {
  const bool asked_for_one = asked.request.fields.count_of(FieldId::range) == 1;
  if (!asked_for_one || head.fields.count_of(FieldId::content_range) != 1) return {};
  const auto content = parse_content_range(head.fields.value(FieldId::content_range));
  const auto range = asked.request.fields.value(FieldId::range);
  return {.content = content,
          .range = content && answers(range, *content) ? range : std::string_view{}};
}

/// What keeps a response from being stored, whoever asked for it.
bool is_for_all(Refusal refusal) {
  return refusal != Refusal::none && refusal != Refusal::authorization &&
         refusal != Refusal::request_no_store && refusal != Refusal::no_memory;
}

struct Freshened {
  Pin entry{};  ///< null where `refusal` says why
  Refusal refusal = Refusal::none;
};

/// The stored response with what `update` says anew (RFC 9111 3.2), where that may be stored.
Freshened freshened(const Asked& asked, const http::ResponseHead& update, WallTime now,
                    Arena& arena) {
  const auto fresh = updated_head(*asked.validated, update.fields, arena);
  if (!fresh) return {.refusal = Refusal::too_large};
  // The content is of who fetched it, whoever hears that it still holds; a cookie is of who gets
  // it.
  const bool sets_cookie = update.fields.has(FieldId::set_cookie);
  ResponseFacts facts = facts_of(asked, sets_cookie ? asked.facts : RequestFacts{}, *fresh, now);
  // Its age counts from this answer on, and so does what that says of it.
  facts.freshness.age = age_of(update.fields);
  inherit(facts, asked.validated->facts);
  RequestFacts reads = asked.facts;
  reads.method = http::Method::get;  // a HEAD updates what GET stored
  const Refusal refusal =
      why_not_store(reads, facts, {}, asked.rules.storing(facts.status, asked.configured.forced));
  if (refusal != Refusal::none) return {.refusal = refusal};
  const http::Fields lines = stored_lines(asked, fresh->fields, facts, arena);
  const Part part{.content = asked.validated->part,
                  .range = asked.validated->range,
                  .content_of = &*asked.validated};
  Pin entry = make_draft(asked, fresh->fields, lines, facts, part);
  if (!entry) return {.refusal = Refusal::no_memory};
  return {.entry = std::move(entry)};
}

/// False where something newer is, or a purge came.
bool take_its_place(const Asked& asked, Entry& fresh) {
  return asked.cache.store().insert_in_place_of(*asked.validated, fresh, asked.purges_before);
}

Ruling contested() { return {.kind = Kind::contested, .entry = {}, .growth = {}}; }

Ruling confirm(const Asked& asked, const http::ResponseHead& head, WallTime now, Arena& arena) {
  if (!validates(head.fields, fields_of(*asked.validated, arena))) return contested();
  auto [entry, refusal] = freshened(asked, head, now, arena);
  // What it makes of the stored response must not be stored: that goes, and is asked for anew.
  if (is_for_all(refusal)) return contested();
  const bool is_stored = entry && take_its_place(asked, *entry);
  if (!entry) entry = asked.validated;
  const auto governing = http::response_directives(head.fields, asked.rules.targeted_fields());
  auto withheld = withheld_lines(asked, head.fields, governing.directives, entry->facts, arena);
  return {.kind = Kind::confirmed,
          .entry = std::move(entry),
          .growth = {},
          .withheld = std::move(withheld),
          .is_updated = is_stored};
}

/// Of the content that `stored` is, or is a part of; what HEAD says where that does not say it.
std::uint64_t whole_size(const Entry& stored, http::BodyLength told) {
  return stored.part ? stored.part->complete.value_or(told.bytes) : stored.size();
}

/// RFC 9111 4.3.5.
void update_by_head(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
                    WallTime now, Arena& arena) {
  if (!asked.validated || head.status != 200) return;
  Entry& stored = *asked.validated;
  const bool same_status = stored.part || head.status == stored.facts.status;
  const bool fits = same_status && head_fits(head.fields, length, fields_of(stored, arena),
                                             whole_size(stored, length));
  if (!fits) return stored.marked_stale.store(true, std::memory_order_relaxed);
  const auto [entry, refusal] = freshened(asked, head, now, arena);
  if (is_for_all(refusal)) return asked.cache.store().remove(stored);
  // Purged softly, or out of date: an equal length alone validates nothing.
  const bool has_validator =
      head.fields.has(FieldId::etag) || head.fields.has(FieldId::last_modified);
  const bool validates = has_validator || !stored.marked_stale.load(std::memory_order_relaxed);
  if (entry && validates) take_its_place(asked, *entry);
}

/// As it is keyed.
Url target_of(const Asked& asked) { return split_url(url_of(asked.key.text)).value_or(Url{}); }

/// A POST whose answer stands for its target (RFC 9110 9.3.3).
bool answers_for_target(const Asked& asked, const http::ResponseHead& head, Arena& arena) {
  const auto location = head.fields.value(FieldId::content_location);
  if (location.empty()) return false;
  const Url target = target_of(asked);
  const auto named = resolve(target, location, arena);
  return named && asked.rules.as_keyed(*named, arena) == target;
}

Refusal refusal_of(const Asked& asked, const http::ResponseHead& head, const ResponseFacts& facts,
                   http::BodyLength length, Arena& arena) {
  const StoringCircumstances circumstances{.answers_for_target =
                                               answers_for_target(asked, head, arena)};
  const Refusal refusal = why_not_store(asked.facts, facts, circumstances,
                                        asked.rules.storing(facts.status, asked.configured.forced));
  if (refusal != Refusal::none) return refusal;
  if (iequals(head.fields.value(FieldId::content_type).substr(0, 17), "text/event-stream"))
    return Refusal::event_stream;
  if (head.status == 206 && !part_of(asked, head).content) return Refusal::partial;
  const std::uint64_t most =
      std::min(asked.rules.options().max_body_size.count, asked.cache.store().content_bytes_max());
  const bool too_large = length.kind == http::BodyLength::Kind::known && length.bytes > most;
  return too_large ? Refusal::too_large : Refusal::none;
}

Ruling pass(Refusal refusal) {
  return {.kind = Kind::pass, .refusal = refusal, .entry = {}, .growth = {}};
}

std::uint64_t known_bytes(http::BodyLength length) {
  return length.kind == http::BodyLength::Kind::known ? length.bytes : 0;
}

/// Stores it, where there is memory for it. `bytes`: of its body, 0 where that is not known.
Ruling take_in(const Asked& asked, const http::ResponseHead& head, const ResponseFacts& facts,
               const Part& part, std::uint64_t bytes, Arena& arena) {
  const http::Fields lines = stored_lines(asked, head.fields, facts, arena);
  Pin entry = make_draft(asked, head.fields, lines, facts, part);
  if (!entry) return pass(Refusal::no_memory);
  auto growth = std::make_shared<Growth>(asked.cache.store(), entry,
                                         asked.rules.options().max_body_size.count, bytes);
  return {.kind = Kind::store,
          .entry = std::move(entry),
          .growth = std::move(growth),
          .withheld = withheld_lines(asked, head.fields, facts.directives(), facts, arena)};
}

/// What it asked about is not what the origin says now.
void forget(const Asked& asked) {
  Store& store = asked.cache.store();
  if (asked.validated) store.remove(*asked.validated);
  if (asked.completion == nullptr) return;
  for (const Pin& part : {asked.completion->left, asked.completion->right})
    if (part) store.remove(*part);
}

/// Whether what it asked about is not what the origin says now (RFC 9111 4.3.3), and a part that
/// came instead does not stand in its place by itself.
bool is_outdated_by(const Asked& asked, const http::ResponseHead& head) {
  if (head.status != 206 || !asked.validated || asked.completion != nullptr) return false;
  const bool is_same = asked.validated->facts.has_strong_etag &&
                       asked.validated->etag() == head.fields.value(FieldId::etag);
  return !is_same;
}

/// And so it is asked for anew.
Ruling forgotten(const Asked& asked) {
  forget(asked);
  return contested();
}

bool holds_parts(Store& store, const Completion& completion) {
  return (!completion.left || store.holds(*completion.left)) &&
         (!completion.right || store.holds(*completion.right));
}

/// Any other status is not of the range but of the whole.
bool answers_the_range(std::uint16_t status) {
  return status == 206 || status == 304 || status == 416;
}

/// RFC 9111 3.4. What does not fit is never joined, and leaves nothing to be asked about so again.
Ruling complete(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
                WallTime now, Arena& arena) {
  const Completion& completion = *asked.completion;
  if (!completion.is_completed_by(head, length)) return forgotten(asked);
  auto joined = updated_head(completion.newest(), head.fields, arena);
  if (!joined) return forgotten(asked);
  Part part = become_part(*joined, completion.wanted, completion.complete);
  part.made_of = completion.stored();
  ResponseFacts facts = facts_of(asked, asked.facts, *joined, now);
  facts.freshness.age = age_of(head.fields);
  for (const Pin& stored : {completion.left, completion.right})
    if (stored) inherit(facts, stored->facts);
  const std::uint64_t bytes = completion.wanted.size();
  const Refusal refusal = refusal_of(asked, *joined, facts, http::BodyLength::known(bytes), arena);
  if (is_for_all(refusal)) return forgotten(asked);
  if (refusal != Refusal::none) return contested();
  Ruling ruling = take_in(asked, *joined, facts, part, bytes, arena);
  if (ruling.kind != Kind::store) return contested();  // no more than the rest is there to pass
  ruling.completes = true;
  // Asked afterwards: what is purged from now on keeps the draft out, too.
  return holds_parts(asked.cache.store(), completion) ? std::move(ruling) : contested();
}

}  // namespace

Ruling judge(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
             WallTime now, Arena& arena) {
  if (asked.configured.bypasses) return pass(Refusal::bypass);
  const bool may_serve_stale = asked.validated && asked.stale_on_error;
  if (may_serve_stale && is_origin_error(head.status) &&
      asked.cache.store().holds(*asked.validated))
    return {.kind = Kind::error, .entry = {}, .growth = {}};
  if (asked.facts.method == http::Method::head) {
    update_by_head(asked, head, length, now, arena);
    return pass(Refusal::method);
  }
  if (asked.validated && head.status == 304) return confirm(asked, head, now, arena);
  if (asked.completion != nullptr && answers_the_range(head.status))
    return complete(asked, head, length, now, arena);
  const ResponseFacts facts = facts_of(asked, asked.facts, head, now);
  const Refusal refusal = refusal_of(asked, head, facts, length, arena);
  if (refusal != Refusal::none) {
    // What is stored is not what the origin says now, unless it says so to this client alone.
    if (is_for_all(refusal) && !is_origin_error(head.status)) forget(asked);
    return pass(refusal);
  }
  if (is_outdated_by(asked, head)) forget(asked);
  const Part part = head.status == 206 ? part_of(asked, head) : Part{};
  return take_in(asked, head, facts, part, known_bytes(length), arena);
}

void invalidate(Asked& asked, const http::ResponseHead& head, Arena& arena) {
  if (http::is_safe(asked.facts.method)) return;
  Url url = target_of(asked);
  url.rest = rest_of(asked.request.target, arena);
  const Outdated outdated = outdated_by(asked.facts.method, url, head, arena);
  if (outdated.urls().empty()) return;
  Store& store = asked.cache.store();
  const std::uint64_t before = store.purges();
  const bool is_newest = !store.may_be_purged(asked.key.text, asked.purges_before);
  std::uint64_t own = 0;
  // As it stands under the rules of today, and as it stood under none, which may come back.
  const std::array rules{&asked.rules};
  for (const Url& one : outdated.urls()) {
    for (const Url& form : forms_of(one, rules, arena)) store.purge_url(form, Purge::remove), ++own;
    if (asked.elsewhere) own += asked.elsewhere->purge(one, &asked.cache, &asked.rules, arena);
  }
  // One of somebody else in between may be of the same, and later than the answer.
  const bool all_own = store.purges() == before + own;
  if (is_newest && all_own) asked.purges_before = before + own;
}

}  // namespace minato::cache
