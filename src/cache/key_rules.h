// What else tells the responses of a service apart, and what of their URLs does not.
//
// A parameter is left out of a key only where an origin can take it for nothing else: its name is
// of plain characters, and there is no `;` in it, which separates parameters for some. Likewise the
// order of parameters counts where a name is not plain. What is in doubt has a key of its own.
#pragma once

#include <string>
#include <vector>

#include "cache/key_options.h"
#include "http/fields.h"

namespace minato::cache {

struct Cookies;

/// Shared: immutable.
class KeyRules {
 public:
  /// `listener` tells apart what others store that take the same URLs elsewhere; empty: nobody
  /// does.
  explicit KeyRules(const KeyOptions& options, std::string_view listener = {});

  /// False: the key is the URL as it was sent.
  bool any() const { return any_; }
  /// What of `query` is part of the key; in `arena`.
  std::string_view query(std::string_view query, Arena& arena) const;
  /// Path and query as they are part of the key.
  std::string_view rest(std::string_view path_and_query, Arena& arena) const;
  /// What stands behind the URL, from a space on. It names the rules for the query, so that what is
  /// stored under others is not found, and what the request says in fields and cookies.
  std::string_view suffix(const http::Fields& request, Arena& arena) const;
  /// With what the suffix begins where these rules change the query; else empty.
  std::string_view stamp() const { return stamp_; }
  /// Whether these rules could have made `key`, as far as query and listener go.
  bool may_have_made(std::string_view key) const;

 private:
  bool leaves_out(std::string_view parameter) const;
  template <class Out>
  void write_suffix(const http::Fields& request, const Cookies* cookies, Out& out) const;

  std::vector<std::string> ignore_, only_;
  std::vector<std::string> headers_, cookies_;
  bool sort_ = false;
  bool ignores_all_ = false;
  bool changes_query_ = false;
  bool any_ = false;
  std::string stamp_;     // of the rules for the query; empty where there are none
  std::string listener_;  // behind it
};

/// Whether the name of a parameter is of letters, digits, `_`, `-` and `.`: nothing that could be
/// read as another name, but for its case and for `.` in place of `_`.
bool is_plain_parameter(std::string_view name);

}  // namespace minato::cache
