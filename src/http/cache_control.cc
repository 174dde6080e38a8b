#include "http/cache_control.h"

#include <algorithm>
#include <array>

#include "http/structured_field.h"
#include "http/tokens.h"

namespace minato::http {
namespace {

/// One directive as it was written.
struct Directive {
  std::string_view name;
  std::optional<std::string_view> argument;  ///< without quotes
};

/// nullopt for what has no token as its name: "max-age =1" is no max-age.
std::optional<Directive> parse_directive(std::string_view element) {
  const auto equals = element.find('=');
  Directive directive{element.substr(0, equals), std::nullopt};
  if (!is_token(directive.name)) return std::nullopt;
  if (equals == element.npos) return directive;
  auto argument = element.substr(equals + 1);
  if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"')
    argument = argument.substr(1, argument.size() - 2);
  directive.argument = argument;
  return directive;
}

/// It begins a quoted string that does not end.
bool is_open(std::string_view element) {
  bool quoted = false;
  for (std::size_t at = 0; at < element.size(); ++at) {
    if (element[at] == '"') quoted = !quoted;
    if (quoted && element[at] == '\\') ++at;
  }
  return quoted;
}

/// RFC 9111 5.2: a token, and maybe a token or a quoted string behind an equals sign.
bool is_well_formed(std::string_view element) {
  const auto equals = element.find('=');
  if (!is_token(element.substr(0, equals))) return false;
  if (equals == element.npos) return true;
  const auto argument = element.substr(equals + 1);
  const bool quotes = argument.starts_with('"') && argument.ends_with('"');
  return quotes ? !is_open(argument) : is_token(argument);
}

/// What keeps a response from others counts however it is written: `no-cache; no-store`, or behind
/// a quote that nobody closes.
template <class Visit>
void for_each_restriction(std::string_view malformed, const Visit& visit) {
  constexpr std::array<std::string_view, 5> restrictions{"no-store", "no-cache", "private",
                                                         "must-revalidate", "proxy-revalidate"};
  while (!malformed.empty()) {
    const auto* const end = std::ranges::find_if_not(malformed, is_tchar);
    const auto size = static_cast<std::size_t>(end - malformed.begin());
    const auto word = malformed.substr(0, size);
    malformed.remove_prefix(std::min(size + 1, malformed.size()));
    if (std::ranges::any_of(restrictions, [word](auto one) { return iequals(one, word); }))
      visit(Directive{word, std::nullopt});
  }
}

template <class Visit>
void for_each_directive(const Fields& fields, Visit visit) {
  fields.for_each([&](const Field& line) {
    if (line.id != FieldId::cache_control) return;
    ListElements elements(line.value);
    while (const auto element = elements.next()) {
      if (const auto directive = parse_directive(*element)) visit(*directive);
      if (!is_well_formed(*element)) for_each_restriction(*element, visit);
    }
  });
}

void set_once(std::optional<Seconds>& lifetime, std::optional<Seconds> value) {
  if (!lifetime) lifetime = value;
}

/// A directive that is there or not.
template <class Directives>
struct Flag {
  std::string_view name;
  bool Directives::* member;
};
/// A directive with a number of seconds.
template <class Directives>
struct Lifetime {
  std::string_view name;
  std::optional<Seconds> Directives::* member;
};

constexpr std::array request_flags{
    Flag{"no-cache", &RequestDirectives::no_cache},
    Flag{"no-store", &RequestDirectives::no_store},
    Flag{"only-if-cached", &RequestDirectives::only_if_cached},
};
constexpr std::array request_lifetimes{
    Lifetime{"max-age", &RequestDirectives::max_age},
    Lifetime{"min-fresh", &RequestDirectives::min_fresh},
};
constexpr std::array response_flags{
    Flag{"no-store", &ResponseDirectives::no_store},
    Flag{"public", &ResponseDirectives::public_},
    Flag{"must-revalidate", &ResponseDirectives::must_revalidate},
    Flag{"proxy-revalidate", &ResponseDirectives::proxy_revalidate},
    Flag{"must-understand", &ResponseDirectives::must_understand},
    Flag{"immutable", &ResponseDirectives::immutable},
};
constexpr std::array response_lifetimes{
    Lifetime{"max-age", &ResponseDirectives::max_age},
    Lifetime{"s-maxage", &ResponseDirectives::s_maxage},
    Lifetime{"stale-while-revalidate", &ResponseDirectives::stale_while_revalidate},
    Lifetime{"stale-if-error", &ResponseDirectives::stale_if_error},
};

const auto* find_named(const auto& rows, std::string_view name) {
  const auto found =
      std::ranges::find_if(rows, [&](const auto& row) { return iequals(row.name, name); });
  return found == rows.end() ? nullptr : &*found;
}

/// Each field of the response is looked for in what a directive names; one that names more counts
/// as one that is not narrowed.
constexpr std::size_t narrowed_bytes_max = 4096;

/// One name of a field at least, and nothing else.
bool names_fields(std::string_view argument) {
  if (argument.size() > narrowed_bytes_max) return false;
  ListElements elements(argument);
  bool names = false;
  while (const auto element = elements.next()) {
    if (!is_token(*element)) return false;
    names = true;
  }
  return names;
}

/// A directive that may be narrowed to some fields. Two narrowed ones would need a list of both:
/// they count as one that is not narrowed, which is safe.
void narrow(const Directive& directive, bool& whole, std::string_view& fields) {
  const bool narrowed = directive.argument && names_fields(*directive.argument);
  if (narrowed && fields.empty() && !whole) {
    fields = *directive.argument;
    return;
  }
  whole = true;
  fields = {};
}

void take(const Directive& directive, ResponseDirectives& out) {
  if (const auto* const flag = find_named(response_flags, directive.name))
    out.*flag->member = true;
  else if (const auto* const lifetime = find_named(response_lifetimes, directive.name))
    set_once(out.*lifetime->member,
             parse_delta_seconds(directive.argument.value_or("")).value_or(Seconds(0)));
  else if (iequals(directive.name, "no-cache"))
    narrow(directive, out.no_cache, out.no_cache_fields);
  else if (iequals(directive.name, "private"))
    narrow(directive, out.private_, out.private_fields);
}

void take(const Directive& directive, RequestDirectives& out) {
  if (const auto* const flag = find_named(request_flags, directive.name)) {
    out.*flag->member = true;
  } else if (iequals(directive.name, "max-stale")) {
    const auto stated = directive.argument ? parse_delta_seconds(*directive.argument)
                                           : std::optional(delta_seconds_max);
    set_once(out.max_stale, stated);
  } else if (const auto* const lifetime = find_named(request_lifetimes, directive.name)) {
    set_once(out.*lifetime->member, parse_delta_seconds(directive.argument.value_or("")));
  }
}

/// RFC 9213 2.1: a member says what the directive of its name says. Its value has to be of the
/// right kind; a lifetime of another kind counts as zero here, too.
void take(const SfMember& member, ResponseDirectives& out) {
  const SfValue& value = member.value;
  const bool off = value.kind == SfValue::Kind::boolean && !value.boolean;
  if (off) return;
  if (const auto* const flag = find_named(response_flags, member.key)) {
    out.*flag->member = true;
  } else if (const auto* const lifetime = find_named(response_lifetimes, member.key)) {
    const bool is_number = value.kind == SfValue::Kind::integer && value.integer >= 0;
    out.*lifetime->member = is_number ? Seconds(value.integer) : Seconds(0);
  } else if (member.key == "no-cache" || member.key == "private") {
    const bool narrowed = value.kind == SfValue::Kind::string;
    const Directive directive{member.key, narrowed ? std::optional(value.text) : std::nullopt};
    take(directive, out);
  }
}

/// All lines of a field as one dictionary; nullopt where there is none, or nothing in it.
std::optional<std::vector<SfMember>> dictionary_of(const Fields& fields, std::string_view name) {
  const auto says = [name](const Field& line) {
    return iequals(line.name, name) && !line.value.empty();
  };
  auto members = parse_sf_dictionary(fields.joined(says, ", ").value_or(""));
  if (!members || members->empty()) return std::nullopt;
  return members;
}

}  // namespace

std::optional<Seconds> parse_delta_seconds(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto number = parse_number<std::uint64_t>(text);
  const auto most = static_cast<std::uint64_t>(delta_seconds_max.count());
  return Seconds(static_cast<std::int64_t>(std::min(number.value_or(most), most)));
}

RequestDirectives request_directives(const Fields& fields) {
  RequestDirectives directives;
  if (fields.has(FieldId::cache_control))
    for_each_directive(fields, [&](const Directive& directive) { take(directive, directives); });
  else
    directives.no_cache = list_has(fields.value(FieldId::pragma), "no-cache");
  return directives;
}

Governing response_directives(const Fields& fields, std::span<const std::string_view> targeted) {
  Governing governing;
  for (const std::string_view name : targeted) {
    const auto members = dictionary_of(fields, name);
    if (!members) continue;
    governing.targeted = true;
    for (const SfMember& member : *members) take(member, governing.directives);
    return governing;
  }
  for_each_directive(fields,
                     [&](const Directive& directive) { take(directive, governing.directives); });
  return governing;
}

}  // namespace minato::http
