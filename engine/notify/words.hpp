// What messages say of an event, in few words.
#pragma once

#include <string>

#include "engine/notify/notify.hpp"

namespace dbrollback::notify {

// "rollback_failed", for programs.
[[nodiscard]] const char* name_of(Event event);

// "shop: rollback v1.5.0 → v1.4.2 failed part way after 62 s", for a lock screen.
[[nodiscard]] std::string short_line(Event event, const Run& run);

// The same and why.
[[nodiscard]] std::string whole_line(Event event, const Run& run);

}  // namespace dbrollback::notify
