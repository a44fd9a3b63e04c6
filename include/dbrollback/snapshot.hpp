// Taking snapshots, and what a snapshot says about itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"

namespace dbrollback {

class Repository;

// How far a snapshot is proven; each level includes those before it. docs/format.md says what each proves.
enum class Proof { none, stored, content, restored };

[[nodiscard]] const char* to_string(Proof level);
[[nodiscard]] std::optional<Proof> proof_from_string(std::string_view text);

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// What `list` shows of a snapshot: everything that the catalog knows. Sizes are bytes.
struct SnapshotSummary {
  std::string id;
  std::string database;  // the configured name at the time
  std::string lineage;   // the generated id of the database, stable over renames and swaps
  std::string engine;    // "sqlite"
  Time created{};
  std::chrono::milliseconds duration{};
  std::string app_version;  // empty: none was given
  std::string reason;       // "snapshot", "before a deploy", "after the migrations", or "before restore of ID"
  [[nodiscard]] bool before_restore() const {
    return reason.starts_with("before restore") || reason.starts_with("before rollback");
  }
  bool partial = false;  // the rows of some tables are not stored: they were not chosen
  // What a deploy made: who wants `latest` after a bad one wants the state before it.
  [[nodiscard]] bool after_migrations() const { return reason.starts_with("after the migrations"); }
  // `latest` and `before:V` never mean it, and it stands for no day: only who names it can want it.
  [[nodiscard]] bool only_by_id() const { return before_restore() || after_migrations() || partial; }
  std::uint64_t raw_bytes = 0;     // of the database
  std::uint64_t stored_bytes = 0;  // of the snapshot's folder
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
  std::uint64_t failed_checks = 0;  // integrity queries whose result was not the expected one
  Proof proof = Proof::none;
  std::optional<Time> proven_at;
  bool damaged = false;  // the last verification found damage
  bool pinned = false;
  std::string pin_reason;
  std::string parent;                // the snapshot that it was compared with; empty: it stands alone
  std::vector<std::string> holders;  // ids of the snapshots that hold pages of this one
};

struct ColumnFacts {
  std::string name;
  std::string type;  // as declared
};

// What PostgreSQL says of a table: evidence, and what later snapshots and estimates of what was written since compare
// with.
struct PostgresTableFacts {
  std::string schema;
  std::string name;
  std::uint32_t oid = 0;
  std::uint32_t file_node = 0;  // changes when the table is rewritten or truncated
  std::string tablespace;       // empty: the database's own
  std::uint64_t blocks = 0;     // of its heap
  // The server's counters, since it last reset them.
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t deleted = 0;
  std::vector<int> column_numbers;  // attnum of each of the table's columns
};

struct TableFacts {
  std::string name;  // PostgreSQL: with its schema, each in double quotes where SQL needs them
  std::uint64_t rows = 0;
  std::vector<std::string> key;           // columns of the primary key, in its order; empty: none
  std::vector<ColumnFacts> columns = {};  // generated ones left out
  std::string hash = {};                  // content hash, 32 hexadecimal digits; empty where capturing does not tell it
  std::optional<PostgresTableFacts> postgres = {};
};

struct SequenceFacts {
  std::string schema;
  std::string name;
  std::int64_t last_value = 0;
  bool is_called = false;
};

struct MaterializedViewFacts {
  std::string schema;
  std::string name;
  bool populated = false;  // its rows are not stored: they are made again
};

struct PostgresGrant {
  std::string grantor;
  std::string grantee;  // empty: everybody
  std::string privilege;
  bool grantable = false;
  friend bool operator==(const PostgresGrant&, const PostgresGrant&) = default;
};

// What a session begins with, of ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET.
struct PostgresSetting {
  std::string role;  // empty: every role
  std::string name;
  std::string value;  // as the server keeps it: a list has its quotes
  friend bool operator==(const PostgresSetting&, const PostgresSetting&) = default;
};

struct PostgresLabel {
  std::string provider;
  std::string label;
  friend bool operator==(const PostgresLabel&, const PostgresLabel&) = default;
};

struct PostgresExtension {
  std::string name;
  std::string version;
  std::string schema;  // that its objects are in
  friend bool operator==(const PostgresExtension&, const PostgresExtension&) = default;
};

// What belongs to a PostgreSQL database itself and not to anything in it: a new one is made with it.
struct PostgresDatabaseFacts {
  std::string owner;
  std::string encoding;
  std::string collate;
  std::string ctype;
  std::string locale_provider;           // "libc", "icu" or "builtin"
  std::string locale;                    // of a provider other than libc
  std::string icu_rules;                 // since version 16
  std::string collation_version;         // when it was made; since version 15
  std::string actual_collation_version;  // of the server's library now
  std::string tablespace;
  std::int64_t connection_limit = -1;  // -1: none
  bool is_template = false;
  bool allow_connections = true;
  std::string comment;
  std::vector<PostgresGrant> grants;  // all of them, the owner's and those that every database begins with too
  std::vector<PostgresLabel> labels;
  std::vector<PostgresSetting> settings;
  std::vector<PostgresExtension> extensions;
  std::vector<std::string> roles;  // that it, its objects, their grants, policies and default privileges name
  friend bool operator==(const PostgresDatabaseFacts&, const PostgresDatabaseFacts&) = default;
};

// What a snapshot of a PostgreSQL database says beside its tables.
struct PostgresFacts {
  std::string system_identifier;  // of the cluster, with database_oid evidence of where it was, never identity
  std::uint32_t database_oid = 0;
  std::string database;  // its name on the server
  bool standby = false;
  std::string snapshot;        // what pg_current_snapshot() said
  std::string lsn;             // insert position; on a standby the one replayed to
  std::string counters_reset;  // when the server last reset its counters; empty: never
  PostgresDatabaseFacts properties;
  std::vector<SequenceFacts> sequences;
  std::vector<MaterializedViewFacts> materialized_views;
};

struct CheckResult {
  std::string name;
  std::string sql;
  std::string value;                  // what the query returned, as text
  std::optional<std::string> expect;  // absent: "unchanged"
  bool ok = true;
};

struct LeftOut {
  std::string object;
  std::string reason;
};

// A foreign key that refers from rows that are stored to rows that are not.
struct LooseKeyFacts {
  std::uint32_t oid = 0;  // by which the schema's archive names it
  std::string schema;     // of its table
  std::string table;
  std::string name;
  std::string object;     // what the schema's text calls it: "orders_customer_fkey on public.orders"
  std::string refers_to;  // "public.customers"
};

// PostgreSQL: what a snapshot says of which tables were chosen. The others are in `left_out`.
struct PartialFacts {
  std::vector<std::string> tables;  // patterns, as they were given; empty: all but the excluded ones
  std::vector<std::string> exclude_tables;
  std::vector<LooseKeyFacts> foreign_keys;  // what is restored with rows is without these
};

struct SegmentFacts {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::string hash;  // XXH3-128 of the whole file, 32 hexadecimal digits
};

// A file of a snapshot beside its segments.
struct FileFacts {
  std::string name;
  std::uint64_t bytes = 0;
  std::string hash;  // XXH3-128 of the whole file, 32 hexadecimal digits
};

// Another snapshot whose segments hold pages that have not changed since.
struct HolderFacts {
  std::string id;
  std::uint64_t pages = 0;  // how many of this snapshot's pages it holds
  std::vector<SegmentFacts> segments;
};

// What `show` shows: the summary and the rest of the manifest.
struct SnapshotDetails {
  SnapshotSummary summary;
  std::string tool_version;
  std::string server_version;  // the library that read the database
  std::string source;          // evidence only: where the database was
  std::string encoding;
  std::string journal_mode;
  std::uint32_t page_size = 0;
  std::uint64_t page_count = 0;
  std::string schema_fingerprint;
  std::vector<TableFacts> tables;
  std::vector<CheckResult> checks;
  std::vector<LeftOut> left_out;
  std::optional<PartialFacts> partial;  // absent: whole
  std::vector<SegmentFacts> segments;
  std::vector<FileFacts> files;
  std::vector<HolderFacts> holders;
  std::optional<PostgresFacts> postgres;  // absent for other engines
};

struct SnapshotOptions {
  std::string app_version = {};  // the version about to be deployed: what `before:V` finds
  std::string reason = "snapshot";
  std::string pin = {};  // not empty: pinned from the start, with this reason
  bool full = false;     // store every page, also those that an earlier snapshot holds

