// What the rest of the engine knows of a database: a consistent view that can be described, read and counted, and a
// target that can be overwritten. The adapters beside this file are the only places that know which library does it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/processes.hpp"
#include "schema/model.hpp"

namespace dbrollback::database {

// Facts of a database at the moment of a view.
struct Description {
  std::string engine;
  std::string server_version;
  std::string source;  // where it is: evidence, never identity; without any secret, since manifests hold it
  std::string encoding;
  std::string journal_mode;
  std::uint32_t page_size = 0;  // 0: an engine whose pages are not read
  std::uint64_t page_count = 0;
  std::uint64_t size = 0;  // bytes, where there are no pages
  schema::Schema schema;
  std::optional<PostgresFacts> postgres;
  std::vector<PostgresTableFacts> postgres_tables;            // of schema.tables, in their order
  std::vector<std::pair<std::string, std::string>> left_out;  // object, reason
  std::optional<PartialFacts> partial;                        // the rows of some tables are left out

  [[nodiscard]] std::uint64_t bytes() const { return page_size != 0 ? page_count * page_size : size; }
};

// How much is read and written at a time. A snapshot stores a view's batch as one frame: who reads it again in pieces
// of the same size gets whole frames, each with a hash that is known already (PageSource::hash).
constexpr std::uint64_t batch_bytes = 1U << 20U;

// Whole pages or whole rows, one after another. Of an engine with pages: the run [first, end), counted from 0. Of one
// with rows: some of those of a table's blocks [first, end); `object` is the table's place in describe()'s, counted
// from 1, and `part` which of the pieces that it is read in. A row that is too large for one goes on in the next of its
// stream.
struct Batch {
  std::uint32_t object = 0;
  std::uint32_t part = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t rows = 0;  // pages, or rows that end in it
  base::Bytes bytes;
};

// Where a view's content goes. Batches come in any order, each page and row once.
class BatchSink {
 public:
  BatchSink() = default;
  BatchSink(const BatchSink&) = delete;
  BatchSink& operator=(const BatchSink&) = delete;
  BatchSink(BatchSink&&) = delete;
  BatchSink& operator=(BatchSink&&) = delete;
  virtual ~BatchSink() = default;
  // For a batch. One that was used before holds what it held: who makes it as long as it was writes no zeros first.
  [[nodiscard]] virtual base::Bytes take_buffer() { return {}; }
  virtual void take(Batch batch) = 0;
};

// A sink for each of the streams that a view is read in at the same time.
class BatchSinks {
 public:
  BatchSinks() = default;
  BatchSinks(const BatchSinks&) = delete;
  BatchSinks& operator=(const BatchSinks&) = delete;
  BatchSinks(BatchSinks&&) = delete;
  BatchSinks& operator=(BatchSinks&&) = delete;
  virtual ~BatchSinks() = default;
  // `number` < View::streams(). Each is used by one thread at a time.
  [[nodiscard]] virtual BatchSink& stream(unsigned number) = 0;
};

// Random access to a database's pages, checked as they are read. One thread at a time.
class PageSource {
 public:
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;
  PageSource(PageSource&&) = delete;
  PageSource& operator=(PageSource&&) = delete;
  virtual ~PageSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Fills `into` from `offset`; precondition: the range lies within size(). Throws Error (Exit::damaged).
  virtual void read(std::uint64_t offset, std::span<std::byte> into) = 0;
  // What `read` would give, without copying it where the source has it in one piece. Valid until the next call, and as
  // long as `buffer`, in which it may be.
  [[nodiscard]] virtual base::ByteView view(std::uint64_t offset, std::uint64_t size, base::Bytes& buffer) {
    buffer.resize(size);
    read(offset, buffer);
    return buffer;
  }
  // XXH3-128 of what `read` would give: a source that knows it need not read.
  [[nodiscard]] virtual base::Hash128 hash(std::uint64_t offset, std::uint64_t size) {
    base::Bytes buffer;
    return base::xxh3_128(view(offset, size, buffer));
  }
};

// Rows to load, in runs that can be loaded independently of each other.
class RowSource {
 public:
  struct Run {
    std::size_t table = 0;
    std::uint64_t bytes = 0;
  };
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  RowSource(RowSource&&) = delete;
  RowSource& operator=(RowSource&&) = delete;
  virtual ~RowSource() = default;
  [[nodiscard]] virtual std::vector<Run> runs() const = 0;
  // Gives `take` a run's rows, in any pieces. Several threads may read at once.
  virtual void read(std::size_t run, const std::function<void(base::ByteView)>& take) const = 0;
};

// A table's rows as a number that does not depend on their order: docs/format.md, "Content hash".
struct Content {
  std::uint64_t rows = 0;
  base::Hash128 hash;
  friend bool operator==(const Content&, const Content&) = default;
};

struct RowDifference {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  std::uint64_t changed = 0;
  std::string compared_by;
};

// Asked at every moment at which a long reading may stop; throws to stop it.
using Tick = std::function<void()>;

// A consistent view: everything that it returns belongs to one moment. One thread at a time.
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  View(View&&) = delete;
  View& operator=(View&&) = delete;
  virtual ~View() = default;

