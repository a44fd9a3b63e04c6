#include "engine/restore/prove.hpp"

#include <map>
#include <optional>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/build.hpp"
#include "engine/restore/execute.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/open.hpp"
#include "engine/snapshot/stored_rows.hpp"
#include "engine/snapshot/stored_schema.hpp"
#include "engine/snapshot/verify_stored.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

using Contents = std::map<std::string, database::Content>;

class Proving {
 public:
  Proving(repository::Store& store, const std::string& id, const VerifyOptions& options, Observer& observer)
      : store_(&store), options_(&options), observer_(&observer) {
    report_.id = id;
    report_.level = options.level;
  }

  VerifyReport run() {
    const auto start = std::chrono::steady_clock::now();
    check_sidecars();
    stored();
    // What is not even stored whole has nothing to say about its content.
    if (report_.damage.empty() && options_->level >= Proof::content) {
      guarded("content", [&] { content(); });
    }
    if (report_.damage.empty() && options_->level >= Proof::restored) {
      guarded("scratch restore", [&] { rows_ ? restored_rows() : restored(); });
    }
    report_.ok = report_.damage.empty();
    report_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    record();
    return std::move(report_);
  }

 private:
  void damage(std::string object, std::string problem) {
    report_.damage.push_back({.object = std::move(object), .problem = std::move(problem)});
  }

  // Damage on the way is a finding; everything else ends the verification.
  template <class Action>
  void guarded(const std::string& what, Action action) {
    try {
      action();
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      damage(what, base::problem_of(error));
    }
  }

  void check_sidecars() {
    guarded("proof.json", [&] { earlier_ = store_->read_proof(report_.id); });
    guarded("pin.json", [&] { (void)store_->read_pin(report_.id); });
  }

  void stored() {
    const std::uint64_t total = store_->listed_summary(report_.id).stored_bytes;
    std::uint64_t done = 0;
    auto check = snapshot::verify_stored(store_->objects(), report_.id, [&](std::uint64_t bytes) {
      done += bytes;
      snapshot::stop_if_cancelled(*observer_);
      observer_->progress({.phase = "reading segments", .done = done, .total = total, .unit = "bytes"});
    });
    report_.frames = check.frames;
    report_.stored_bytes = check.bytes;
    report_.damage.insert(report_.damage.end(), check.damage.begin(), check.damage.end());
    report_.damage.insert(report_.damage.end(), check.beside.begin(), check.beside.end());
  }

  database::Tick tick() {
    return [this] { snapshot::stop_if_cancelled(*observer_); };
  }

  database::ViewOptions view_options() { return {.tick = tick()}; }

  Contents read_contents(database::View& view, std::string_view phase) {
    Contents out;
    const auto& tables = view.describe().schema.tables;
    for (const auto& table : tables) {
      observer_->progress({.phase = phase, .done = out.size(), .total = tables.size(), .unit = "tables"});
      out[table.name] = view.content(table.name);
    }
    return out;
  }

  void compare_counts(const SnapshotDetails& manifest, const Contents& contents) {
    for (const auto& table : manifest.tables) {
      const auto at = contents.find(table.name);
      if (at == contents.end()) {
        damage(cat("table ", printable(table.name)), "is in the manifest but not in the data");
      } else if (at->second.rows != table.rows) {
        damage(cat("table ", printable(table.name)),
               cat("has ", base::plural(at->second.rows, "row"), ", the manifest says ", table.rows));
      }
    }
    if (contents.size() != manifest.tables.size() && report_.damage.empty()) {
      damage("schema", "the data has tables that the manifest does not name");
    }
  }

  void compare_checks(const SnapshotDetails& manifest, database::View& view, std::string_view where) {
    for (const auto& check : manifest.checks) {
      const std::string value = view.value_of(check.sql);
      if (value != check.value) {
        damage(cat("integrity query '", printable(check.name), "'"),
               cat("gives ", printable(value), " ", where, ", and gave ", printable(check.value),
                   " when the snapshot was taken"));
      }
    }
  }

  void content() {
    SnapshotDetails manifest = snapshot::read_manifest(store_->objects(), report_.id);
    if (manifest.postgres) {
      content_of_rows(rows_.emplace(store_->objects(), std::move(manifest)));
    } else {
      content_of_pages(pages_.emplace(store_->objects(), std::move(manifest), view_options()));
    }
  }

  void content_of_pages(snapshot::OpenSnapshot& source) {
    contents_ = read_contents(source.view(), "hashing tables");
    report_.tables = contents_.size();
    for (const auto& [name, content] : contents_) {
      report_.rows += content.rows;
    }
    compare_counts(source.manifest(), contents_);
    if (snapshot::schema_fingerprint(source.view()) != source.manifest().schema_fingerprint) {
      damage("schema", "is not the one in the manifest");
    }
    if (earlier_) {
      for (const auto& table : earlier_->contents) {
        const auto at = contents_.find(table.name);
        if (at != contents_.end() && to_hex(at->second.hash) != table.hash) {
          damage(cat("table ", printable(table.name)), "has another content hash than at the last verification");
        }
      }
    }
    compare_checks(source.manifest(), source.view(), "on the stored data");
  }

