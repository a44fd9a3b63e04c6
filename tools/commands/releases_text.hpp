// How `releases` speaks of releases.
#pragma once

#include <vector>

#include "dbrollback/release.hpp"
#include "tools/cli/context.hpp"

namespace dbrollback::commands {

// A table, the newest last, with the one marked that runs now.
void say_releases(cli::Context& context, const std::vector<Release>& releases);

// All that is known of one.
void say_release(cli::Context& context, const Release& release, bool is_current);

void say_known_good(cli::Context& context, const std::vector<KnownGood>& versions);

}  // namespace dbrollback::commands