  [[nodiscard]] virtual const Description& describe() const = 0;
  // How many streams `read` uses.
  [[nodiscard]] virtual unsigned streams() const { return 1; }
  // Everything to `sinks`. Returns the content of each of describe()'s tables, in their order, where reading tells it:
  // an engine with pages returns nothing.
  virtual std::vector<Content> read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) = 0;
  // Gives `take` an archive of the schema, in pieces; false for an engine whose pages hold it.
  virtual bool read_schema(const std::function<void(base::ByteView)>& /*take*/) { return false; }
  [[nodiscard]] virtual std::uint64_t count(const std::string& table) = 0;
  // Nothing where it takes longer than `limit`; an engine that cannot stop counting goes on to the end.
  [[nodiscard]] virtual std::optional<std::uint64_t> count_within(const std::string& table,
                                                                  std::chrono::milliseconds /*limit*/) {
    return count(table);
  }
  [[nodiscard]] virtual Content content(const std::string& table) = 0;
  // The one value that a query returns, as text ("NULL" for none). Throws Error (Exit::usage) for a query that fails,
  // returns no row or more than one column, or would write.
  [[nodiscard]] virtual std::string value_of(const std::string& sql) = 0;
  // What the database's own checks find: damage first; then rows that refer to nothing.
  struct Integrity {
    std::vector<std::string> damage;
    std::vector<std::string> orphans;    // "orders -> customers: 11 rows"
    std::vector<std::string> unchecked;  // tables that only the application could check, and why
  };
  [[nodiscard]] virtual Integrity integrity() = 0;
};

struct ViewOptions {
  std::chrono::milliseconds lock_timeout{5000};
  // How long a writer may be kept waiting by this view before it gives up with Error "writer_waiting" (Exit::busy).
  std::chrono::milliseconds max_writer_pause{5000};
  // Patterns of the tables whose rows are read, of an engine with rows; both empty: all of them.
  std::vector<std::string> tables = {};
  std::vector<std::string> exclude_tables = {};
  bool with_schema = false;  // read_schema will be asked for: an engine may have to do more for that at the beginning
  Tick tick = {};
};

// What is at a path.
struct Condition {
  enum class Kind { absent, database, broken };
  Kind kind = Kind::absent;
  std::string problem;                           // for broken: what is wrong with it
  std::vector<std::filesystem::path> leftovers;  // journals beside it that no process is using
  base::Holders holders;
};

struct OverwriteOptions {
  std::chrono::milliseconds lock_timeout{5000};
  bool verify = true;  // compare every page with the source afterwards
  // Nobody else knows this file, which is not there yet: its pages are written as they are, by no transaction of the
  // engine's, synced once at the end, and its schema is read. `keep_state` is not called, and what a failure leaves is
  // the caller's to remove.
  bool private_file = false;
  // Called when nobody can write any more and before anything is overwritten. May be empty.
  std::function<void()> keep_state;
  std::function<void(std::string_view phase, std::uint64_t bytes)> progress;
  Tick tick;
};

struct OverwriteResult {
  // not_done: not asked for, or a writer was waiting. equal: every page is the source's, but for the bytes that the
  // engine changes by its own hand. written_since: somebody wrote before the comparison could begin.
  enum class Comparison { not_done, equal, written_since };
  Comparison comparison = Comparison::not_done;
  std::chrono::milliseconds writers_paused{};
};

struct TablesOptions {
  std::chrono::milliseconds lock_timeout{5000};
  bool allow_orphans = false;
  bool verify = true;                // of a server: compare the rows with the snapshot before the commit
  std::function<void()> keep_state;  // called when nobody else can write any more
  Tick tick;
};

class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  Database(Database&&) = delete;
  Database& operator=(Database&&) = delete;
  virtual ~Database() = default;

  [[nodiscard]] virtual std::unique_ptr<View> open_view(const ViewOptions& options, Observer& observer) = 0;
  // For messages and as evidence, without any secret: a file's path, or "postgresql://user@host:5432/name".
  [[nodiscard]] virtual std::string location() const = 0;
  // What locks and lineages go by: the same, however this database was named.
  [[nodiscard]] virtual std::string identity() { return location(); }
  // Where its bytes are, when that is a file of this machine.
  [[nodiscard]] virtual std::optional<std::filesystem::path> file() const { return std::nullopt; }
};

// A database that is a file, and need not be there.
class FileDatabase : public Database {
 public:
  [[nodiscard]] virtual Condition condition() = 0;
  // Replaces everything with `source`, atomically for readers and writers of the database.
  // State after a failure: unchanged, unless the Error is Exit::partial.
  virtual OverwriteResult overwrite(PageSource& source, const OverwriteOptions& options) = 0;
  // Replaces the rows (and, where it differs, the definition) of some tables, in one transaction.
  // State after a failure: unchanged.
  virtual void overwrite_tables(PageSource& source, const std::vector<std::string>& tables,
                                const TablesOptions& options) = 0;
};

// The adapter for a configured database. Throws Error (Exit::usage) for a URL of no known kind.
[[nodiscard]] std::unique_ptr<Database> open_database(const DatabaseConfig& config);
[[nodiscard]] std::unique_ptr<FileDatabase> open_file(const std::filesystem::path& file);
// A view of stored pages, without a file. `source` must outlive it.
[[nodiscard]] std::unique_ptr<View> open_pages(PageSource& source, const std::string& name, const ViewOptions& options);
// Row by row. Preconditions: both are views of pages, stored or of a file, and have the table.
[[nodiscard]] RowDifference compare_rows(View& a, View& b, const std::string& table);

}  // namespace dbrollback::database
