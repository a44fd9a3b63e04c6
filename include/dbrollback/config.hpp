// The configuration: what `dbrollback.toml` says, as values. docs/configuration.md describes every key.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbrollback {

// An integrity query: one statement that returns one value, run in the same transaction as the snapshot and again on
// whatever is restored from it.
struct Check {
  std::string name;
  std::string sql;
  // The value that the query must return, as text ("0"); absent means "unchanged": whatever the snapshot saw.
  std::optional<std::string> expect;
};

// Another tool's commands that run migrations, as argument vectors. "{version}" in an argument is the one to go to.
struct MigrateCommands {
  std::vector<std::string> up;  // empty: scripts are run by dbrollback itself
  std::vector<std::string> down;
  std::string latest;   // what {version} is where nobody says: "head"
  std::string version;  // a query for the version; empty: from the tool's table, where that is known
};

struct DatabaseConfig {
  enum class Engine { sqlite, postgres };

  std::string name;  // of [database.NAME]; for a URL given directly, the file's name, or that of PostgreSQL's database
  Engine engine = Engine::sqlite;  // without a meaning while `url_problem` is set
  // SQLite: the absolute path of the file; schemes and env:NAME are resolved already.
  // PostgreSQL: the URL or connection string as it was given ("postgres+driver://…", "host=… dbname=…"), env:NAME
  // resolved. IT MAY HOLD A PASSWORD, and so may what libpq says about it: never show, log or store it or a piece of
  // it (messages, run records, lineage files, manifests, arguments of programs). What may be shown are the host, port,
  // user and dbname that libpq has read from it.
  std::string url;
  // Instead of `url`: why it is not known (its environment variable is not set). Only what needs the database itself
  // fails for it: in an incident, listing and verifying snapshots must work from any shell.
  std::string url_problem;
  bool from_url = false;  // given as a URL or path, not found in a configuration
  int level = 1;          // zstd compression level, 1 to 19
  unsigned threads = 0;   // compression threads; 0 means one for each core
  std::chrono::milliseconds lock_timeout{5000};

  std::filesystem::path migrations;  // their folder; empty: not configured
  std::string migrations_format;     // the tool that they are of; empty: found by the files
  std::string migrations_table;      // the tool's own; empty: as the tool calls it by default
  MigrateCommands migrate;

  // SQLite only.
  std::chrono::milliseconds max_writer_pause{5000};

  // PostgreSQL only.
  std::chrono::milliseconds connect_timeout{15000};  // how long the server may take to let us in
  unsigned jobs = 2;                                 // connections of a snapshot or a restore, 1 to 64
  std::chrono::milliseconds yield_after{5000};       // how long somebody may wait for a snapshot's locks
  std::uint64_t max_rate = 0;                        // bytes a second that a snapshot reads; 0 means no limit
  // Patterns of the tables whose rows a snapshot stores, as in SnapshotOptions; both empty: of all.
  std::vector<std::string> tables;
  std::vector<std::string> exclude_tables;
  std::filesystem::path pg_bin;  // the folder of the client programs; empty: found by the server's version
  // As secret as `url`, and with a problem instead in the same way; empty when not configured.
  std::string admin_url;  // where another role makes databases
  std::string admin_url_problem;
  std::string scratch_url;  // a server for proofs
  std::string scratch_url_problem;
  std::string scratch_user;  // the account that runs a temporary server for root; empty: not configured

  std::vector<Check> checks;
};

// An argument vector. What is in braces is put in when it is run: docs/configuration.md, "The application".
using CommandLine = std::vector<std::string>;

// What tells whether something works: an answer over HTTP, or a command that exits with 0.
// In its texts {version} and {previous} stand for those of the release that is asked for.
struct HealthProbe {
  std::string name;  // for people: the URL without its query, or the program
  std::string url;   // http:// or https://; as secret as a database's; empty: a command
  std::string url_problem;
  int status = 200;
  // Values that the answer's JSON must have: a path ("database.ok", "checks.0.state") and the value as JSON text.
  std::vector<std::pair<std::string, std::string>> json;
  CommandLine command;
  std::chrono::milliseconds within{60000};  // it is asked again until then
};

