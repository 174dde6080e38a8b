#include "config/reference.h"

#include <fmt/format.h>

#include "config/declarations.h"
#include "observe/access_variables.h"
#include "schema/reference.h"

namespace minato::config {

std::string reference() {
  std::string out = to_markdown(schema::reference_tables<Config>());
  out += "\n### Variables of an access log template\n\n| Variable | Meaning |\n|---|---|\n";
  for (const observe::AccessVariable& row : observe::access_variables())
    out += fmt::format("| `{{{}}}` | {} |\n", row.name, row.meaning);
  return out;
}

}  // namespace minato::config