  // PostgreSQL only: patterns of the tables whose rows are stored; the schema is whole in any case. `*` is any text,
  // `?` a character; a pattern with a point is compared with "schema.table", another one with the table's name in every
  // schema. Both empty: what the configuration of the database says. `tables` empty: all but the excluded ones.
  // Otherwise large objects are left out, unless a pattern with a point means pg_catalog.pg_largeobject.
  std::vector<std::string> tables = {};
  std::vector<std::string> exclude_tables = {};
};

// Takes a snapshot of `database` into `repository`.
// State after a failure: nothing published, the database untouched; the next command removes what was half written.
// Errors: Exit::busy when the database stays locked past its lock_timeout, when a writer had to wait longer than
// max_writer_pause (rollback-journal mode only), or when another snapshot of the same database is being taken;
// Exit::usage for a pattern of tables that means none.
[[nodiscard]] SnapshotDetails take_snapshot(Repository& repository, const DatabaseConfig& database,
                                            const SnapshotOptions& options, Observer& observer);

// The same, written to `fd` as a POSIX tar of the snapshot's folder, manifest last; nothing is written to a disk.
// Holds at most one segment (16 MiB) in memory. `fd` stays open and is the caller's.
[[nodiscard]] SnapshotDetails stream_snapshot(int fd, const DatabaseConfig& database, const SnapshotOptions& options,
                                              Observer& observer);

}  // namespace dbrollback
