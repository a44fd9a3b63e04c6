// sqitch: a plan of changes, each with scripts that deploy, revert and verify it, and a registry of six tables.
//
// As in https://github.com/sqitchers/sqitch: lib/App/Sqitch/Target.pm (folders), Plan/Change.pm (names of scripts),
// Engine.pm and Role/DBIEngine.pm (order and rows), Engine/pg.pm, Engine/sqlite.pm, Engine/pg.sql and Engine/sqlite.sql
// (registry 1.1). The comments on the registry's tables and columns, which nothing reads, are not made.
#include <algorithm>
#include <filesystem>
#include <map>

#include "schema/migrations/format.hpp"
#include "schema/migrations/sqitch_plan.hpp"

namespace dbrollback::schema {

const Format& sqitch_format();

namespace {

constexpr std::string_view sqitch_conf = "sqitch.conf";

// A path as sqitch.conf and the folder agree on it: "./deploy" is "deploy".
std::string sqitch_path(const std::filesystem::path& path) {
  std::string out = path.lexically_normal().generic_string();
  return out == "." ? "" : out;
}

// The variables of sqitch.conf, which git's configuration is like: "core.top_dir", "engine.pg.registry". The names of
// sections and variables are in lower case here.
using SqitchSettings = std::map<std::string, std::string, std::less<>>;

std::string sqitch_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view sqitch_trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Without a comment, quotes and what the backslashes stand for.
std::string sqitch_value(std::string_view text) {
  std::string out;
  std::size_t kept = 0;  // of `out`: blanks after that count only if something follows
  bool quoted = false;
  for (std::size_t at = 0; at < text.size() && (quoted || (text[at] != '#' && text[at] != ';')); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
      kept = out.size();
      continue;
    }
    const bool escaped = text[at] == '\\' && at + 1 < text.size();
    at += escaped ? 1 : 0;
    out.push_back(escaped && text[at] == 'n' ? '\n' : escaped && text[at] == 't' ? '\t' : text[at]);
    if (quoted || escaped || (text[at] != ' ' && text[at] != '\t')) {
      kept = out.size();
    }
  }
  out.resize(kept);
  return out;
}

SqitchSettings sqitch_settings(const SourceFile& file) {
  SqitchSettings out;
  std::string section;
  for (const Line& line : lines_of(without_mark(file.text))) {
    const std::string_view text = sqitch_trimmed(line.text);
    if (text.empty() || text.front() == '#' || text.front() == ';') {
      continue;
    }
    if (text.front() == '[') {
      const std::string_view inside = text.substr(1, std::min(text.find(']'), text.size()) - 1);
      const std::size_t quote = inside.find('"');
      section = sqitch_lower(sqitch_trimmed(inside.substr(0, quote))) + ".";
      if (quote != std::string_view::npos) {
        section.append(inside.substr(quote + 1, inside.rfind('"') - quote - 1)).push_back('.');
      }
      continue;
    }
    const std::size_t equals = text.find('=');
    if (section.empty() || equals == std::string_view::npos) {
      throw FormatError(file.path, line.number, "no section and no variable");
    }
    out.insert_or_assign(section + sqitch_lower(sqitch_trimmed(text.substr(0, equals))),
                         sqitch_value(sqitch_trimmed(text.substr(equals + 1))));
  }
  return out;
}

// The settings that are in effect: those of the target come first, then those of the engine, then those of the project.
class SqitchConfig {
 public:
  SqitchConfig(SqitchSettings settings, Dialect dialect)
      : settings_(std::move(settings)), engine_(dialect == Dialect::sqlite ? "engine.sqlite." : "engine.pg.") {
    const auto target = settings_.find("core.target");
    const auto own = settings_.find(engine_ + "target");
    target_ = target != settings_.end() ? target->second : own != settings_.end() ? own->second : "";
  }

  [[nodiscard]] std::string get(const std::string& name, const std::string& otherwise) const {
    for (const std::string& key : {"target." + target_ + "." + name, engine_ + name, "core." + name}) {
      if (const auto found = settings_.find(key); found != settings_.end() && !found->second.empty()) {
        return found->second;
      }
    }
    return otherwise;
  }

  [[nodiscard]] std::filesystem::path top() const { return get("top_dir", "."); }

