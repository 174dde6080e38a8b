// Configurations: whatever the text, every fault has a place in it; what is good reads back as
// itself.
#include <algorithm>

#include "config/declarations.h"
#include "config/load.h"
#include "schema/show.h"
#include "support.h"

using namespace minato;

namespace {

const schema::Environment environment{{"NAME", "web"}, {"PORT", "8080"}, {"EMPTY", ""}};

void check_places(const config::Loaded& loaded, std::string_view text) {
  const auto lines = std::ranges::count(text, '\n') + 1;
  for (const schema::Problem& problem : loaded.problems) {
    fuzz::require(problem.line <= lines, "a problem is inside of the text");
    fuzz::require(problem.line == 0 || problem.column > 0, "a place has a column");
    fuzz::require(!problem.message.empty(), "a problem says what it is");
  }
}

void check_round_trip(const config::Loaded& loaded) {
  const std::string shown = schema::show(loaded.config);
  const config::Loaded again = config::load_text("shown", shown, environment);
  if (!again.ok()) fuzz::require_same(config::render(again.problems), "");
  fuzz::require_same(schema::show(again.config), shown);
  fuzz::require(again.config == loaded.config, "effective values read back as themselves");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto text = fuzz::text(data, size);
  const config::Loaded loaded = config::load_text("f", std::string(text), environment);
  check_places(loaded, text);
  config::render(loaded.problems);
  if (loaded.ok()) check_round_trip(loaded);
  return 0;
}