  void content_of_rows(const StoredServerDatabase& stored) {
    const SnapshotDetails& manifest = stored.manifest();
    (void)snapshot::read_schema(store_->objects(), manifest);
    database::prove_schema(options_->database, manifest.server_version, stored.stored().schema, tick());
    std::uint64_t done = 0;
    const auto contents = stored.rows().contents([&](std::uint64_t bytes) {
      done += bytes;
      snapshot::stop_if_cancelled(*observer_);
      observer_->progress({.phase = "hashing rows", .done = done, .total = 0, .unit = "bytes"});
    });
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const TableFacts& table = manifest.tables[i];
      report_.rows += contents[i].rows;
      if (contents[i].rows != table.rows || to_hex(contents[i].hash) != table.hash) {
        damage(cat("table ", printable(table.name)), "does not hold the rows that the manifest says");
      }
      contents_[table.name] = contents[i];
    }
    report_.tables = contents.size();
  }

  // Precondition of these two: the content was proven.
  void restored_rows() {
    const SnapshotDetails& manifest = rows_->manifest();
    const auto scratch = database::open_scratch(options_->database, *manifest.postgres, manifest.server_version,
                                                options_->scratch, tick());
    refuse_unprovable(scratch.database->missing(
        {.properties = &manifest.postgres->properties, .server_version = manifest.server_version, .roles = {}}));
    const auto start = std::chrono::steady_clock::now();
    auto options = build_options(options_->database, *observer_);
    options.no_tablespaces = true;
    const auto built = build(*scratch.database, *rows_, options);
    const auto view = built->open_view();
    for (Finding& finding : compare(*view, *rows_, {}, *observer_)) {
      report_.damage.push_back({.object = cat("restored ", finding.object), .problem = finding.problem});
    }
    if (manifest.partial && !manifest.checks.empty()) {
      report_.warnings.push_back({.object = "integrity queries",
                                  .problem = "were not asked: the rows of tables that were not chosen are not there"});
    } else {
      compare_checks(manifest, *view, "on the restored data");
    }
    built->finish();
    restored_since(start);
  }

  // Rounded up: 0 is that there was none.
  void restored_since(std::chrono::steady_clock::time_point start) {
    report_.restore_duration = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  }

  void refuse_unprovable(const std::vector<std::string>& missing) const {
    if (!missing.empty()) {
      base::fail(
          {.code = "cannot_be_proven_here",
           .exit = Exit::failed,
           .message = cat(report_.id, " cannot be proven here: of the server for proofs, ", base::join(missing, "; ")),
           .object = report_.id,
           .state = "what is stored was found whole; nothing was restored and no proof recorded",
           .next = "install what is missing, or name another server as scratch_url in dbrollback.toml"});
    }
  }

  void restored() {
    const std::filesystem::path parent = options_->scratch.empty() ? base::temporary_folder() : options_->scratch;
    const base::TemporaryFolder scratch(parent / "dbrollback-scratch-");
    const std::filesystem::path file = scratch.path() / "restored.db";
    repository::require_room(pages_->pages().size(), base::disk_of(scratch.path()).free_bytes,
                             scratch.path().parent_path(), "the scratch restore",
                             "free some room there, or name a folder on another disk with --scratch");
    const auto start = std::chrono::steady_clock::now();
    write_new_file(pages_->pages(), file, true, *observer_);  // and compares each page: what a restore does
    restored_since(start);
    const auto database = database::open_file(file);
    const auto view = database->open_view(view_options(), *observer_);
    if (snapshot::schema_fingerprint(*view) != pages_->manifest().schema_fingerprint) {
      damage("restored schema", "is not the one in the manifest");
    }
    for (const auto& [name, content] : read_contents(*view, "hashing restored tables")) {
      if (!contents_.contains(name) || contents_[name] != content) {
        damage(cat("restored table ", printable(name)), "does not hold what the snapshot holds");
      }
    }
    compare_checks(pages_->manifest(), *view, "on the restored data");
    observer_->progress({.phase = "checking integrity", .done = 0, .total = 0, .unit = ""});
    const auto integrity = view->integrity();
    for (const auto& problem : integrity.damage) {
      damage("integrity_check", cat(problem, " (the database was like this when the snapshot was taken)"));
    }
    for (const auto& table : integrity.unchecked) {
      report_.warnings.push_back({.object = "integrity_check", .problem = cat("could not check table ", table)});
    }
    for (const auto& orphan : integrity.orphans) {
      report_.warnings.push_back(
          {.object = "foreign keys", .problem = cat(orphan, ", as in the database when the snapshot was taken")});
    }
  }

  void record() {
    repository::ProofRecord proof;
    proof.at = base::now();
    proof.damaged = !report_.ok;
    proof.level = report_.ok ? options_->level : Proof::none;
    for (const auto& [name, content] : contents_) {
      proof.contents.push_back({.name = name, .rows = content.rows, .hash = to_hex(content.hash)});
    }
    proof.restore_duration = report_.restore_duration;
    // A lower level proves again a part of what a higher one proved before.
    if (report_.ok && earlier_ && !earlier_->damaged && earlier_->level > proof.level) {
      proof.level = earlier_->level;
      proof.at = earlier_->at;
      proof.contents = earlier_->contents;
      proof.restore_duration = earlier_->restore_duration;
    }
    try {
      if (store_->is_published(report_.id)) {
        store_->write_proof(report_.id, proof);
        base::reached("proof written");
      }
    } catch (const Error& error) {
      observer_->warning(cat("the outcome could not be kept with the snapshot: ", error.what()));
    }
  }

  repository::Store* store_;
  const VerifyOptions* options_;
  Observer* observer_;
  VerifyReport report_;
  std::optional<repository::ProofRecord> earlier_;
  // What is proven, opened by content(): one of them.
  std::optional<snapshot::OpenSnapshot> pages_;
  std::optional<StoredServerDatabase> rows_;
  Contents contents_;
};

}  // namespace

VerifyReport prove(repository::Store& store, const std::string& id, const VerifyOptions& options, Observer& observer) {
  return Proving(store, id, options, observer).run();
}

}  // namespace dbrollback::restore
