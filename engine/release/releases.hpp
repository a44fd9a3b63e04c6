// The records of releases: releases/<id>.json, sealed, replaced as a whole.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/release.hpp"
#include "engine/repository/store.hpp"

namespace dbrollback::release {

// A new one, with its id, who and when; nothing is written.
[[nodiscard]] Release begin_release(const std::string& version, const std::string& database);

void write(repository::Store& store, const Release& release);
// Throws Error (Exit::damaged); (Exit::usage) "no_such_release".
[[nodiscard]] Release read(repository::Store& store, const std::string& id);
// The oldest first, marks of known good ones in it. One that cannot be read: Error (Exit::damaged), since whoever goes
// back by an incomplete list goes to the wrong place.
[[nodiscard]] std::vector<Release> read_all(repository::Store& store, const std::string& database);

// What a snapshot of a release is pinned with: "release v1.4.2 (ID)", "after release v1.4.2 (ID)".
[[nodiscard]] std::string pin_reason(const Release& release, bool after);

// After a release was confirmed: takes the pins off the snapshots of confirmed releases before the one before it,
// unless it is the last release of a version that is marked good, and those of releases before that one that are no
// longer in effect. Other unconfirmed ones keep theirs, and so does a snapshot that is pinned for another reason.
void release_pins(repository::Store& store, const std::string& database);

// Pins the snapshots of a release, those that are there and not pinned yet.
void pin_snapshots(repository::Store& store, const Release& release);

}  // namespace dbrollback::release
