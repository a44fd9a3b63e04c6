#include "engine/database/postgres/new_database.hpp"

#include <utility>

#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/connect_beside.hpp"
#include "engine/database/postgres/fill_database.hpp"
#include "engine/database/postgres/kept_databases.hpp"
#include "engine/database/postgres/make_database.hpp"
#include "engine/database/postgres/postgres_view.hpp"
#include "engine/database/postgres/rename_databases.hpp"
#include "engine/database/postgres/script_session.hpp"
#include "engine/database/role_names.hpp"

namespace dbrollback::database::postgres {

BesideLive::BesideLive(const Parameters& admin, const ClientPlaces& places, std::string live,
                       PostgresDatabaseFacts facts, BuildOptions options)
    : admin_(admin),
      live_(std::move(live)),
      facts_(with_roles(std::move(facts), options.roles.renamed)),
      options_(std::move(options)) {
  if (options_.no_tablespaces) {
    facts_.tablespace.clear();
  }
  const auto beside = connect_beside(admin_, connection_options(), {live_});
  programs_ = find_client_programs(beside->server_version(), places);
  make(*beside, {});
  keep();
  base::reached("database made");
}

BesideLive::BesideLive(BesideLive& model)
    : admin_(model.admin_),
      live_(model.live_),
      facts_(model.facts_),
      options_(model.options_),
      programs_(model.programs_) {
  make(*connect_beside(admin_, connection_options(), {live_, model.name_}), model.name_);
  keep();
}

void BesideLive::keep() {
  try {
    keeper_ = std::make_unique<Connection>(inside(), connection_options());
  } catch (...) {
    drop();
    throw;
  }
}

// The server may still be making a database for a command that was killed: its name is taken, and nobody sees it yet.
void BesideLive::make(Connection& beside, const std::string& model) {
  constexpr int most_tries = 5;
  base::Time now = base::now();
  for (int tries = 1;; ++tries, now += std::chrono::seconds(1)) {
    name_ = next_name(beside, live_, Kept::restoring, now);
    try {
      if (model.empty()) {
        limits_ = make_database(beside, connection_options(), name_, facts_, options_.roles);
      } else {
        (void)beside.execute(base::cat("CREATE DATABASE ", quote(name_), " TEMPLATE ", quote(model)));
      }
      return;
    } catch (const Error& error) {
      if ((error.code() != "name_taken" && error.code() != "duplicate_key") || tries == most_tries) {
        throw;
      }
    }
  }
}

BesideLive::~BesideLive() {
  if (!swapped_) {
    drop();
  }
}

void BesideLive::drop() {
  keeper_.reset();
  try {
    drop_kept(*connect_beside(admin_, {.lock_timeout = options_.lock_timeout, .tick = {}}, {live_, name_}), live_,
              name_);
  } catch (const Error&) {  // the next restore drops it
  }
}

void BesideLive::fill(const StoredDatabase& stored) {
  FillOptions options;
  options.connection = connection_options();
  options.programs = programs_;
  options.jobs = options_.jobs;
  options.roles = options_.roles;
  options.no_tablespaces = options_.no_tablespaces;
  options.data = !options_.schema_only;
  options.progress = options_.progress;
  fill_database(inside(), stored, options);
  base::reached("database filled");
}

std::unique_ptr<View> BesideLive::open_view() {
  return std::make_unique<PostgresView>(inside(), connection_options(),
                                        CopyOptions{.jobs = options_.jobs, .tick = options_.tick}, std::nullopt);
}

std::unique_ptr<ScriptSession> BesideLive::open_session() {
  return std::make_unique<PostgresScriptSession>(inside(), connection_options());
}

// A database with a session cannot be copied (https://www.postgresql.org/docs/current/manage-ag-templatedbs.html).
std::unique_ptr<NewDatabase> BesideLive::copy() {
  keeper_.reset();
  auto out = std::unique_ptr<BesideLive>(new BesideLive(*this));
  keep();
  return out;
}

void BesideLive::finish() {
  (void)finish_database(*keeper_, facts_, options_.roles);
  base::reached("database finished");
}

Swapped BesideLive::swap() {
  keeper_.reset();
  Swapped out = put_in_place(admin_, live_, name_, connection_options());
  swapped_ = true;
  base::reached("databases swapped");
  return out;
}

Swapped put_in_place(const Parameters& admin, const std::string& live, const std::string& other,
                     const ConnectionOptions& options) {
  const std::string aside =
      next_name(*connect_beside(admin, options, {live, other}), live, Kept::replaced, base::now());
  const Renamed renamed = rename_databases(admin, {.live = live, .fresh = other, .aside = aside}, options);
  return {.kept = renamed.replaced ? aside : "", .downtime = renamed.downtime, .ended = renamed.ended};
}

}  // namespace dbrollback::database::postgres
