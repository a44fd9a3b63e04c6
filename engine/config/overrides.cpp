#include "engine/config/overrides.hpp"

#include <charconv>
#include <string>

#include "engine/base/text.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/place.hpp"
#include "engine/config/rules.hpp"

namespace dbrollback::config {

namespace {

std::int64_t read_number(const Place& place, const std::string& text, Range range) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    place.mistake(base::cat("\"", base::printable(text), "\" must be ", whole_number_wanted(range)));
  }
  return check_range(place, value, range);
}

template <class Number>
void override_number(const char* name, Range range, Number& number) {
  if (const auto text = environment(name)) {
    number = static_cast<Number>(read_number(variable(name), *text, range));
  }
}

void override_wait(const char* name, std::chrono::milliseconds& wait) {
  if (const auto text = environment(name)) {
    wait = check_wait(variable(name), *text);
  }
}

void override_server(const char* name, std::string& url, std::string& problem) {
  if (const auto text = environment(name)) {
    CheckedUrl checked = check_server_url(variable(name), *text);
    url = std::move(checked.text);
    problem = std::move(checked.problem);
  }
}

// Where a database is no PostgreSQL one they are checked all the same, and nobody asks for them.
void override_postgres(DatabaseConfig& database) {
  override_number("DBROLLBACK_JOBS", jobs_range, database.jobs);
  override_wait("DBROLLBACK_YIELD_AFTER", database.yield_after);
  if (const auto text = environment("DBROLLBACK_MAX_RATE")) {
    database.max_rate = check_rate(variable("DBROLLBACK_MAX_RATE"), *text);
  }
  if (const auto text = environment("DBROLLBACK_PG_BIN")) {
    database.pg_bin = check_folder(variable("DBROLLBACK_PG_BIN"), *text, {});
  }
  override_server("DBROLLBACK_ADMIN_URL", database.admin_url, database.admin_url_problem);
  override_server("DBROLLBACK_SCRATCH_URL", database.scratch_url, database.scratch_url_problem);
  if (const auto text = environment("DBROLLBACK_SCRATCH_USER")) {
    database.scratch_user = check_account(variable("DBROLLBACK_SCRATCH_USER"), *text);
  }
}

void override_keep(Retention& keep) {
  override_number("DBROLLBACK_KEEP_LAST", keep_range, keep.last);
  override_number("DBROLLBACK_KEEP_DAILY", keep_range, keep.daily);
  override_number("DBROLLBACK_KEEP_WEEKLY", keep_range, keep.weekly);
  override_number("DBROLLBACK_KEEP_MONTHLY", keep_range, keep.monthly);
  check_keep(variable("DBROLLBACK_KEEP_LAST, _DAILY, _WEEKLY, _MONTHLY"), keep);
}

}  // namespace

void override_config(Config& config) {
  if (const auto text = environment("DBROLLBACK_REPOSITORY")) {
    config.repository = check_repository(variable("DBROLLBACK_REPOSITORY"), *text, {});
  }
  if (const auto text = environment("DBROLLBACK_TIMEZONE")) {
    config.timezone = check_timezone(variable("DBROLLBACK_TIMEZONE"), *text);
  }
  override_keep(config.keep);
  for (DatabaseConfig& database : config.databases) {
    override_database(database);
  }
}

void override_database(DatabaseConfig& database) {
  override_number("DBROLLBACK_LEVEL", level_range, database.level);
  override_number("DBROLLBACK_THREADS", threads_range, database.threads);
  override_wait("DBROLLBACK_LOCK_TIMEOUT", database.lock_timeout);
  if (const auto text = environment("DBROLLBACK_MIGRATIONS")) {
    database.migrations = check_folder(variable("DBROLLBACK_MIGRATIONS"), *text, {});
  }
  override_wait("DBROLLBACK_MAX_WRITER_PAUSE", database.max_writer_pause);
  override_postgres(database);
}

}  // namespace dbrollback::config