  // Who the project says its registry's rows are from; empty: it does not.
  [[nodiscard]] std::string user(const std::string& variable) const {
    const auto found = settings_.find("user." + variable);
    return found == settings_.end() ? "" : found->second;
  }

 private:
  SqitchSettings settings_;
  std::string engine_;
  std::string target_;
};

using SqitchFiles = std::map<std::string_view, const SourceFile*>;

// The scripts of a change.
class SqitchScripts {
 public:
  SqitchScripts(const SqitchConfig& config, const SqitchFiles& files) : config_(config), files_(files) {}

  // `directory`: "deploy", "revert" or "verify".
  [[nodiscard]] std::string path(const std::string& directory, const sqitch::Change& change) const {
    return sqitch_path(folder(directory, change) / (name(change) + "." + extension()));
  }

  [[nodiscard]] const SourceFile* find(const std::string& path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second;
  }

  [[nodiscard]] std::optional<Script> script(const std::string& directory, const sqitch::Change& change) const {
    const SourceFile* file = find(path(directory, change));
    return file == nullptr ? std::nullopt
                           : std::optional(Script{.file = file->path, .text = std::string(without_mark(file->text))});
  }

 private:
  [[nodiscard]] std::string extension() const { return config_.get("extension", "sql"); }

  [[nodiscard]] std::filesystem::path folder(const std::string& directory, const sqitch::Change& change) const {
    if (change.rework_tags.empty()) {
      return config_.get(directory + "_dir", (config_.top() / directory).generic_string());
    }
    const std::filesystem::path top = config_.get("reworked_dir", config_.top().generic_string());
    return config_.get("reworked_" + directory + "_dir", (top / directory).generic_string());
  }

  // Of a reworked change with the first tag that a deploy script is named after.
  [[nodiscard]] std::string name(const sqitch::Change& change) const {
    if (change.rework_tags.empty()) {
      return change.entry.name;
    }
    const auto tag = std::ranges::find_if(change.rework_tags, [&](const std::string& each) {
      const std::filesystem::path file = change.entry.name + each + "." + extension();
      return files_.contains(sqitch_path(folder("deploy", change) / file));
    });
    return change.entry.name + (tag == change.rework_tags.end() ? change.rework_tags.front() : *tag);
  }

  const SqitchConfig& config_;
  const SqitchFiles& files_;
};

std::string sqitch_version(const sqitch::Change& change) {
  return change.entry.name + (change.rework_tags.empty() ? "" : change.rework_tags.front());
}

std::string sqitch_joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string out;
  for (const auto& text : texts) {
    out.append(out.empty() ? "" : separator).append(text);
  }
  return out;
}

std::vector<std::string> sqitch_names(const std::vector<sqitch::Dependency>& dependencies) {
  std::vector<std::string> out(dependencies.size());
  std::ranges::transform(dependencies, out.begin(), &sqitch::Dependency::name);
  return out;
}

// Statements for the registry, in one dialect and of one project.
class SqitchRegistry {
 public:
  SqitchRegistry(const Place& place, const std::string& project, const Who& who)
      : postgres_(place.dialect == Dialect::postgres),
        schema_(place.schema),
        project_(sql_text(project)),
        who_(sql_text(who.name) + ", " + sql_text(who.email)) {}

