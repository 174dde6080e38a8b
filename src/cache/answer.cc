#include "cache/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "cache/policy/conditional.h"
#include "cache/send_content.h"
#include "http/client_failure.h"
#include "http/status.h"
#include "runtime/budget.h"

namespace minato::cache {
namespace {

using http::BodyLength;
using http::Field;
using http::FieldId;
using http::Last;
using http::Outcome;
using http::Reason;

/// One answer on its way.
class Answering {
 public:
  Answering(runtime::Loop& loop, const Answer& with, const ServiceRules& rules,
            std::string_view name, http::Request& request, http::Responder& responder)
      : loop_(loop),
        with_(with),
        rules_(rules),
        name_(name),
        request_(request),
        responder_(responder),
        head_(request.arena),
        writes_(loop, steps_in_a_row) {}

  Task<Outcome> run() {
    compose();
    if (is_unchanged()) return send_unchanged();
    const bool is_part = with_.entry.part && with_.reader == nullptr;
    const Selection selection = is_part ? selected_of_part() : selected();
    switch (selection.kind) {
      case Selection::Kind::unsatisfiable: return send_unsatisfiable();
      case Selection::Kind::ranges:
        return selection.ranges.size() == 1 ? send_range(selection.ranges.front())
                                            : send_ranges(selection.ranges);
      case Selection::Kind::whole: break;
    }
    return send_whole();
  }

 private:
  void compose() {
    become(with_.entry.facts.status);
    show(with_.entry.lines);
    show(with_.withheld);
    if (with_.age) say_age(*with_.age, head_);
    say_status(with_.status, rules_, name_, head_, request_.record);
  }

  void show(std::span<const Field> lines) {
    for (const Field& line : lines)
      if (!rules_.hides(line)) head_.fields.append(line);
  }

  void become(std::uint16_t status) {
    head_.status = status;
    head_.reason = http::reason_phrase(status);
  }

  /// RFC 9110 13.2.1: conditions are for what would be a success.
  bool is_unchanged() const {
    const bool has_content = head_.status == 200 || head_.status == 206;
    return has_content && is_not_modified(request_.head.fields, head_.fields);
  }

  Task<Outcome> send_unchanged() {
    http::Fields kept(request_.arena);
    head_.fields.for_each([&](const Field& line) {
      if (belongs_in_not_modified(line)) kept.append(line);
    });
    become(304);
    head_.fields = kept;
    return send_bare(BodyLength::none());
  }

  /// Of a part that is all there is; of what came, whatever the origin had said of it.
  Selection selected_of_part() {
    const ContentRange& part = *with_.entry.part;
    first_stored_ = part.range.first, complete_ = part.complete;
    const auto asked = request_.head.fields.value(FieldId::range);
    const Selection all{.kind = Selection::Kind::ranges, .ranges = {part.range}};
    return asked == with_.entry.range ? all : selection_of(asked, part).value_or(all);
  }

  /// Of a whole; what still comes has no size to read yet.
  Selection selected() {
    const http::Fields& asked = request_.head.fields;
    const bool counts = request_.head.method == http::Method::get && head_.status == 200 &&
                        with_.reader == nullptr && asked.count_of(FieldId::range) == 1 &&
                        if_range_holds(asked, with_.entry.lines);
    if (!counts) return {};
    complete_ = with_.entry.size();
    return select_ranges(asked.value(FieldId::range), *complete_);
  }

  Task<Outcome> send_unsatisfiable() {
    become(416);
    head_.fields.remove(FieldId::content_type);
    head_.fields.remove(FieldId::content_encoding);
    say_content_range(text("bytes */{}", *complete_));
    return send_bare(BodyLength::known(0));
  }

  Task<Outcome> send_bare(BodyLength length) {
    if (auto begun = responder_.start(head_, length); !begun) co_return cannot(begun.error());
    const auto sent = co_await responder_.finish(nullptr);
    co_return http::outcome_of_write(sent);
  }

