// What a statement does to others on a PostgreSQL server, found by running it where nobody minds: which locks it takes,
// which tables it writes anew, what goes with what it drops.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbrollback/migrate.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/script.hpp"

namespace dbrollback::migrate {

// The catalog of a database at a moment, as far as statements change it under others.
struct Relations {
  struct Relation {
    std::string name;   // as SQL has it: "public.orders", "public.\"Orders\""
    std::string plain;  // without quotes
    std::string kind;   // pg_class.relkind
    std::string file;   // its relfilenode: another one after every row was written anew
    std::string table;  // of an index: the oid of its table
  };
  std::map<std::string, Relation> by_oid;
};

class EffectsOnServer {
 public:
  // `open` gives a session of a database that is tried on.
  explicit EffectsOnServer(std::function<std::unique_ptr<database::ScriptSession>()> open);

  // Tries the statements of a script, in their order and in the transaction that they will have. After one that fails
  // the others are not tried.
  [[nodiscard]] std::vector<PlannedStatement> of(const PreparedScript& script);

 private:
  struct Object {
    std::string what;   // "view sales.cheap"
    std::string table;  // oid of the one that it is a part of; empty: of none
  };

  PlannedStatement try_one(const ScriptStatement& statement);
  [[nodiscard]] ScriptStatement judged(ScriptStatement statement);
  void try_here(const ScriptStatement& statement, PlannedStatement& out);
  void try_alone(const ScriptStatement& statement, PlannedStatement& out);
  void commit(PlannedStatement& last);
  void add_lock(const std::string& oid, std::size_t mode, const std::map<std::string, std::size_t>& all,
                PlannedStatement& out) const;
  void look_after(const ScriptStatement& statement, PlannedStatement& out);
  [[nodiscard]] std::vector<std::string> gone();
  [[nodiscard]] Relations relations();
  [[nodiscard]] std::map<std::string, Object> objects();

  std::function<std::unique_ptr<database::ScriptSession>()> open_;
  std::unique_ptr<database::ScriptSession> session_;
  Relations at_first_;  // before the script
  Relations before_;    // before the statement
  std::map<std::string, Object> objects_before_;
  std::map<std::string, std::size_t> held_;  // by the transaction so far: the strongest mode by oid
};

// What can be said of a statement without trying it.
[[nodiscard]] PlannedStatement described(const ScriptStatement& statement);

}  // namespace dbrollback::migrate