  [[nodiscard]] std::vector<std::string> create(const std::string& uri) const {
    const std::string time = postgres_ ? "TIMESTAMPTZ" : "DATETIME";
    const std::string now = time + " NOT NULL DEFAULT " + (postgres_ ? "clock_timestamp()" : "CURRENT_TIMESTAMP");
    const std::string list = postgres_ ? "TEXT[] NOT NULL DEFAULT '{}'" : "TEXT NOT NULL DEFAULT ''";
    const std::string to_project = "TEXT NOT NULL REFERENCES " + target("projects") + "(project) ON UPDATE CASCADE";
    const std::string to_change = "REFERENCES " + target("changes") + "(change_id) ON UPDATE CASCADE";
    const std::string people = "committed_at " + now +
                               ", committer_name TEXT NOT NULL, committer_email TEXT NOT NULL, planned_at " + time +
                               " NOT NULL, planner_name TEXT NOT NULL, planner_email TEXT NOT NULL";
    const std::string note = "note TEXT NOT NULL DEFAULT '', ";
    std::vector<std::string> out;
    if (postgres_) {
      out.push_back("CREATE SCHEMA IF NOT EXISTS " + schema_);
    }
    out.insert(
        out.end(),
        {table("releases") + "version " + (postgres_ ? "REAL" : "FLOAT") + " PRIMARY KEY, installed_at " + now +
             ", installer_name TEXT NOT NULL, installer_email TEXT NOT NULL)",
         table("projects") + "project TEXT PRIMARY KEY, uri TEXT NULL UNIQUE, created_at " + now +
             ", creator_name TEXT NOT NULL, creator_email TEXT NOT NULL)",
         table("changes") + "change_id TEXT PRIMARY KEY, script_hash TEXT NULL, change TEXT NOT NULL, project " +
             to_project + ", " + note + people + ", UNIQUE(project, script_hash))",
         table("tags") + "tag_id TEXT PRIMARY KEY, tag TEXT NOT NULL, project " + to_project +
             ", change_id TEXT NOT NULL " + to_change + ", " + note + people + ", UNIQUE(project, tag))",
         table("dependencies") + "change_id TEXT NOT NULL " + to_change +
             " ON DELETE CASCADE, type TEXT NOT NULL, dependency TEXT NOT NULL, dependency_id TEXT NULL " + to_change +
             " CONSTRAINT dependencies_check CHECK ((type = 'require' AND dependency_id IS NOT NULL) OR "
             "(type = 'conflict' AND dependency_id IS NULL)), PRIMARY KEY (change_id, dependency))",
         table("events") +
             "event TEXT NOT NULL CONSTRAINT events_event_check CHECK (event IN ('deploy', 'revert', 'fail', "
             "'merge')), "
             "change_id TEXT NOT NULL, change TEXT NOT NULL, project " +
             to_project + ", " + note + "requires " + list + ", conflicts " + list + ", tags " + list + ", " + people +
             ", PRIMARY KEY (change_id, committed_at))",
         "INSERT INTO " + name("releases") + " (version, installed_at, installer_name, installer_email) SELECT 1.1, " +
             clock() + ", " + who_ + " WHERE NOT EXISTS (SELECT 1 FROM " + name("releases") + ")",
         "INSERT INTO " + name("projects") + " (project, uri, creator_name, creator_email, created_at) SELECT " +
             project_ + ", " + (uri.empty() ? "NULL" : sql_text(uri)) + ", " + who_ + ", " + clock() +
             " WHERE NOT EXISTS (SELECT 1 FROM " + name("projects") + " WHERE project = " + project_ + ")"});
    return out;
  }

  [[nodiscard]] std::string query() const {
    return "SELECT change_id, change, script_hash FROM " + name("changes") + " WHERE project = " + project_ +
           " ORDER BY committed_at";
  }

  // What sqitch checks before it deploys: other projects are not this plan's to order.
  [[nodiscard]] std::string obstacles(const sqitch::Plan& plan, const sqitch::Change& change) const {
    std::vector<std::string> queries;
    queries.reserve(change.required.size() + change.conflicting.size());
    for (const auto& dependency : change.required) {
      queries.push_back("SELECT " + sql_text("requires " + dependency.name + ", which is not deployed") + " WHERE " +
                        deployed(plan, dependency) + " IS NULL");
    }
    for (const auto& dependency : change.conflicting) {
      queries.push_back("SELECT " + sql_text("conflicts with " + dependency.name + ", which is deployed") + " WHERE " +
                        deployed(plan, dependency) + " IS NOT NULL");
    }
    return sqitch_joined(queries, " UNION ALL ");
  }

  [[nodiscard]] std::vector<std::string> deploy(const sqitch::Plan& plan, const sqitch::Change& change,
                                                const std::string& script_hash) const {
    const std::string id = sql_text(change.entry.id);
    std::vector<std::string> out{
        "INSERT INTO " + name("changes") +
        " (change_id, script_hash, change, project, note, committer_name, committer_email, planned_at, planner_name, "
        "planner_email, committed_at) VALUES (" +
        id + ", " + sql_text(script_hash) + ", " + sql_text(change.entry.name) + ", " + project_ + ", " +
        rest(change.entry) + ")"};
    out.reserve(2 + change.required.size() + change.conflicting.size() + change.tags.size());
    for (const auto& dependency : change.required) {
      const std::string on =
          dependency.change ? sql_text(plan.changes[*dependency.change].entry.id) : from_elsewhere(dependency);
      out.push_back(depend(id, "require", dependency.name, on));
    }
    for (const auto& dependency : change.conflicting) {
      out.push_back(depend(id, "conflict", dependency.name, "NULL"));
    }
    std::vector<std::string> tags;
    tags.reserve(change.tags.size());
    for (const auto& tag : change.tags) {
      tags.push_back(tag.name);
      out.push_back(insert_tag(id, tag));
    }
    out.push_back(event("deploy", change, list(tags, " "), list(sqitch_names(change.required), ","),
                        list(sqitch_names(change.conflicting), ",")));
    return out;
  }

