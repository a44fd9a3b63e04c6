// What only a database of a server can: another one is built beside it, and takes its place.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dbrollback/restore.hpp"
#include "engine/base/time.hpp"
#include "engine/database/database.hpp"
#include "engine/database/script_session.hpp"
#include "engine/database/stored_database.hpp"
#include "schema/model.hpp"

namespace dbrollback::database {

constexpr std::array<std::string_view, 6> obstacle_names{
    "prepared-transactions", "logical-slots", "subscriptions", "wal-senders", "foreign-sessions", "background-workers"};

// Something that stands in the way of a swap, or is lost by it.
struct Obstacle {
  std::string name;         // one of obstacle_names
  std::string description;  // one sentence, naming the objects
  std::string next;         // what to do about it
};

// What a snapshot needs of the server that it is restored to. What it refers to must outlive it.
struct Needs {
  const PostgresDatabaseFacts* properties = nullptr;
  std::string server_version;  // of the snapshot's server
  RoleOptions roles;
  std::set<std::string> tablespaces = {};  // none where everything goes into the database's own
  const schema::Schema* schema = nullptr;  // null: not known
};

// What doctor says of a server.
struct Advice {
  bool is_warning = false;
  std::string text;
  std::string next;  // what to do about it; empty: nothing
};

// A database that a restore left beside the live one.
struct KeptDatabase {
  enum class Kind { restoring, replaced };
  std::string name;
  Kind kind = Kind::restoring;
  base::Time made{};  // to the second
  std::string owner;
  std::optional<std::uint64_t> bytes;  // nothing where this role may not ask
};

// A view whose rows can be read one by one.
class RowView : public View {
 public:
  // Gives `take` each row of a table, in no order: a line of COPY's text format, without its end. Returns how many.
  virtual std::uint64_t rows(const std::string& table, const std::function<void(base::ByteView row)>& take) = 0;
};

// What was written since a snapshot.
struct WrittenSince {
  struct Table {
    std::string name;                        // its name now
    std::optional<std::uint64_t> rows_then;  // absent: made since
    std::optional<std::uint64_t> rows_now;   // absent: dropped since
    std::uint64_t written = 0;               // rows inserted, updated and deleted
  };
  std::string unknown;  // why it is not known; empty: it is
  std::vector<Table> tables;
};

struct Swapped {
  std::string kept;                      // the name of what was replaced; empty: there was nothing
  std::chrono::milliseconds downtime{};  // from when nobody could connect any more until everybody could
  std::uint64_t ended = 0;               // sessions
};

struct TablesOverwritten {
  std::uint64_t rows = 0;
  std::vector<std::string> unchecked_keys;  // foreign keys that rows break now, which were left NOT VALID
};

struct InPlaceOptions {
  std::chrono::milliseconds lock_timeout{5000};
  RoleOptions roles;
  std::function<void()> keep_state;                   // called when nobody else can write any more; may be empty
  std::function<void(View& restored)> compare;        // called before it is committed; may be empty
  std::function<void(std::uint64_t bytes)> progress;  // told of rows
  Tick tick;
};

struct BuildOptions {
  unsigned jobs = 2;
  RoleOptions roles;
  bool no_tablespaces = false;
  bool schema_only = false;  // no rows, no large objects, no values of sequences
  std::chrono::milliseconds lock_timeout{5000};
  std::function<void(std::string_view phase, std::uint64_t bytes)> progress = {};
  Tick tick = {};
};

// How data is loaded into tables that are there.
struct LoadOptions {
  BuildOptions build;    // its jobs mean nothing: one session does it
  bool partial = false;  // as of StoredFacts
  bool verify = true;    // compare the rows with the snapshot before they are there for others
};

// A database that is being built. What is not swapped in is dropped with this object; should that fail, it is one of
// ServerDatabase::drop_interrupted's.
class NewDatabase {
 public:
  NewDatabase() = default;
  NewDatabase(const NewDatabase&) = delete;
  NewDatabase& operator=(const NewDatabase&) = delete;
  NewDatabase(NewDatabase&&) = delete;
  NewDatabase& operator=(NewDatabase&&) = delete;
  virtual ~NewDatabase() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;
  // What `finish` will not be able to do, a sentence each.
  [[nodiscard]] virtual const std::vector<std::string>& limits() const = 0;
  // Makes of it what `stored` holds. When this returns, that is on disk.
  virtual void fill(const StoredDatabase& stored) = 0;
  [[nodiscard]] virtual std::unique_ptr<View> open_view() = 0;
  // For scripts that are tried on it.
  [[nodiscard]] virtual std::unique_ptr<ScriptSession> open_session() = 0;
  // Another one like it, as it is now. Precondition: no view and no session of it is open.
  [[nodiscard]] virtual std::unique_ptr<NewDatabase> copy() = 0;
  // Gives it what comes last: grants, comment, limit, settings.
  virtual void finish() = 0;
  // Puts it into the live one's place, under everybody who uses that, which stays aside under another name.
  // State after a failure: the live one is where it was; its sessions may have been ended. Exit::partial when the
  // server's answer was lost and it cannot be asked.
  virtual Swapped swap() = 0;
};

class ServerDatabase : public Database {
 public:
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual bool exists() = 0;
  // As open_view.
  [[nodiscard]] virtual std::unique_ptr<RowView> open_rows(const ViewOptions& options) = 0;
  // Why a snapshot with these needs cannot be restored here, a sentence each. May make an empty database for it and
  // drop that.
  [[nodiscard]] virtual std::vector<std::string> missing(const Needs& needs) = 0;
  // What this role may not do that overwrite_tables of these tables needs, or where there are none restore_in_place, a
  // sentence each. Precondition: it exists.
  [[nodiscard]] virtual std::vector<std::string> missing_rights(const std::vector<std::string>& tables) = 0;
  // Precondition: it exists.
  [[nodiscard]] virtual std::vector<Obstacle> obstacles() = 0;
  // Precondition: it exists.
  [[nodiscard]] virtual std::vector<Advice> advice() = 0;
  // Estimated without reading a table. Precondition: it exists.
  [[nodiscard]] virtual WrittenSince written_since(const PostgresFacts& snapshot,
                                                   const std::vector<TableFacts>& tables) = 0;
  // The oldest first.
  [[nodiscard]] virtual std::vector<KeptDatabase> kept() = 0;
  // Since it took the place of one of kept(): at least that much, without numbers of rows. Precondition: it exists.
  [[nodiscard]] virtual WrittenSince written_since_swap(const std::string& kept) = 0;
  // Drops one of kept().
  virtual void drop_kept(const std::string& name) = 0;
  // Drops what interrupted restores left; returns their names.
  virtual std::vector<std::string> drop_interrupted() = 0;
  // Makes a database beside this one, which need not exist, with what `facts` say.
  [[nodiscard]] virtual std::unique_ptr<NewDatabase> make(const PostgresDatabaseFacts& facts,
                                                          const BuildOptions& options) = 0;
  // Replaces the rows of some tables in one transaction, in which others can read them and not write. No trigger of
  // theirs fires; the sequences of their columns are advanced and never set back. Precondition: `stored` has the
  // tables. Errors: "table_not_restorable" and "orphans" (Exit::refused), Exit::busy when they stay locked,
  // Exit::partial when the server's answer to COMMIT was lost. State after any other failure: unchanged.
  virtual TablesOverwritten overwrite_tables(const StoredDatabase& stored, const std::vector<std::string>& tables,
                                             const TablesOptions& options) = 0;
  // Makes this database what `stored` holds, in one transaction, during which nobody else can write to it, and soon
  // nobody can read: what belongs to the database itself (its owner, grants, settings) stays. Precondition: this role
  // owns all that is in it, or is a superuser. What the callbacks throw comes out. Errors: Exit::busy when tables stay
  // locked, Exit::partial when the server's answer to COMMIT was lost. State after any other failure: unchanged.
  virtual void restore_in_place(const StoredDatabase& stored, const InPlaceOptions& options) = 0;
  // Why the data of a snapshot cannot be loaded into the tables that are there, a sentence each; empty: it can be.
  // Precondition: it exists.
  [[nodiscard]] virtual std::vector<std::string> not_loadable(const StoredFacts& stored) = 0;
  // Loads it. Returns what was not done, a sentence each. State after a failure: nothing was loaded, unless the Error
  // is Exit::partial; sequences may have been set.
  [[nodiscard]] virtual std::vector<std::string> load(const StoredDatabase& stored, const LoadOptions& options) = 0;
  // Puts one of kept() back into this one's place.
  virtual Swapped put_back(const std::string& kept) = 0;
};

// A server for proofs, and the place of a database on it.
struct ScratchPlace {
  std::shared_ptr<void> server;  // the temporary one; null: one that is configured
  std::unique_ptr<ServerDatabase> database;
};

// `config`: where its programs are, or its scratch_url. A temporary server is of the major version `server_version`, in
// `folder`; it ends with the last that holds it, and must be held by the thread that called this. Roles that the facts
// name are made where they are missing, without any right. Errors as of postgres::ScratchServer.
[[nodiscard]] ScratchPlace open_scratch(const DatabaseConfig& config, const PostgresFacts& facts,
                                        const std::string& server_version, const std::filesystem::path& folder,
                                        const Tick& tick);

struct ScriptOptions {
  std::string title;           // for people: what is in it
  std::string server_version;  // of the database
  RoleOptions roles;
  std::function<void(std::uint64_t bytes)> progress;  // told of rows
  Tick tick;
};

// Gives `take` a script that psql loads into an empty database, which then is what `stored` holds. `config`: where the
// programs are. Errors: as of prove_schema and RowSource::read.
void write_script(const DatabaseConfig& config, const StoredDatabase& stored, const ScriptOptions& options,
                  const std::function<void(base::ByteView)>& take);

// Reads an archive of a schema to its end, as `config` says where the programs are. Throws Error: "damaged_schema"
// (Exit::damaged) with what pg_restore said, "no_pg_dump" where none is new enough for `server_version`.
void prove_schema(const DatabaseConfig& config, const std::string& server_version, const std::filesystem::path& archive,
                  const Tick& tick);

// Precondition: the configured database is one of a server. Throws Error (Exit::usage) for a URL that cannot be read.
[[nodiscard]] std::unique_ptr<ServerDatabase> open_server(const DatabaseConfig& config);

}  // namespace dbrollback::database
