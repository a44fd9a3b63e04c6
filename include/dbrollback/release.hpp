// Releases: which version of the application went with which state of the database.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"

namespace dbrollback {

// A migration that a release applied; its scripts are kept with it.
struct ReleaseMigration {
  std::string version;
  std::string name;
  bool has_down = false;
  std::string scripts;  // hash of both, as rehearsals are kept by; empty: another tool's, of which nothing is known
};

struct ReleaseDatabase {
  std::string name;
  std::string snapshot;        // of the state before; empty: it went without
  std::string snapshot_after;  // right after the migrations; empty: none was taken
  Proof proof = Proof::none;   // of `snapshot`, when the migrations began
  std::string format;          // of the migrations; empty: there are none, or a command of its own did it
  bool by_command = false;     // another program ran them
  std::string version_before;  // of the migrations; empty: none was applied
  std::string version_after;
  std::string fingerprint_before;  // of the schema, without the table of the migrations' tool
  std::string fingerprint_after;   // empty: it never came so far
  std::vector<ReleaseMigration> migrations;
  std::string scripts;  // the kept folder of the migrations; empty: none
};

// A configuration file that is kept with a release: shown by its hash only.
struct ReleaseFile {
  std::string path;
  std::string hash;
  unsigned mode = 0;
};

struct Release {
  // started: its deploy is under way, or died. migrated: the database is ready for it. confirmed: the application was
  // found healthy. failed: its deploy ended with an error. rolled_back: the state before it is back. abandoned: its
  // deploy was given up, and the database stays as it is.
  enum class State { started, migrated, confirmed, failed, rolled_back, abandoned };

  std::string id;       // sorts by time: "20261120T233015Z-v1.4.2-7f3a"
  std::string version;  // of the application
  std::string mark;     // what its own command printed for it; empty: nothing
  std::string previous;
  std::string previous_mark;
  State state = State::started;
  // Something may be another since: set before the application is stopped or the first migration runs.
  bool began = false;
  Time started{};
  Time changed{};  // when the state was last another one
  std::string user;
  std::string run;      // id of the deploy's run record
  bool good = false;    // marked as known good
  std::string problem;  // for failed: why
  ReleaseDatabase database;
  std::vector<ReleaseFile> files;
  // How long its parts took, for estimates; 0: not done.
  std::chrono::milliseconds snapshot_took{};
  std::chrono::milliseconds migrations_took{};
  std::chrono::milliseconds start_took{};  // switching and starting the application, until it was healthy
};

[[nodiscard]] const char* to_string(Release::State state);

// A version that is known to be good, whether or not it was deployed by dbrollback.
struct KnownGood {
  std::string version;
  Time marked{};
  std::string user;
  std::string source;  // "release ID", or the file that it was imported from
};

// The oldest first. `database` empty: of all.
[[nodiscard]] std::vector<Release> list_releases(Repository& repository, const std::string& database = {});
// The state before it is not back, as far as there was ever another one.
[[nodiscard]] bool is_in_effect(const Release& release);
// The release that runs now, as far as dbrollback knows: the last whose state before is not back, of `releases` of one
// database; null: none. One that ended badly, died or was given up counts if it `began`, since it is what has to be
// rolled back; one that ended before that is as if it had never been.
[[nodiscard]] const Release* current_release(const std::vector<Release>& releases);
// The ids of those, of each database of which there are releases.
[[nodiscard]] std::set<std::string> current_releases(const std::vector<Release>& releases);
// The last release of that version; null: it was never deployed.
[[nodiscard]] const Release* last_release_of(const std::vector<Release>& releases, const std::string& version);

[[nodiscard]] std::vector<KnownGood> known_good(Repository& repository);
// Marks a version: the snapshots of its last release are kept for good. `source` empty: that release, if there is one.
// One that is marked already stays as it was marked. Error (Exit::usage) "bad_version" for an empty one, one with
// blanks or control characters in it, or of more than 200 characters.
void mark_good(Repository& repository, const std::string& version, const std::string& source);
// The same of many, and of all or none of them; returns how many were not marked yet.
std::size_t import_good(Repository& repository, const std::vector<std::string>& versions, const std::string& source);
// Takes the mark away, and the snapshots are kept only as long as those of other releases; false: there was none.
bool unmark_good(Repository& repository, const std::string& version);
// The versions of a JSON list: of texts, or of objects with "version", "commit", "sha" or "tag". Error (Exit::usage)
// for anything else.
[[nodiscard]] std::vector<std::string> versions_of_json(const std::string& text, const std::string& file);

}  // namespace dbrollback