  // What the event tells is what the tables say until then.
  [[nodiscard]] std::vector<std::string> revert(const sqitch::Change& change) const {
    const std::string where = " WHERE change_id = " + sql_text(change.entry.id);
    const std::string dependencies = name("dependencies") + where;
    return {event("revert", change, column("tag", name("tags") + where),
                  column("dependency", dependencies + " AND type = 'require'"),
                  column("dependency", dependencies + " AND type = 'conflict'")),
            "DELETE FROM " + name("tags") + where, "DELETE FROM " + dependencies,
            "DELETE FROM " + name("changes") + where};
  }

 private:
  [[nodiscard]] std::string name(std::string_view table) const { return schema_ + "." + std::string(table); }
  [[nodiscard]] std::string table(std::string_view table) const {
    return "CREATE TABLE IF NOT EXISTS " + name(table) + " (";
  }
  // SQLite: a reference stays within its file, and names none.
  [[nodiscard]] std::string target(std::string_view table) const {
    return postgres_ ? name(table) : std::string(table);
  }

  // The order of the registry is that of its times, and "change@tag" is found by them. SQLite's are in milliseconds, in
  // which more than one change can be deployed.
  [[nodiscard]] std::string clock() const {
    if (postgres_) {
      return "clock_timestamp()";
    }
    return "max(strftime('%Y-%m-%d %H:%M:%f', 'now'), coalesce((SELECT strftime('%Y-%m-%d %H:%M:%f', "
           "max(committed_at), '+0.001 seconds') FROM " +
           name("events") + "), ''))";
  }

  // As its own column has it: SQLite's are in UTC and do not say so.
  [[nodiscard]] std::string time(const std::string& planned_at) const {
    return sql_text(postgres_ ? planned_at : planned_at.substr(0, 10) + " " + planned_at.substr(11, 8));
  }

  // From "note" to "committed_at".
  [[nodiscard]] std::string rest(const sqitch::Entry& entry) const {
    return sql_text(entry.note) + ", " + people(entry);
  }
  [[nodiscard]] std::string people(const sqitch::Entry& entry) const {
    return who_ + ", " + time(entry.planned_at) + ", " + sql_text(entry.planner_name) + ", " +
           sql_text(entry.planner_email) + ", " + clock();
  }

  [[nodiscard]] std::string depend(const std::string& id, std::string_view type, const std::string& dependency,
                                   const std::string& on) const {
    return "INSERT INTO " + name("dependencies") + " (change_id, type, dependency, dependency_id) VALUES (" + id +
           ", " + sql_text(type) + ", " + sql_text(dependency) + ", " + on + ")";
  }

  // The id of a change, if it is deployed.
  [[nodiscard]] std::string deployed(const sqitch::Plan& plan, const sqitch::Dependency& dependency) const {
    return dependency.change ? "(SELECT change_id FROM " + name("changes") +
                                   " WHERE change_id = " + sql_text(plan.changes[*dependency.change].entry.id) + ")"
                             : from_elsewhere(dependency);
  }

