#include "engine/config/url.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/postgres_url.hpp"
#include "engine/config/uri.hpp"

namespace dbrollback::config {

namespace {

using Result = std::variant<std::filesystem::path, UrlProblem>;

UrlProblem bad(std::string text) { return {.code = "bad_database_url", .text = std::move(text)}; }

UrlProblem unsupported(const std::string& scheme) {
  if (is_postgres_scheme(scheme)) {
    return {
        .code = "unsupported_database",
        .text = "a PostgreSQL database cannot be meant here; give an SQLite file: sqlite:PATH, file:PATH or a path"};
  }
  return {.code = "unsupported_database",
          .text = base::cat(scheme,
                            ": is not supported by this version; give postgresql://USER@HOST/NAME, sqlite:PATH, "
                            "file:PATH or a path (./",
                            scheme, ":… for a file with a colon in its name)")};
}

Result file_path(std::string path, std::string_view query) {
  if (path.empty()) {
    return bad("the database has no path; write sqlite:PATH, file:PATH or a path");
  }
  if (path == ":memory:" || path == "/:memory:" || asks_for_memory(query)) {
    return bad("a database in memory has no file to take a snapshot of; give the path of a file");
  }
  if (path.find('\0') != std::string::npos) {
    return bad("a path cannot hold a zero byte");
  }
  return std::filesystem::path(expand_home(std::move(path)));
}

// sqlite:rel, sqlite://rel, sqlite:/abs, sqlite:///abs and SQLAlchemy's sqlite:////abs: one slash or at least three
// are absolute. Nothing is percent-decoded, as in SQLAlchemy.
Result sqlite_scheme(std::string_view rest) {
  auto [path, query] = cut_query(rest);
  const std::size_t slashes = std::min(path.find_first_not_of('/'), path.size());
  if (slashes == 2) {
    path.remove_prefix(2);
  } else if (slashes > 2) {
    path.remove_prefix(slashes - 1);
  }
  return file_path(std::string(path), query);
}

// As SQLite reads it: percent-encoded, an authority only when empty or localhost, query and fragment apart.
Result file_scheme(std::string_view rest) {
  auto [path, query] = cut_query(rest.substr(0, rest.find('#')));
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    const std::string_view host = path.substr(0, path.find('/'));
    if (!host.empty() && host != "localhost") {
      return bad("file:// names another machine; write file:PATH, or file:///PATH for an absolute path");
    }
    path.remove_prefix(host.size());
  }
  return file_path(percent_decode(path), query);
}

bool is_sqlite(std::string_view scheme) {
  const std::string_view family = scheme.substr(0, scheme.find('+'));
  return family == "sqlite" || family == "sqlite3";
}

}  // namespace

std::variant<DatabaseUrl, UrlProblem> read_url(std::string_view url) {
  if (is_postgres_url(url)) {
    if (auto problem = problem_of_postgres_url(url)) {
      return bad(std::move(*problem));
    }
    return DatabaseUrl{.engine = DatabaseConfig::Engine::postgres, .text = std::string(url)};
  }
  auto read = read_sqlite_url(url);
  if (auto* problem = std::get_if<UrlProblem>(&read)) {
    return std::move(*problem);
  }
  // What was meant for a server, and misspelt, would be a path, and messages show paths.
  if (holds_password(url)) {
    return bad("this seems to hold a password, and SQLite knows none; write postgresql://…, or the path of a file");
  }
  return DatabaseUrl{.engine = DatabaseConfig::Engine::sqlite, .text = std::get<std::filesystem::path>(read).native()};
}

Result read_sqlite_url(std::string_view url) {
  const std::string scheme = scheme_of(url);
  if (scheme.empty()) {
    return is_postgres_url(url) ? Result(unsupported("postgresql")) : file_path(std::string(url), {});
  }
  const std::string_view rest = url.substr(scheme.size() + 1);
  if (scheme == "file") {
    return file_scheme(rest);
  }
  return is_sqlite(scheme) ? sqlite_scheme(rest) : Result(unsupported(scheme));
}

}  // namespace dbrollback::config