  Task<Outcome> send_range(ByteRange range) {
    become(206);
    say_content_range(content_range(range));
    if (auto begun = responder_.start(head_, BodyLength::known(range.size())); !begun)
      co_return cannot(begun.error());
    co_return co_await send_bytes(range, Last::yes);
  }

  /// RFC 9110 15.3.7.2.
  Task<Outcome> send_ranges(std::vector<ByteRange> ranges) {
    const auto type = head_.fields.value(FieldId::content_type);
    const std::string_view boundary =
        text("minato-{:016x}", hash_bytes(request_.id.text(), with_.entry.hash));
    std::vector<std::string_view> heads;
    std::uint64_t length = 0;
    for (const ByteRange& range : ranges) {
      heads.push_back(text("\r\n--{}\r\n{}{}{}Content-Range: {}\r\n\r\n", boundary,
                           type.empty() ? "" : "Content-Type: ", type, type.empty() ? "" : "\r\n",
                           content_range(range)));
      length += heads.back().size() + range.size();
    }
    const std::string_view end = text("\r\n--{}--\r\n", boundary);
    become(206);
    head_.fields.remove(FieldId::content_range);  // each part has its own
    head_.fields.remove(FieldId::content_type);
    head_.fields.add(FieldId::content_type, text("multipart/byteranges; boundary={}", boundary));
    if (auto begun = responder_.start(head_, BodyLength::known(length + end.size())); !begun)
      co_return cannot(begun.error());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto sent = co_await responder_.write(heads[i], Last::no);
      if (!sent) co_return http::outcome_of_write(sent);
      if (writes_.spend(steps_of_write)) co_await loop_.breathe();
      auto outcome = co_await send_bytes(ranges[i], Last::no);
      if (!outcome) co_return outcome;
    }
    const auto sent = co_await responder_.write(end, Last::yes);
    co_return http::outcome_of_write(sent);
  }

  Task<Outcome> send_whole() {
    const BodyLength length =
        with_.reader != nullptr ? with_.length : BodyLength::known(with_.entry.size());
    if (auto begun = responder_.start(head_, length); !begun) return refuse(begun.error());
    if (request_.head.method == http::Method::head || length.empty()) return finish();
    if (with_.reader != nullptr) return follow();
    return send_bytes({.first = 0, .last = with_.entry.size() - 1}, Last::yes);
  }

  Task<Outcome> finish() {
    const auto sent = co_await responder_.finish(nullptr);
    co_return http::outcome_of_write(sent);
  }

  /// These bytes of the whole.
  Task<Outcome> send_bytes(ByteRange range, Last last) {
    const ByteRange stored{.first = range.first - first_stored_,
                           .last = range.last - first_stored_};
    const auto sent = co_await send_content(loop_, with_.entry, stored, last, responder_, writes_);
    co_return http::outcome_of_write(sent);
  }

  /// What is still on its way, as it comes.
  Task<Outcome> follow() {
    for (;;) {
      auto next = with_.reader->next();
      if (!next.ready()) {
        const auto flushed = co_await responder_.flush();
        if (!flushed) co_return http::outcome_of_write(flushed);
      }
      const auto piece = co_await next;
      if (!piece)
        co_return std::unexpected(
            http::Failure{.reason = Reason::upstream_truncated, .error = piece.error()});
      const bool ends = piece->empty() || with_.reader->ended();
      const Last last = ends ? Last::yes : Last::no;
      const auto sent = co_await responder_.write(*piece, last);
      if (!sent) co_return http::outcome_of_write(sent);
      if (ends) co_return Outcome{};
      if (writes_.spend(steps_of_write)) co_await loop_.breathe();
    }
  }

  static Outcome cannot(const Error& error) {
    return std::unexpected(http::Failure{.reason = Reason::internal, .error = error});
  }
  static Task<Outcome> refuse(Error error) { co_return cannot(error); }

