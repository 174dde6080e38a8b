// Every kind of single value that a setting can have, read and written in one place: units that are
// parsed in two places are wrong in one of them.
#pragma once

#include <concepts>
#include <expected>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/units.h"
#include "schema/declare.h"

namespace minato::schema {

/// How values of type V are read and written. A room may specialise it for a type of its own:
///   what:  the noun for messages ("x is not a <what>")
///   form:  how one is written, for messages and the reference page
///   parse: the value; or what is wrong, where `found` may be left empty
///   show:  text that `parse` reads back as the same value
///   keys:  where maps have such keys: how several are written, for the reference page
template <class V>
struct Kind;

template <class V>
using Parsed = std::expected<V, Rejection>;

template <>
struct Kind<bool> {
  static constexpr std::string_view what = "truth value";
  static constexpr std::string_view form = "true or false";
  static Parsed<bool> parse(std::string_view text);
  static std::string show(bool value) { return value ? "true" : "false"; }
};

Parsed<std::uint64_t> parse_count(std::string_view text, std::uint64_t max);

template <std::unsigned_integral N>
struct Kind<N> {
  static constexpr std::string_view what = "whole number";
  static constexpr std::string_view form = "a whole number";
  static Parsed<N> parse(std::string_view text) {
    const auto count = parse_count(text, static_cast<N>(-1));
    if (!count) return std::unexpected(count.error());
    return static_cast<N>(*count);
  }
  static std::string show(N value) { return std::to_string(value); }
};

/// `250ms`, `10s`, `5m`, `1h`, `7d`, `1h30m`; a bare number is seconds. No fractions, and of
/// several units each once, the larger first: nobody adds up what was mistyped.
template <>
struct Kind<Millis> {
  static constexpr std::string_view what = "duration";
  static constexpr std::string_view form = "a duration (250ms, 10s, 5m, 1h)";
  static Parsed<Millis> parse(std::string_view text);
  static std::string show(Millis value);
};

/// `64KiB`, `1MiB`, `10MB`; a bare number is bytes.
template <>
struct Kind<Bytes> {
  static constexpr std::string_view what = "size";
  static constexpr std::string_view form = "a size (512, 64KiB, 1MiB, 10MB)";
  static Parsed<Bytes> parse(std::string_view text);
  static std::string show(Bytes value);
};

/// `100/s`, `5/m`, `1000/h`.
template <>
struct Kind<Rate> {
  static constexpr std::string_view what = "rate";
  static constexpr std::string_view form = "a rate (100/s, 5/m, 1000/h)";
  static Parsed<Rate> parse(std::string_view text);
  static std::string show(Rate value);
};

/// `200-399`, `204`, `2xx`.
template <>
struct Kind<StatusRange> {
  static constexpr std::string_view what = "status or range of statuses";
  static constexpr std::string_view form = "a status or a range (204, 200-399, 2xx)";
  static Parsed<StatusRange> parse(std::string_view text);
  static std::string show(StatusRange value);
};

/// `404`, `5xx`.
template <>
struct Kind<StatusOrClass> {
  static constexpr std::string_view what = "status or class of statuses";
  static constexpr std::string_view form = "a status or a class (404, 5xx)";
  static constexpr std::string_view keys = "statuses and classes (404, 5xx)";
  static Parsed<StatusOrClass> parse(std::string_view text);
  static std::string show(StatusOrClass value);
};

template <>
struct Kind<std::string> {
  static constexpr std::string_view what = "text";
  static constexpr std::string_view keys = "names";
  static constexpr std::string_view form = "text";
  static Parsed<std::string> parse(std::string_view text) { return std::string(text); }
  static std::string show(const std::string& value) { return value; }
};

/// True where `text` is the word `name`, whatever its case and whatever stands between its words.
bool same_word(std::string_view text, std::string_view name);

}  // namespace minato::schema