// A part of the application that is stopped, switched to another version and started by itself.
struct ServiceConfig {
  std::string name;  // "web"; of an application that is one piece: "application"
  std::vector<CommandLine> stop;
  std::vector<CommandLine> switch_to;
  std::vector<CommandLine> start;
  CommandLine available;  // fails where {version} is not there to switch to
  CommandLine version;    // prints the version that is there
  CommandLine mark;       // prints what {mark} stands for when that version is to come back
  std::vector<HealthProbe> health;
};

// Where evidence of what went wrong comes from: a command's output, or the answer of a URL.
struct EvidenceSource {
  CommandLine command;  // empty: a URL
  std::string url;
  std::string url_problem;
};

struct AppConfig {
  std::string preset;                   // empty: none
  std::filesystem::path folder;         // that its commands run in
  std::vector<ServiceConfig> services;  // empty: nobody said how the application is switched
  CommandLine dirty;                    // prints something where the version is not all that is there
  std::vector<std::filesystem::path> config_files;
  std::vector<CommandLine> clear_caches;
  std::vector<EvidenceSource> evidence;
  std::chrono::milliseconds timeout{60000};           // of each command
  std::optional<std::chrono::milliseconds> rto = {};  // how long a way back may take
};

// Who is told.
struct NotifyConfig {
  enum class Format { json, slack };
  std::string url;  // as secret as a database's
  std::string url_problem;
  Format format = Format::json;
  // "deploy", "deploy_failed", "rollback" (started, completed and failed), "verify_failed"
  std::vector<std::string> on;
};

// Which snapshots `prune` keeps, per database. A snapshot is kept when any rule keeps it.
struct Retention {
  unsigned last = 10;
  unsigned daily = 7;
  unsigned weekly = 4;
  unsigned monthly = 6;
};

struct Config {
  std::filesystem::path file;  // empty: no configuration file was found
  std::string repository;      // an absolute path
  std::string timezone = "UTC";
  Retention keep;
  std::vector<DatabaseConfig> databases;
  AppConfig app;
  std::vector<HealthProbe> health;  // of the application as a whole
  std::vector<NotifyConfig> notify;
};

// Looks for dbrollback.toml in `start` and its parents. Empty when there is none.
[[nodiscard]] std::filesystem::path find_config(const std::filesystem::path& start);

// Reads a configuration file; relative paths in it are relative to its folder. Throws Error (Exit::usage) for the first
// mistake, its message beginning with "FILE:LINE:COLUMN: ": the file is this one, or a preset of their own that it
// names.
[[nodiscard]] Config load_config(const std::filesystem::path& file);

// The defaults of a machine without a configuration file: the repository is $XDG_DATA_HOME/dbrollback (or
// ~/.local/share/dbrollback), for root /var/lib/dbrollback.
[[nodiscard]] Config default_config();

// The database that `name_or_url` means: one of `config` by name, or a database of its own for a URL or a path to a
// file. An empty string means the only one of `config`. Throws Error (Exit::usage) when that is ambiguous or unknown,
// when it is malformed (no message repeats it), and when it holds a password: that may only come from env:NAME.
[[nodiscard]] DatabaseConfig select_database(const Config& config, std::string_view name_or_url);

// Throws Error "password_in_argument" (Exit::usage) for what looks like a URL or a connection string with a password in
// it, and for nothing that can be a database's name.
void refuse_password(std::string_view argument);

// Does it mean a PostgreSQL database, by its scheme or as "host=… dbname=…"? It need not be right.
[[nodiscard]] bool is_postgres_url(std::string_view url);

// The file that an SQLite URL names ("sqlite:/a/b.db", "sqlite:///a/b.db", "file:b.db", "b.db"), absolute.
// Throws Error (Exit::usage) for a URL of another kind.
[[nodiscard]] std::filesystem::path sqlite_path(std::string_view url);

// "5s", "250ms", "2m", "36h", "7d" as a duration. Throws Error (Exit::usage).
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view text);

// "50MB", "1GiB" as a number of bytes. Throws Error (Exit::usage).
[[nodiscard]] std::uint64_t parse_size(std::string_view text);

// The text of a new, commented configuration file, with the keys of the database's kind, or of each kind where that is
// not known. Empty `database_url`: the section is commented out.
[[nodiscard]] std::string config_template(const std::string& repository, const std::string& database_name,
                                          const std::string& database_url);

}  // namespace dbrollback
