// What a script must not do to an SQLite file behind its own back: take rows from tables that it does not name, or
// leave rows without what they refer to. Servers have their own foreign keys for that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/database/script_session.hpp"
#include "engine/migrate/script.hpp"

namespace dbrollback::migrate {

class LostRows {
 public:
  // Before the script is run.
  LostRows(database::ScriptSession& session, const PreparedScript& script);

  struct Loss {
    std::string what;  // "leaves rows without what they refer to: …"
    std::string mend;
  };
  // After it.
  [[nodiscard]] std::optional<Loss> find() const;

 private:
  using Rows = std::map<std::string, std::uint64_t>;
  [[nodiscard]] Rows sizes() const;
  [[nodiscard]] Rows orphans() const;

  database::ScriptSession& session_;
  const PreparedScript& script_;
  bool counts_ = false;
  bool follows_references_ = false;
  Rows sizes_;
  Rows orphans_;
};

}  // namespace dbrollback::migrate
