// What a command works with: the console, the configuration, the repository and the database that are meant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/repository.hpp"
#include "tools/cli/console.hpp"
#include "tools/cli/global.hpp"
#include "tools/cli/observer.hpp"

namespace dbrollback::cli {

class Context {
 public:
  Context(const GlobalOptions& global, Console& console) : global_(global), console_(console) {}

  [[nodiscard]] const GlobalOptions& global() const { return global_; }
  [[nodiscard]] Console& console() { return console_; }

  // The configuration file, or the defaults where there is none; --repository already in it. Read once.
  [[nodiscard]] const Config& config();

  [[nodiscard]] Repository repository();
  // The same, but where nobody named a repository, the default one is created when it does not exist yet.
  [[nodiscard]] Repository repository_for_writing();

  // --database, DBROLLBACK_DATABASE, or the empty text.
  [[nodiscard]] std::string database_name() const;
  // The database that is meant. Throws Error (Exit::usage) when that is not clear.
  [[nodiscard]] DatabaseConfig database();
  // The database that --database names, else the configured one that `snapshot` is of, else (where given) that of the
  // file `otherwise`. Never a configured database that the snapshot is not of and nobody named.
  [[nodiscard]] DatabaseConfig database_of(const SnapshotSummary& snapshot, const std::string& otherwise = {});

  // How a proof by restoring restores a snapshot of it: the database that --database names, else the configured one of
  // that name, else the defaults.
  [[nodiscard]] DatabaseConfig for_proofs_of(const std::string& name);

  // The name of the database that --database narrows lists to; empty: all. It need not be configured any more, as long
  // as the repository has snapshots of it.
  [[nodiscard]] std::string scope(Repository& repository);

  // The snapshot that `spec` means. `latest` and `before:V` are those of one database: where several come into
  // question, Error (Exit::usage). Ids mean what they mean, whatever --database says.
  [[nodiscard]] SnapshotSummary resolve(Repository& repository, const std::string& spec);

  // "dbrollback COMMAND" as it has to be typed here: with the --config, --repository and --database of this command.
  [[nodiscard]] std::string again(const std::string& command) const;
  // What an error says to type next, with the configuration and the repository that were typed now.
  [[nodiscard]] std::string completed(const std::string& next) const;

 private:
  [[nodiscard]] bool is_default_repository();  // nobody named one
  // " --config FILE --repository PATH", as far as they were typed.
  [[nodiscard]] std::string typed_places() const;

  const GlobalOptions& global_;
  Console& console_;
  std::optional<Config> config_;
};

}  // namespace dbrollback::cli
