#include "cache/fill/tee.h"

#include "cache/answer.h"
#include "cache/fill/combine.h"
#include "cache/fill/storable.h"

namespace minato::cache {

using http::Last;
using Kind = Ruling::Kind;

Tee::~Tee() {
  if (growth_) growth_->break_off(loop_);
}

Result<void> Tee::start(const http::ResponseHead& head, http::BodyLength length) {
  invalidate(asked_, head,
             request_.arena);  // first: a POST may store what then stands for its target
  status_.forwarded_status = head.status;
  ruling_ = judge(asked_, head, length, loop_.wall(), request_.arena);
  swallows_ = ruling_->kind != Kind::pass && ruling_->kind != Kind::store;
  if (ruling_->entry) (void)remember_use(asked_, *ruling_->entry, loop_.wall());
  if (swallows_) return {};
  if (ruling_->growth) say_stored(*ruling_->entry, true, status_);
  if (status_.stored) growth_ = ruling_->growth;
  if (ruling_->refusal != Refusal::none) status_.detail = cache::name(ruling_->refusal);
  http::ResponseHead told = passing_head(head, status_, asked_.rules, name_, request_.record);
  if (ruling_->growth && strips_set_cookie(asked_.rules, ruling_->entry->facts))
    told.fields.remove(http::FieldId::set_cookie);
  return client_.start(told, length);
}

Soon<Result<void>> Tee::write(std::string_view piece, Last last) {
  if (swallows_) return Result<void>{};
  if (!growth_) return client_.write(piece, last);
  return keep_and_pass(piece, last);
}

Task<Result<void>> Tee::keep_and_pass(std::string_view piece, Last last) {
  // Nobody follows it, so that it does not wait; what does not fit is not kept.
  const auto kept = co_await growth_->append(loop_, piece);
  if (!kept) growth_.reset();
  // First, so that who has all of it finds it stored.
  if (last == Last::yes) co_await complete();
  co_return co_await client_.write(piece, last);
}

Soon<Result<void>> Tee::flush() {
  // What comes with the head leaves the connection usable; the client does not wait for more.
  if (swallows_) return fail(Fault::cancelled, Side::downstream, "nobody waits for the rest of it");
  return client_.flush();
}

Soon<Result<void>> Tee::finish(const http::Fields* trailers) {
  if (swallows_) return Result<void>{};
  if (!growth_) return client_.finish(trailers);
  return end(trailers);
}

Task<Result<void>> Tee::end(const http::Fields* trailers) {
  co_await complete();
  co_return co_await client_.finish(trailers);
}

Task<void> Tee::complete() {
  const bool stored = growth_ && growth_->complete(loop_, fills_.next_tick());
  if (stored) co_await combine_parts(asked_, ruling_->entry, loop_);
}

}  // namespace minato::cache
