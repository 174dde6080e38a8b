// What is said of a command line that cannot be carried out.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace minato::cli {

/// The first word of what `app` has parsed, or tried to, that it did not understand, and what may
/// have been meant. Empty where it understood all.
std::string unknown_word(const CLI::App& app);

/// A check of an option's value: what is wrong with it, empty where nothing is.
std::string refuse_empty(const std::string& value);

}  // namespace minato::cli
