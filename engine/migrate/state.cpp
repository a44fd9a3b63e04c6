#include "engine/migrate/state.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;

namespace {

const schema::Applied* find_applied(const MigrationState& state, const std::string& version) {
  const auto found = std::ranges::find(state.applied, version, &schema::Applied::version);
  return found == state.applied.end() ? nullptr : &*found;
}

const schema::Migration* find_version(const LoadedProject& project, const std::string& version) {
  const auto& all = project.project->migrations();
  const auto found = std::ranges::find(all, version, &schema::Migration::version);
  return found == all.end() ? nullptr : &*found;
}

std::string note_of(const schema::Migration& migration, const schema::Applied* applied, bool is_late) {
  if (applied == nullptr) {
    return is_late ? "comes before others that are applied already" : "";
  }
  if (applied->failed) {
    return "the tool's own table says that it failed half way";
  }
  return !applied->checksum.empty() && !migration.checksum.empty() && applied->checksum != migration.checksum
             ? "its file has changed since it was applied"
             : "";
}

[[noreturn]] void fail_no_way_back(const schema::Migration& migration, const LoadedProject& project) {
  base::fail(
      {.code = "no_way_back",
       .exit = Exit::refused,
       .message = cat(printable(migration.name), " has no down script"),
       .object = migration.version,
       .state = "nothing was changed",
       .next = cat("write one (", project.format->name, "), or bring the database back by `dbrollback restore`")});
}

}  // namespace

bool MigrationState::has(const std::string& version) const { return find_applied(*this, version) != nullptr; }

MigrationState read_state(database::ScriptSession& session, const LoadedProject& project, bool to_write) {
  MigrationState out;
  out.table = session.find(*project.format, project.table, to_write);
  if (out.table.exists) {
    out.applied = project.project->applied(session.rows(project.project->query(out.table.place)));
  }
  return out;
}

std::vector<MigrationStatus> statuses(const LoadedProject& project, const MigrationState& state) {
  std::vector<MigrationStatus> out;
  const auto& all = project.project->migrations();
  out.reserve(all.size());
  const auto last = std::ranges::find_if(all.rbegin(), all.rend(),
                                         [&](const schema::Migration& each) { return state.has(each.version); });
  const auto applied_until = static_cast<std::size_t>(all.rend() - last);
  for (const schema::Migration& migration : all) {
    const schema::Applied* applied = find_applied(state, migration.version);
    out.push_back({.version = migration.version,
                   .name = migration.name,
                   .state = applied == nullptr ? MigrationStatus::State::pending
                            : applied->failed  ? MigrationStatus::State::failed
                                               : MigrationStatus::State::applied,
                   .has_down = migration.down.has_value(),
                   .note = note_of(migration, applied, out.size() < applied_until)});
  }
  for (const schema::Applied& applied : state.applied) {
    if (find_version(project, applied.version) == nullptr) {
      out.push_back({.version = applied.version,
                     .name = applied.version,
                     .state = MigrationStatus::State::missing,
                     .has_down = false,
                     .note = "applied, and the folder has no such migration"});
    }
  }
  return out;
}

std::string current_version(const LoadedProject& project, const MigrationState& state) {
  const auto& all = project.project->migrations();
  for (auto migration = all.rbegin(); migration != all.rend(); ++migration) {
    if (state.has(migration->version)) {
      return migration->version;
    }
  }
  return state.applied.empty() ? "" : state.applied.back().version;
}

const schema::Migration& find_migration(const LoadedProject& project, const std::string& name) {
  if (const schema::Migration* migration = find_version(project, name)) {
    return *migration;
  }
  const auto& all = project.project->migrations();
  const auto found = std::ranges::find_if(all, [&](const schema::Migration& each) {
    return each.name == name || std::ranges::find(each.tags, name) != each.tags.end();
  });
  if (found == all.end()) {
    base::fail_usage("no_such_migration",
                     cat("there is no migration ", printable(name), " in ", printable(project.folder.native())), name,
                     "dbrollback migrate status");
  }
  return *found;
}

std::vector<const schema::Migration*> to_apply(const LoadedProject& project, const MigrationState& state,
                                               const std::string& to) {
  std::vector<const schema::Migration*> out;
  const schema::Migration* last = to.empty() ? nullptr : &find_migration(project, to);
  for (const schema::Migration& migration : project.project->migrations()) {
    if (!state.has(migration.version)) {
      out.push_back(&migration);
    }
    if (&migration == last) {
      break;
    }
  }
  return out;
}

std::vector<const schema::Migration*> to_revert(const LoadedProject& project, const MigrationState& state,
                                                const std::string& to) {
  const schema::Migration* stays = to == "none" ? nullptr : &find_migration(project, to);
  if (stays != nullptr && !state.has(stays->version)) {
    base::fail({.code = "not_applied",
                .exit = Exit::refused,
                .message = cat(printable(stays->name), " is not applied: it cannot be the one that stays"),
                .object = stays->version,
                .state = "nothing was changed",
                .next = "dbrollback migrate status"});
  }
  for (const schema::Applied& applied : state.applied) {
    if (find_version(project, applied.version) == nullptr) {
      base::fail({.code = "missing_file",
                  .exit = Exit::refused,
                  .message = cat(printable(applied.version), " is applied, and ", printable(project.folder.native()),
                                 " has no such migration: what it did cannot be reverted from here"),
                  .object = applied.version,
                  .state = "nothing was changed",
                  .next = "use the folder of the release that brought it, or `dbrollback restore`"});
    }
  }
  std::vector<const schema::Migration*> out;
  const auto& all = project.project->migrations();
  for (auto migration = all.rbegin(); migration != all.rend() && &*migration != stays; ++migration) {
    if (state.has(migration->version)) {
      if (!migration->down) {
        fail_no_way_back(*migration, project);
      }
      out.push_back(&*migration);
    }
  }
  return out;
}

}  // namespace dbrollback::migrate
