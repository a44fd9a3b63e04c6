#include "engine/database/postgres/write_sql.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/database/postgres/finishing.hpp"
#include "engine/database/postgres/make_database.hpp"
#include "engine/database/postgres/rebuild.hpp"
#include "engine/database/role_names.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

class Script {
 public:
  Script(const StoredDatabase& stored, const ScriptOptions& options, const std::function<void(base::ByteView)>& take)
      : stored_(&stored),
        options_(&options),
        take_(&take),
        statements_(take),
        properties_(with_roles(stored.facts->properties, options.roles.renamed)) {}

  void write(const ClientPrograms& programs) {
    head();
    rebuild(statements_, programs, *stored_,
            {.roles = options_->roles, .progress = options_->progress, .tick = options_->tick});
    properties();
    say("\\o\n");
  }

 private:
  void say(const std::string& text) const { (*take_)(base::bytes_of(text)); }

  void head() {
    const PostgresFacts& facts = *stored_->facts;
    say(cat("-- The database ", base::printable(facts.database), " as ", base::printable(options_->title), " has it.\n",
            "-- psql loads it into an empty database, such as one made by\n", "--   ",
            base::printable(
                create_database_sql(parse_version(options_->server_version).value_or(0), "NAME", facts.properties)),
            ";\n"));
    if (!properties_.roles.empty()) {
      std::vector<std::string> roles(properties_.roles);
      std::ranges::transform(roles, roles.begin(), [](const std::string& role) { return base::printable(role); });
      say(cat("-- These roles must be there: ", base::join(roles, ", "), "\n"));
    }
    say("\n\\set ON_ERROR_STOP on\n\\o /dev/null\n");
  }

  // Of the database itself, whatever its name is: psql knows it.
  void properties() {
    const std::string database = ":\"DBNAME\"";
    if (!options_->roles.no_owner) {
      statements_.run(cat("ALTER DATABASE ", database, " OWNER TO ", quote(properties_.owner)));
    }
    RoleOptions roles = options_->roles;
    roles.no_privileges = roles.no_privileges || roles.no_owner;
    for (const Step& step : finishing(database, properties_.owner, properties_, roles)) {
      statements_.run(cat("BEGIN; ", step.sql, "; COMMIT"));
    }
  }

  const StoredDatabase* stored_;
  const ScriptOptions* options_;
  const std::function<void(base::ByteView)>* take_;
  ScriptStatements statements_;
  PostgresDatabaseFacts properties_;  // under the roles of the options
};

}  // namespace

void write_sql(const ClientPrograms& programs, const StoredDatabase& stored, const ScriptOptions& options,
               const std::function<void(base::ByteView)>& take) {
  Script(stored, options, take).write(programs);
}

}  // namespace dbrollback::database::postgres