  /// In place of what an origin said: beside a 200 that means nothing (RFC 9110 14.4).
  void say_content_range(std::string_view value) {
    head_.fields.remove(FieldId::content_range);
    head_.fields.add(FieldId::content_range, value);
  }

  std::string_view content_range(ByteRange range) const {  // RFC 9110 14.4
    const std::string whole = complete_ ? fmt::to_string(*complete_) : "*";
    return text("bytes {}-{}/{}", range.first, range.last, whole);
  }
  template <class... Args>
  std::string_view text(fmt::format_string<Args...> format, const Args&... args) const {
    fmt::basic_memory_buffer<char, 256> out;
    fmt::vformat_to(fmt::appender(out), format, fmt::make_format_args(args...));
    return request_.arena.copy({out.data(), out.size()});
  }

  runtime::Loop& loop_;
  const Answer& with_;
  const ServiceRules& rules_;
  std::string_view name_;
  http::Request& request_;
  http::Responder& responder_;
  http::ResponseHead head_;
  std::uint64_t first_stored_ = 0;         // of the bytes of the whole
  std::optional<std::uint64_t> complete_;  // the size of the whole, where that is known
  runtime::Budget writes_;
};

}  // namespace

void say_age(Seconds age, http::ResponseHead& head) {
  const fmt::format_int text(age.count());
  head.fields.add(FieldId::age, head.fields.arena().copy({text.data(), text.size()}));
}

Task<Outcome> answer(runtime::Loop& loop, const Answer& with, const ServiceRules& rules,
                     std::string_view name, http::Request& request, http::Responder& responder) {
  Answering answering(loop, with, rules, name, request, responder);
  co_return co_await answering.run();
}

void say_stored(const Entry& entry, bool kept, CacheStatus& status) {
  const bool purged = entry.spoiled.load(std::memory_order_relaxed);
  status.stored = kept && !purged;
  if (purged) status.detail = "purged";
}

void say_status(const CacheStatus& status, const ServiceRules& rules, std::string_view name,
                http::ResponseHead& head, http::Record& record) {
  const auto text = cache_status_text(status, name, head.fields.arena());
  record.cache = status.forwarded == Forwarded::no ? http::CacheUse::hit : http::CacheUse::miss;
  record.cache_text = text.substr(std::min(text.size(), name.size() + 2));
  if (rules.options().cache_status.enabled) record.cache_status = text;
  if (rules.options().cache_status.enabled) head.fields.add(FieldId::cache_status, text);
}

std::string_view say_hit(Seconds age, Seconds ttl, const ServiceRules& rules, std::string_view name,
                         Arena& arena, http::Record& record) {
  constexpr std::string_view age_name = "Age: ", status_name = "\r\nCache-Status: ",
                             hit = "; hit; ttl=", end = "\r\n";
  const fmt::format_int age_text(age.count()), ttl_text(structured(ttl));
  const auto lines =
      arena.join(age_name, std::string_view(age_text.data(), age_text.size()), status_name, name,
                 hit, std::string_view(ttl_text.data(), ttl_text.size()), end);
  const std::size_t age_size = age_name.size() + age_text.size();
  auto status = lines.substr(age_size + status_name.size());
  status.remove_suffix(end.size());
  record.cache = http::CacheUse::hit;
  record.cache_text = status.substr(name.size() + 2);
  if (!rules.options().cache_status.enabled) return lines.substr(0, age_size + end.size());
  record.cache_status = status;
  return lines;
}

http::ResponseHead passing_head(const http::ResponseHead& head, const CacheStatus& status,
                                const ServiceRules& rules, std::string_view name,
                                http::Record& record) {
  http::ResponseHead shown(head.fields.arena());
  shown.status = head.status;
  shown.reason = head.reason;
  head.fields.for_each([&](const Field& line) {
    if (!rules.hides(line)) shown.fields.append(line);
  });
  say_status(status, rules, name, shown, record);
  return shown;
}

}  // namespace minato::cache
