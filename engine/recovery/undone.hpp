// Which releases a way back undoes, and to what it leads: a pure decision.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/release.hpp"

namespace dbrollback::recovery {

struct Undone {
  std::vector<Release> releases;  // the newest first; never empty
  std::string from_version;       // that of the first
  std::string to_version;         // that ran before the last of them; empty: nobody knows
  std::string to_mark;
  std::vector<ReleaseFile> files;  // the configuration files of that version, where its release is known
  std::string why;                 // that one and no other

  // The one that the database was last in order before.
  [[nodiscard]] const Release& first() const { return releases.back(); }
};

// `all`: of one database, the oldest first. `to` empty: the last version before the current one that was good.
// Errors: "nothing_to_roll_back" (Exit::refused); "no_such_release" (Exit::usage), naming those that there are.
[[nodiscard]] Undone choose_undone(const std::vector<Release>& all, const std::string& to, const std::string& database);

}  // namespace dbrollback::recovery
