#include "engine/release/release_json.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::release {

using base::Json;

namespace {

using State = Release::State;

constexpr std::array<State, 6> states{State::started, State::migrated,    State::confirmed,
                                      State::failed,  State::rolled_back, State::abandoned};

// What is not a document of ours ends in a Json::exception, which names the record.
[[noreturn]] void not_ours() { throw Json::other_error::create(501, "not ours", nullptr); }

State state_of(const std::string& text) {
  for (const State state : states) {
    if (text == to_string(state)) {
      return state;
    }
  }
  not_ours();
}

Time time_in(const Json& document, const char* member) {
  const auto time = base::time_from_iso(document.at(member).get<std::string>());
  if (!time) {
    not_ours();
  }
  return *time;
}

std::chrono::milliseconds duration_in(const Json& document, const char* member) {
  return std::chrono::milliseconds(document.value(member, std::int64_t{0}));
}

Json migrations_json(const ReleaseDatabase& database) {
  Json out = Json::array();
  for (const ReleaseMigration& each : database.migrations) {
    out.push_back(
        {{"version", each.version}, {"name", each.name}, {"has_down", each.has_down}, {"scripts", each.scripts}});
  }
  return out;
}

Json database_json(const ReleaseDatabase& database) {
  return {{"name", database.name},
          {"snapshot", database.snapshot},
          {"snapshot_after", database.snapshot_after},
          {"proof", to_string(database.proof)},
          {"format", database.format},
          {"by_command", database.by_command},
          {"version_before", database.version_before},
          {"version_after", database.version_after},
          {"fingerprint_before", database.fingerprint_before},
          {"fingerprint_after", database.fingerprint_after},
          {"migrations", migrations_json(database)},
          {"scripts", database.scripts}};
}

ReleaseDatabase database_of(const Json& document) {
  ReleaseDatabase database;
  database.name = document.at("name").get<std::string>();
  database.snapshot = document.value("snapshot", "");
  database.snapshot_after = document.value("snapshot_after", "");
  database.proof = proof_from_string(document.value("proof", "")).value_or(Proof::none);
  database.format = document.value("format", "");
  database.by_command = document.value("by_command", false);
  database.version_before = document.value("version_before", "");
  database.version_after = document.value("version_after", "");
  database.fingerprint_before = document.value("fingerprint_before", "");
  database.fingerprint_after = document.value("fingerprint_after", "");
  for (const Json& each : document.at("migrations")) {
    database.migrations.push_back({.version = each.value("version", ""),
                                   .name = each.value("name", ""),
                                   .has_down = each.value("has_down", false),
                                   .scripts = each.value("scripts", "")});
  }
  database.scripts = document.value("scripts", "");
  return database;
}

Release release_of(const Json& document) {
  Release release;
  release.id = document.at("id").get<std::string>();
  release.version = document.at("version").get<std::string>();
  release.mark = document.value("mark", "");
  release.previous = document.value("previous", "");
  release.previous_mark = document.value("previous_mark", "");
  release.state = state_of(document.at("state").get<std::string>());
  release.began = document.at("began").get<bool>();
  release.started = time_in(document, "started");
  release.changed = time_in(document, "changed");
  release.user = document.value("user", "");
  release.run = document.value("run", "");
  release.problem = document.value("problem", "");
  const Json& databases = document.at("databases");
  if (databases.size() != 1) {
    not_ours();
  }
  release.database = database_of(databases.at(0));
  for (const Json& file : document.at("files")) {
    release.files.push_back({.path = file.at("path").get<std::string>(),
                             .hash = file.at("hash").get<std::string>(),
                             .mode = file.value("mode", 0600U)});
  }
  release.snapshot_took = duration_in(document, "snapshot_ms");
  release.migrations_took = duration_in(document, "migrations_ms");
  release.start_took = duration_in(document, "start_ms");
  return release;
}

}  // namespace

Json to_json(const Release& release) {
  Json files = Json::array();
  for (const ReleaseFile& file : release.files) {
    files.push_back({{"path", file.path}, {"hash", file.hash}, {"mode", file.mode}});
  }
  return {{"id", release.id},
          {"version", release.version},
          {"mark", release.mark},
          {"previous", release.previous},
          {"previous_mark", release.previous_mark},
          {"state", to_string(release.state)},
          {"began", release.began},
          {"started", base::to_iso(release.started)},
          {"changed", base::to_iso(release.changed)},
          {"user", release.user},
          {"run", release.run},
          {"problem", release.problem},
          {"databases", Json::array({database_json(release.database)})},
          {"files", std::move(files)},
          {"snapshot_ms", release.snapshot_took.count()},
          {"migrations_ms", release.migrations_took.count()},
          {"start_ms", release.start_took.count()}};
}

Release release_from_json(const Json& document, const std::string& object) {
  try {
    return release_of(document);
  } catch (const Json::exception&) {
    base::fail({.code = "damaged_document",
                .exit = Exit::damaged,
                .message = base::cat(base::printable(object), " is damaged: it is no release's record"),
                .object = object,
                .state = "nothing was changed",
                .next =
                    "put this file back from a copy of the repository; without it `dbrollback restore before:V` brings "
                    "the database back to what it was before version V, and moving it away makes the release unknown"});
  }
}

}  // namespace dbrollback::release
