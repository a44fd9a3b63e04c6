#include "engine/migrate/project.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;

namespace {

constexpr std::uint64_t largest_file = 256ULL << 20U;
constexpr std::size_t most_files = 50'000;
constexpr int deepest = 4;  // sqitch's folders, and one below them

// Those of other names count by being there: what is in them is no format's.
bool is_read(const base::fs::path& file) {
  static constexpr std::array<std::string_view, 4> kinds{".sql", ".conf", ".plan", ".toml"};
  return std::ranges::find(kinds, file.extension().native()) != kinds.end();
}

class FolderReader {
 public:
  explicit FolderReader(base::fs::path root) : root_(std::move(root)), real_root_(base::real_path(root_)) {}

  schema::Folder read() {
    read_folder({}, 0);
    std::ranges::sort(files_, {}, &schema::SourceFile::path);
    return std::move(files_);
  }

 private:
  void read_folder(const base::fs::path& below, int depth) {
    for (const std::string& name : base::list_folder(root_ / below)) {
      const base::fs::path path = below / name;
      const auto what = base::stat_file(root_ / path);
      if (name.starts_with('.') || name == "node_modules" || !what) {
        continue;
      }
      if (what->is_folder && depth < deepest) {
        require_inside(path);
        read_folder(path, depth + 1);
      } else if (what->is_regular) {
        require_inside(path);
        add(path);
      }
    }
  }

  // A link may lead anywhere: what is run comes from this folder.
  void require_inside(const base::fs::path& path) const {
    const auto real = base::real_path(root_ / path);
    const auto [end, at] = std::ranges::mismatch(real_root_, real);
    if (end != real_root_.end()) {
      base::fail_usage("bad_migration",
                       cat(printable((root_ / path).native()), " is a link that leads out of the folder of migrations"),
                       (root_ / path).native(), "put the file itself there");
    }
  }

  void add(const base::fs::path& path) {
    if (files_.size() == most_files) {
      base::fail_usage("bad_migration", cat(printable(root_.native()), " holds more than ", most_files, " files"),
                       root_.native(), "point `migrations` at the folder of the migrations alone");
    }
    std::string text;
    if (is_read(path)) {
      text = base::read_file(base::real_path(root_ / path), largest_file).value_or("");
      if (text.find('\0') != std::string::npos) {
        base::fail_usage("bad_migration", cat(printable((root_ / path).native()), " holds a zero byte: it is no text"),
                         (root_ / path).native(), "save it as UTF-8");
      }
    }
    files_.push_back({.path = path.generic_string(), .text = std::move(text)});
  }

  base::fs::path root_;
  base::fs::path real_root_;
  schema::Folder files_;
};

std::string names_of(const std::vector<const schema::Format*>& formats) {
  std::vector<std::string> names;
  names.reserve(formats.size());
  for (const schema::Format* format : formats) {
    names.emplace_back(format->name);
  }
  return base::join(names, ", ");
}

const schema::Format& format_of(const DatabaseConfig& database, const schema::Folder& folder) {
  if (folder.empty()) {
    base::fail_usage("empty_folder", cat("there is no migration in ", printable(database.migrations.native())),
                     database.migrations.native(), "write the first one, or check `migrations` in the configuration");
  }
  std::vector<const schema::Format*> fitting;
  for (const schema::Format* format : schema::formats()) {
    if (database.migrations_format.empty() ? format->recognises(folder) : format->name == database.migrations_format) {
      fitting.push_back(format);
    }
  }
  const std::string where = database.migrations.native();
  if (fitting.size() == 1) {
    return *fitting.front();
  }
  if (fitting.empty()) {
    base::fail_usage("unknown_format",
                     database.migrations_format.empty()
                         ? cat("the files in ", printable(where), " are migrations of no tool that is known")
                         : cat("there is no format ", printable(database.migrations_format)),
                     where,
                     cat("set migrations_format to one of ", names_of(schema::formats()),
                         "; or have the tool itself run, by migrate.command"));
  }
  base::fail_usage("unknown_format",
                   cat("the files in ", printable(where), " could be migrations of ", names_of(fitting)), where,
                   "say which by migrations_format");
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

schema::Dialect dialect_of(const DatabaseConfig& database) {
  return database.engine == DatabaseConfig::Engine::postgres ? schema::Dialect::postgres : schema::Dialect::sqlite;
}

schema::Folder read_folder(const std::filesystem::path& folder) { return FolderReader(folder).read(); }

LoadedProject load_project(const DatabaseConfig& database) {
  if (database.migrations.empty()) {
    base::fail_usage("no_migrations", cat("no migrations are configured for ", printable(database.name)), database.name,
                     cat("set migrations = \"FOLDER\" in [database.", database.name,
                         "], or give --migrations FOLDER; migrate.command runs a tool of another kind"));
  }
  const auto what = base::stat_file(database.migrations);
  if (!what || !what->is_folder) {
    base::fail_usage("no_folder", cat("there is no folder ", printable(database.migrations.native())),
                     database.migrations.native(), "check `migrations` in the configuration");
  }
  const schema::Folder folder = read_folder(database.migrations);
  LoadedProject out;
  out.format = &format_of(database, folder);
  out.folder = database.migrations;
  out.table = database.migrations_table.empty() ? std::string(out.format->table) : database.migrations_table;
  try {
    out.project = out.format->read(folder, {.dialect = dialect_of(database), .environment = environment});
  } catch (const schema::FormatError& error) {
    const std::string file = (database.migrations / error.file()).native();
    base::fail_usage("bad_migration",
                     cat(printable(file), error.line() == 0 ? "" : cat(":", error.line()), ": ", error.what()), file,
                     cat("mend the file; it was read as one of ", out.format->name));
  }
  if (out.project->migrations().empty() && !out.format->recognises(folder)) {
    base::fail_usage("unknown_format",
                     cat("no file in ", printable(out.folder.native()), " is a migration of ", out.format->name),
                     out.folder.native(), "check the folder, and migrations_format");
  }
  return out;
}

}  // namespace dbrollback::migrate
