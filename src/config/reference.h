// The reference section of docs/configuration.md, from the declarations.
#pragma once

#include <string>

namespace minato::config {

/// Markdown. The document repeats it between its markers; a test compares the two.
std::string reference();

}  // namespace minato::config
