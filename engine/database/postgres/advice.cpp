#include "engine/database/postgres/advice.hpp"

#include "engine/base/file.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

// In megabytes, as the server keeps it; a database that is smaller is written between two checkpoints anyway.
constexpr const char* wal_sql = R"(
SELECT setting::bigint, pg_database_size(current_database()) >> 20
FROM pg_settings WHERE name = 'max_wal_size')";

constexpr const char* fsync_sql = "SELECT current_setting('fsync')";

constexpr const char* standby_sql = "SELECT pg_is_in_recovery()";

constexpr const char* unlogged_sql = R"(
SELECT count(*), min(format('%I.%I', n.nspname, c.relname))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence = 'u')";

void look_at_programs(int version, const ClientPlaces& places, std::vector<Advice>& out) {
  const ClientPrograms programs = find_client_programs(version, places);
  out.push_back({.is_warning = false,
                 .text = cat("pg_dump ", version_text(programs.version), " of ", printable(programs.folder.native()),
                             " reads this server's schema"),
                 .next = {}});
  try {
    (void)find_server_programs(version, places);
  } catch (const Error& error) {
    out.push_back({.is_warning = true,
                   .text = cat("no proof by restoring here (`verify --level restored`): ", error.what()),
                   .next = error.info().next});
  }
}

void look_at_settings(Connection& live, std::vector<Advice>& out) {
  if (live.value(fsync_sql) == "off") {
    out.push_back({.is_warning = true,
                   .text = "fsync is off on this server: a power cut can damage all that is on it",
                   .next = "turn it on, for all but a server of tests"});
  }
  const Result wal = live.execute(wal_sql);
  if (wal.rows() == 1 && wal.integer(0, 1) > 2 * wal.integer(0, 0)) {
    out.push_back({.is_warning = true,
                   .text = cat("max_wal_size is ", wal.integer(0, 0), " MB, and the database has ", wal.integer(0, 1),
                               " MB: a restore has to wait for many checkpoints"),
                   .next = "let max_wal_size be half the database's size, if the disk has room"});
  }
}

// Where the server's files are, for who may know; and the size of what a restore makes again beside it.
constexpr const char* room_sql = R"(
SELECT CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END,
       pg_database_size(current_database()))";

// A server is on this machine when it is reached by a socket of it.
void look_at_room(Connection& live, std::vector<Advice>& out) {
  const Result room = live.execute(room_sql);
  const auto size = static_cast<std::uint64_t>(room.integer(0, 1));
  const std::string needed = cat("a restore needs ", base::human_bytes(size), " beside the database");
  const std::string host = live.parameters().get("host");
  const bool is_here = (host.empty() || host.starts_with('/')) && !room.is_null(0, 0);
  if (!is_here || !base::glance_at(base::fs::path(room.text(0, 0)).parent_path())) {
    out.push_back({.is_warning = false,
                   .text = cat(needed, " on the server's disk, whose free room is not known from here"),
                   .next = {}});
    return;
  }
  const std::uint64_t free = base::disk_of(room.text(0, 0)).free_bytes;
  out.push_back({.is_warning = free < size,
                 .text = cat(needed, ", and its disk has ", base::human_bytes(free), " free"),
                 .next = free < size ? "free some room there; or restore with --in-place, which needs less" : ""});
}

void look_at_tables(Connection& live, std::vector<Advice>& out) {
  const Result unlogged = live.execute(unlogged_sql);
  if (unlogged.integer(0, 0) > 0) {
    out.push_back(
        {.is_warning = true,
         .text = cat(base::plural(static_cast<std::uint64_t>(unlogged.integer(0, 0)), "table is", "tables are"),
                     " unlogged (", printable(unlogged.text(0, 1)),
                     "): a crash of the server empties them, restored or not"),
         .next = "ALTER TABLE … SET LOGGED, unless their rows can be made again"});
  }
}

}  // namespace

std::vector<Advice> advise(Connection& live, const ClientPlaces& places) {
  std::vector<Advice> out;
  look_at_programs(live.server_version(), places, out);
  look_at_settings(live, out);
  look_at_room(live, out);
  look_at_tables(live, out);
  if (live.value(standby_sql) == "t") {
    out.push_back({.is_warning = true,
                   .text = "this server is a standby: snapshots can be taken from it, and nothing restored to it",
                   .next = "name the primary where restores run"});
  }
  return out;
}

}  // namespace dbrollback::database::postgres
