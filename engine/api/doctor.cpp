#include "dbrollback/doctor.hpp"

#include <unistd.h>

#include "dbrollback/error.hpp"
#include "dbrollback/repository.hpp"
#include "dbrollback/rollback.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/store.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback {

using base::cat;
using base::printable;

namespace {

class Doctor {
 public:
  explicit Doctor(const Config& config) : config_(&config) {}

  std::vector<Diagnosis> run(const std::vector<DatabaseConfig>& databases) {
    add(Diagnosis::Level::ok, "configuration",
        config_->file.empty() ? "no dbrollback.toml: defaults and command line" : printable(config_->file.native()));
    look("repository", [&] { repository(); });
    if (databases.empty()) {
      add(Diagnosis::Level::warning, "database", "none is configured",
          "give --database FILE, or write one with `dbrollback init`");
    }
    for (const auto& database : databases) {
      look(cat("database ", database.name), [&] { look_at(database); });
      look(cat("releases of ", database.name), [&] { look_at_way_back(database); });
    }
    return std::move(found_);
  }

 private:
  void add(Diagnosis::Level level, std::string subject, std::string message, std::string next = {}) {
    found_.push_back(
        {.level = level, .subject = std::move(subject), .message = std::move(message), .next = std::move(next)});
  }

  template <class Look>
  void look(const std::string& subject, Look look) {
    try {
      look();
    } catch (const Error& error) {
      add(Diagnosis::Level::failure, subject, error.what(), error.info().next);
    }
  }

  void repository() {
    Repository repository = Repository::open(config_->repository);
    const std::string folder = printable(repository.folder().native());
    if (base::why_no_access(repository.folder(), W_OK | X_OK) != 0) {
      add(Diagnosis::Level::failure, "repository", cat(folder, " cannot be written by this account"),
          "run as the account that owns it, or make it with `init --group`");
    }
    const base::Disk disk = base::disk_of(repository.folder());
    if (disk.read_only) {
      add(Diagnosis::Level::failure, "repository", cat(folder, " is on a disk that is mounted read-only"),
          "mount it for writing");
    }
    if (disk.in_memory) {
      add(Diagnosis::Level::warning, "repository", cat(folder, " is in memory (tmpfs): a restart loses every snapshot"),
          "put the repository on a disk");
    }
    repository_device_ = disk.device;
    repository_free_ = disk.free_bytes;
    const auto snapshots = repository.list();
    std::size_t damaged = 0;
    for (const auto& snapshot : snapshots) {
      damaged += snapshot.damaged ? 1U : 0U;
    }
    add(Diagnosis::Level::ok, "repository",
        cat(folder, ": ", base::plural(snapshots.size(), "snapshot"), ", ", base::human_bytes(disk.free_bytes),
            " free"));
    if (damaged > 0) {
      add(Diagnosis::Level::failure, "repository", cat(base::plural(damaged, "snapshot"), " damaged"),
          "`dbrollback list` shows which; take a new one now");
    }
    for (const auto& id : repository.store().snapshot_folders()) {
      if (!repository.store().is_published(id)) {
        if (repository.store().lost_its_manifest(id) || repository.store().holders().contains(id)) {
          add(Diagnosis::Level::failure, "repository", cat(id, " has lost its manifest.json: it cannot be restored"),
              "put the file back from a copy of the repository, or remove the folder by hand");
          continue;
        }
        add(Diagnosis::Level::warning, "repository", cat(id, " is unfinished: it is being written, or its writer died"),
            "the next snapshot removes what nobody is writing");
      }
    }
  }

  void look_at(const DatabaseConfig& config) {
    if (config.engine == DatabaseConfig::Engine::postgres && config.url_problem.empty()) {
      look_at_server(config);
    } else {
      look_at_file(config);
    }
  }

  void look_at_server(const DatabaseConfig& config) {
    const std::string subject = cat("database ", config.name);
    Observer silent;
    const auto database = database::open_server(config);
    auto how = repository::view_options(config, silent);
    how.with_schema = true;  // pg_dump is there, and reads it
    how.tables = config.tables;
    how.exclude_tables = config.exclude_tables;
    const auto view = database->open_view(how, silent);
    const auto& facts = view->describe();
    add(Diagnosis::Level::ok, subject,
        cat(printable(database->location()), ": PostgreSQL ", facts.server_version, ", ",
            base::human_bytes(facts.bytes()), ", ", base::plural(facts.schema.tables.size(), "table")));
    for (const auto& [object, reason] : facts.left_out) {
      add(Diagnosis::Level::warning, subject, cat(printable(object), " is left out of snapshots: ", reason));
    }
    for (const auto& advice : database->advice()) {
      add(advice.is_warning ? Diagnosis::Level::warning : Diagnosis::Level::ok, subject, advice.text, advice.next);
    }
    look_at_room_of_snapshots(facts, subject);
    look_at_checks(config, *view);
    look("restores", [&] { look_at_restores(*database, facts, subject); });
  }

  // What a restore would meet: the right to make databases, the swap, and what earlier ones have left.
  void look_at_restores(database::ServerDatabase& database, const database::Description& facts,
                        const std::string& subject) {
    for (const std::string& lacking : database.missing(
             {.properties = &facts.postgres->properties, .server_version = facts.server_version, .roles = {}})) {
      add(Diagnosis::Level::warning, subject, cat("restores would fail here: ", printable(lacking)));
    }
    for (const auto& obstacle : database.obstacles()) {
      add(Diagnosis::Level::warning, subject, cat(printable(obstacle.description), " (", obstacle.name, ")"),
          printable(obstacle.next));
    }
    for (const auto& kept : database.kept()) {
      add(Diagnosis::Level::warning, subject,
          cat("the database ", printable(kept.name), kept.bytes ? cat(", ", base::human_bytes(*kept.bytes), ",") : "",
              kept.kind == database::KeptDatabase::Kind::replaced ? " is there still, which a restore replaced"
                                                                  : " is being restored, or its restore died"),
          kept.kind == database::KeptDatabase::Kind::replaced
              ? "once it is not needed: `dbrollback restore --discard-old`"
              : "the next restore drops what nobody is at work on");
    }
  }