  // The id of a change that this plan does not have; the database need not know it either.
  [[nodiscard]] std::string from_elsewhere(const sqitch::Dependency& dependency) const {
    if (dependency.project.empty()) {
      return "(SELECT change_id FROM " + name("changes") + " WHERE change_id = " + sql_text(dependency.key) + ")";
    }
    const std::size_t at = std::min(dependency.key.find('@'), dependency.key.size());
    const std::string change = sql_text(dependency.key.substr(0, at));
    const std::string tag = sql_text(dependency.key.substr(at));
    const std::string project = sql_text(dependency.project);
    if (at == 0) {
      return "(SELECT change_id FROM " + name("tags") + " WHERE project = " + project + " AND tag = " + tag + ")";
    }
    if (at == dependency.key.size()) {
      return "(SELECT change_id FROM " + name("changes") + " WHERE project = " + project + " AND " + change +
             " IN (change, change_id) ORDER BY committed_at LIMIT 1)";
    }
    return "(SELECT c.change_id FROM " + name("changes") + " c JOIN " + name("tags") +
           " t ON c.committed_at <= t.committed_at AND c.project = t.project WHERE c.project = " + project +
           " AND c.change = " + change + " AND t.tag = " + tag + " ORDER BY c.committed_at DESC LIMIT 1)";
  }

  [[nodiscard]] std::string insert_tag(const std::string& id, const sqitch::Entry& tag) const {
    return "INSERT INTO " + name("tags") +
           " (tag_id, tag, project, change_id, note, committer_name, committer_email, planned_at, planner_name, "
           "planner_email, committed_at) VALUES (" +
           sql_text(tag.id) + ", " + sql_text(tag.name) + ", " + project_ + ", " + id + ", " + rest(tag) + ")";
  }

  [[nodiscard]] std::string event(std::string_view event, const sqitch::Change& change, const std::string& tags,
                                  const std::string& required, const std::string& conflicting) const {
    return "INSERT INTO " + name("events") +
           " (event, change_id, change, project, note, tags, requires, conflicts, committer_name, committer_email, "
           "planned_at, planner_name, planner_email, committed_at) VALUES (" +
           sql_text(event) + ", " + sql_text(change.entry.id) + ", " + sql_text(change.entry.name) + ", " + project_ +
           ", " + sql_text(change.entry.note) + ", " + tags + ", " + required + ", " + conflicting + ", " +
           people(change.entry) + ")";
  }

  // An array, or in SQLite a text.
  [[nodiscard]] std::string list(std::vector<std::string> texts, std::string_view separator) const {
    if (!postgres_) {
      return sql_text(sqitch_joined(texts, separator));
    }
    std::ranges::transform(texts, texts.begin(), [](const std::string& text) { return sql_text(text); });
    return "ARRAY[" + sqitch_joined(texts, ", ") + "]::TEXT[]";
  }
  [[nodiscard]] std::string column(const std::string& column, const std::string& from) const {
    return postgres_ ? "ARRAY(SELECT " + column + " FROM " + from + ")"
                     : "coalesce((SELECT group_concat(" + column + ", ',') FROM " + from + "), '')";
  }

  bool postgres_;
  std::string schema_;
  std::string project_;
  std::string who_;
};

class SqitchProject final : public Project {
 public:
  // `user`: what the settings say; where they say nothing, the account counts.
  SqitchProject(std::vector<Migration> migrations, sqitch::Plan plan, Who user)
      : Project(std::move(migrations)), plan_(std::move(plan)), user_(std::move(user)) {}

  [[nodiscard]] std::vector<std::string> create(const Place& place, const Who& who) const override {
    return SqitchRegistry(place, plan_.project, committer(who)).create(plan_.uri);
  }

  [[nodiscard]] std::string query(const Place& place) const override {
    return SqitchRegistry(place, plan_.project, {}).query();
  }

  // A change is known by its id, which another note or another change before it would alter. One that the plan does not
  // have keeps its name, unless the plan has another change of that name.
  [[nodiscard]] std::vector<Applied> applied(const std::vector<Row>& rows) const override {
    std::vector<Applied> out;
    out.reserve(rows.size());
    for (const Row& row : rows) {
      const std::string id = row.at(0).value_or("");
      const std::string name = row.at(1).value_or("");
      const auto change =
          std::ranges::find(plan_.changes, id, [](const sqitch::Change& each) { return each.entry.id; });
      const bool taken = std::ranges::find(migrations(), name, &Migration::version) != migrations().end();
      out.push_back({.version = change != plan_.changes.end() ? sqitch_version(*change)
                                : taken                       ? id
                                                              : name,
                     .failed = false,
                     .checksum = row.at(2).value_or("")});
    }
    return out;
  }

  [[nodiscard]] Bookkeeping record(const Place& place, Direction direction, const Migration& migration,
                                   const std::vector<Applied>& /*applied*/, const Who& who,
                                   bool /*in_transaction*/) const override {
    const SqitchRegistry registry(place, plan_.project, committer(who));
    return {.begin = {},
            .end = direction == Direction::up ? registry.deploy(plan_, change_of(migration), migration.checksum)
                                              : registry.revert(change_of(migration))};
  }

