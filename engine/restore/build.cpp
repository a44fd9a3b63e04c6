#include "engine/restore/build.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/base/text.hpp"
#include "engine/database/role_names.hpp"
#include "engine/snapshot/capture.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

// For rows that are only counted and hashed.
class Nowhere final : public database::BatchSink, public database::BatchSinks {
 public:
  database::BatchSink& stream(unsigned /*number*/) override { return *this; }
  void take(database::Batch /*batch*/) override {}
};

class Comparison {
 public:
  Comparison(database::View& built, const StoredServerDatabase& from)
      : built_(&built), from_(&from), manifest_(&from.manifest()) {}

  std::vector<Finding> run(Compared what, Observer& observer) {
    if (what.roles && snapshot::schema_fingerprint(*built_) != from_->schema_fingerprint(what.data)) {
      add("schema", "is not the one in the manifest");
    }
    if (what.data) {
      compare_rows(what.roles, observer);
      compare_sequences();
      compare_views();
    }
    return std::move(found_);
  }

 private:
  void add(const std::string& object, std::string problem) {
    found_.push_back({.object = printable(object), .problem = std::move(problem)});
  }

  void compare_rows(bool with_roles, Observer& observer) {
    Nowhere nowhere;
    const auto contents = built_->read(nowhere, [&](std::uint64_t bytes) {
      observer.progress({.phase = "comparing rows", .done = bytes, .total = 0, .unit = "bytes"});
    });
    std::map<std::string, database::Content> now;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      now[built_->describe().schema.tables[i].name] = contents[i];
    }
    for (const TableFacts& table : manifest_->tables) {
      const auto at = now.find(table.name);
      if (at == now.end()) {
        add(cat("table ", table.name), "is not there");
      } else if (at->second.rows != table.rows) {
        add(cat("table ", table.name), cat("has ", base::plural(at->second.rows, "row"), " instead of ", table.rows));
      } else if (to_hex(at->second.hash) != table.hash && (with_roles || !database::rows_name_roles(*table.postgres))) {
        add(cat("table ", table.name), "holds other rows");
      }
    }
  }

  static auto key_of(const SequenceFacts& sequence) {
    return std::tuple(sequence.schema, sequence.name, sequence.last_value, sequence.is_called);
  }

  void compare_sequences() {
    for (const SequenceFacts& sequence : manifest_->postgres->sequences) {
      const auto same = [&](const SequenceFacts& other) { return key_of(other) == key_of(sequence); };
      if (std::ranges::none_of(built_->describe().postgres->sequences, same)) {
        add(cat("sequence ", sequence.schema, ".", sequence.name), "has another value");
      }
    }
  }

  void compare_views() {
    for (const MaterializedViewFacts& view : manifest_->postgres->materialized_views) {
      const auto same = [&](const MaterializedViewFacts& other) {
        return other.schema == view.schema && other.name == view.name && other.populated == view.populated;
      };
      if (std::ranges::none_of(built_->describe().postgres->materialized_views, same)) {
        add(cat("materialized view ", view.schema, ".", view.name),
            view.populated ? "has no rows" : "has rows, and had none");
      }
    }
  }

  database::View* built_;
  const StoredServerDatabase* from_;
  const SnapshotDetails* manifest_;
  std::vector<Finding> found_;
};

}  // namespace

database::BuildOptions build_options(const DatabaseConfig& config, Observer& observer) {
  database::BuildOptions options;
  options.jobs = config.jobs;
  options.lock_timeout = config.lock_timeout;
  options.progress = [&observer](std::string_view phase, std::uint64_t bytes) {
    observer.progress({.phase = phase, .done = bytes, .total = 0, .unit = "bytes"});
  };
  options.tick = [&observer] { snapshot::stop_if_cancelled(observer); };
  return options;
}

std::unique_ptr<database::NewDatabase> build(database::ServerDatabase& target, const StoredServerDatabase& from,
                                             const database::BuildOptions& options) {
  auto built = target.make(from.properties(), options);
  built->fill(from.stored());
  return built;
}

std::vector<Finding> compare(database::View& built, const StoredServerDatabase& from, Compared what,
                             Observer& observer) {
  return Comparison(built, from).run(what, observer);
}

}  // namespace dbrollback::restore