  void look_at_file(const DatabaseConfig& config) {
    const std::string subject = cat("database ", config.name);
    Observer silent;
    const auto database = database::open_database(config);  // says what is wrong with its URL
    const std::filesystem::path path = database->file().value_or("");
    const std::string file = printable(path.native());
    const database::Condition condition = database::open_file(path)->condition();
    if (condition.kind == database::Condition::Kind::broken) {
      add(Diagnosis::Level::failure, subject, condition.problem,
          "`dbrollback restore` can put a snapshot in its place");
      return;
    }
    for (const auto& leftover : condition.leftovers) {
      add(Diagnosis::Level::warning, subject,
          cat(printable(leftover.native()), " is there and no process has ", file, " open"),
          "if the application crashed, opening the database once with it recovers what was committed");
    }
    const auto view = database->open_view(repository::view_options(config, silent), silent);
    const auto& facts = view->describe();
    add(Diagnosis::Level::ok, subject,
        cat(file, ": ", base::human_bytes(facts.bytes()), ", ", base::plural(facts.schema.tables.size(), "table"),
            ", journal mode ", facts.journal_mode, ", page size ", facts.page_size));
    if (base::why_no_access(path, W_OK) != 0 || base::why_no_access(path.parent_path(), W_OK) != 0) {
      add(Diagnosis::Level::warning, subject, cat("this account may read ", file, " but not restore into it"),
          "restores must run as the account that owns the database");
    }
    if (facts.journal_mode != "wal") {
      add(Diagnosis::Level::warning, subject,
          cat("journal mode ", facts.journal_mode, ": while a snapshot reads, writers wait, for at most ",
              base::human_duration(config.max_writer_pause)),
          "PRAGMA journal_mode=WAL lets readers and writers work side by side");
    }
    const base::Disk disk = base::disk_of(path);
    if (repository_device_ && disk.device == *repository_device_) {
      add(Diagnosis::Level::warning, subject, "the repository is on the database's own disk: losing it loses both",
          "put the repository on another disk");
    }
    if (disk.free_bytes < facts.bytes()) {
      add(Diagnosis::Level::warning, subject,
          cat("a restore needs up to ", base::human_bytes(facts.bytes()), " beside the database, and ",
              base::human_bytes(disk.free_bytes), " are free"),
          "free some room on that disk");
    }
    look_at_room_of_snapshots(facts, subject);
    look_at_checks(config, *view);
  }

  // What `rollback` would meet now.
  void look_at_way_back(const DatabaseConfig& config) {
    if (!repository_device_) {
      return;  // it cannot be read, which is said already
    }
    const std::string subject = cat("releases of ", config.name);
    Repository repository = Repository::open(config_->repository);
    if (list_releases(repository, config.name).empty()) {
      return;
    }
    Observer silent;
    try {
      const RollbackPlan plan = plan_rollback(repository, *config_, config, {}, silent);
      std::vector<std::string> ways;
      std::vector<std::string> others;
      for (const WayBack& way : plan.ways) {
        if (way.why_not.empty()) {
          ways.emplace_back(to_string(way.strategy));
        } else if (way.strategy != Strategy::app) {
          others.push_back(cat(to_string(way.strategy), " is not possible: ", way.why_not));
        }
      }
      add(Diagnosis::Level::ok, subject,
          cat("could go back from ", printable(plan.from_version), " to ",
              plan.to_version.empty() ? "the state before" : printable(plan.to_version), " by ",
              base::join(ways, " or "), others.empty() ? "" : cat(" (", base::join(others, "; "), ")")));
      for (const std::string& warning : plan.warnings) {
        add(Diagnosis::Level::warning, subject, warning, "`dbrollback rollback --dry-run` shows the whole plan");
      }
    } catch (const Error& error) {
      if (error.code() != "nothing_to_roll_back") {
        add(error.exit() == Exit::damaged ? Diagnosis::Level::failure : Diagnosis::Level::warning, subject,
            error.what(), error.info().next);
      }
    }
  }

  // Data of applications becomes a third to a fifth of itself.
  void look_at_room_of_snapshots(const database::Description& facts, const std::string& subject) {
    constexpr std::uint64_t usual_ratio = 4;
    if (repository_free_ && *repository_free_ < facts.bytes() / usual_ratio) {
      add(Diagnosis::Level::warning, subject,
          cat("the repository has ", base::human_bytes(*repository_free_),
              " free, which may be too little for a snapshot of ", base::human_bytes(facts.bytes())),
          "free some room there, or let `dbrollback prune` do it");
    }
  }

  void look_at_checks(const DatabaseConfig& config, database::View& view) {
    for (const auto& check : config.checks) {
      const std::string value = view.value_of(check.sql);
      if (check.expect && *check.expect != value) {
        add(Diagnosis::Level::warning, cat("database ", config.name),
            cat("integrity query '", printable(check.name), "' gives ", printable(value), " instead of ",
                *check.expect),
            "look at the data: a snapshot would hold it as it is");
      }
    }
  }

  const Config* config_;
  std::vector<Diagnosis> found_;
  std::optional<std::uint64_t> repository_device_;
  std::optional<std::uint64_t> repository_free_;
};

}  // namespace

std::vector<Diagnosis> diagnose(const Config& config, const std::vector<DatabaseConfig>& databases) {
  return Doctor(config).run(databases);
}

}  // namespace dbrollback