  [[nodiscard]] std::string obstacles(const Place& place, const Migration& migration) const override {
    return SqitchRegistry(place, plan_.project, {}).obstacles(plan_, change_of(migration));
  }

 private:
  [[nodiscard]] const sqitch::Change& change_of(const Migration& migration) const {
    const auto found = std::ranges::find(migrations(), migration.version, &Migration::version);
    return plan_.changes.at(static_cast<std::size_t>(found - migrations().begin()));
  }

  [[nodiscard]] Who committer(Who who) const {
    who.name = user_.name.empty() ? who.name : user_.name;
    who.email = user_.email.empty() ? who.email : user_.email;
    return who;
  }

  sqitch::Plan plan_;  // its changes in the order of migrations()
  Who user_;
};

bool sqitch_recognises(const Folder& folder) {
  return std::ranges::any_of(
      folder, [](const SourceFile& file) { return file.path == "sqitch.plan" || file.path == sqitch_conf; });
}

Migration sqitch_migration(const sqitch::Change& change, const SqitchScripts& scripts) {
  const std::string path = scripts.path("deploy", change);
  const SourceFile* deploy = scripts.find(path);
  if (deploy == nullptr) {
    throw FormatError(path, 0, "the script that deploys \"" + change.entry.name + "\" is missing");
  }
  Migration out{.version = sqitch_version(change),
                .name = sqitch_version(change),
                .up = scripts.script("deploy", change).value(),
                .down = scripts.script("revert", change),
                .verify = scripts.script("verify", change),
                .tags = {},
                .checksum = sqitch::hash(deploy->text)};
  out.tags.resize(change.tags.size());
  std::ranges::transform(change.tags, out.tags.begin(), &sqitch::Entry::name);
  return out;
}

// As in https://github.com/sqitchers/sqitch, lib/App/Sqitch.pm (user_name, user_email): a variable comes first. The
// user's own file of settings is not read.
Who sqitch_user(const SqitchConfig& config, const ReadOptions& options) {
  const auto told = [&](const std::string& variable, const std::string& setting) {
    const auto value = options.environment ? options.environment(variable) : std::nullopt;
    return value.value_or("").empty() ? config.user(setting) : *value;
  };
  return {.name = told("SQITCH_FULLNAME", "name"), .email = told("SQITCH_EMAIL", "email"), .now = {}};
}

std::unique_ptr<Project> sqitch_read(const Folder& folder, const ReadOptions& options) {
  SqitchFiles files;
  for (const auto& file : folder) {
    files.emplace(file.path, &file);
  }
  const auto conf = files.find(sqitch_conf);
  const SqitchConfig config(conf == files.end() ? SqitchSettings() : sqitch_settings(*conf->second), options.dialect);
  if (config.get("registry", "sqitch") != "sqitch") {
    throw FormatError(std::string(sqitch_conf), 0, "a registry with another name than \"sqitch\"");
  }
  const std::string path = sqitch_path(config.get("plan_file", (config.top() / "sqitch.plan").generic_string()));
  const auto found = files.find(path);
  if (found == files.end()) {
    throw FormatError(path, 0, "the plan is missing");
  }
  sqitch::Plan plan = sqitch::read_plan(*found->second);
  const SqitchScripts scripts(config, files);
  std::vector<Migration> migrations;
  migrations.reserve(plan.changes.size());
  for (const auto& change : plan.changes) {
    migrations.push_back(sqitch_migration(change, scripts));
  }
  return std::make_unique<SqitchProject>(std::move(migrations), std::move(plan), sqitch_user(config, options));
}

std::vector<std::int64_t> sqitch_locks(const std::string& /*database*/, const std::string& /*schema*/,
                                       const std::string& /*table*/) {
  return {75474063};
}

}  // namespace

const Format& sqitch_format() {
  static constexpr Format format{.name = "sqitch",
                                 .table = "changes",
                                 .own_schema = "sqitch",
                                 .recognises = sqitch_recognises,
                                 .read = sqitch_read,
                                 .locks = sqitch_locks};
  return format;
}

}  // namespace dbrollback::schema
