#include "dbrollback/run.hpp"

#include <algorithm>
#include <iterator>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback {

using base::cat;
using base::printable;

namespace {

constexpr std::ptrdiff_t most_named = 5;

// The newest of them, by their ids.
std::string newest_of(const std::vector<std::string>& ids) {
  return base::join({ids.end() - std::min(most_named, std::ssize(ids)), ids.end()}, ", ");
}

std::vector<std::string> ids_of(const std::vector<Run>& runs) {
  std::vector<std::string> ids;
  ids.reserve(runs.size());
  std::ranges::transform(runs, std::back_inserter(ids), &Run::id);
  return ids;
}

Run latest_run(const std::vector<Run>& runs, const std::string& spec, const std::string& command) {
  const auto found = std::find_if(runs.rbegin(), runs.rend(),
                                  [&](const Run& run) { return command.empty() || run.command == command; });
  if (found == runs.rend()) {
    base::fail_usage("no_runs",
                     cat("there is no record of a run", command.empty() ? "" : cat(" of ", printable(command)), " yet"),
                     spec, runs.empty() ? "" : cat("the newest of others are ", newest_of(ids_of(runs))));
  }
  return *found;
}

}  // namespace

std::string Run::fact(const std::string& name) const {
  const auto found = std::ranges::find(facts, name, &std::pair<std::string, std::string>::first);
  return found == facts.end() ? "" : found->second;
}

std::vector<Run> list_runs(Repository& repository, const std::string& database) {
  // The journals first: a run that comes to its end meanwhile is rather there twice than not at all.
  std::vector<Run> open = repository::read_journals(repository.store(), database);
  std::vector<Run> runs = repository::read_runs(repository.store(), database);
  std::erase_if(open, [&](const Run& run) { return std::ranges::find(runs, run.id, &Run::id) != runs.end(); });
  std::ranges::move(open, std::back_inserter(runs));
  std::ranges::stable_sort(runs, {}, &Run::started);
  return runs;
}

Run find_run(Repository& repository, const std::string& spec, const std::string& database) {
  constexpr std::string_view latest_of = "latest:";
  const std::vector<Run> runs = list_runs(repository, database);
  if (spec == "latest" || spec.starts_with(latest_of)) {
    return latest_run(runs, spec, spec == "latest" ? "" : spec.substr(latest_of.size()));
  }
  std::vector<Run> fits;
  for (const Run& run : runs) {
    if (run.id == spec) {
      return run;
    }
    if (!spec.empty() && run.id.starts_with(spec)) {
      fits.push_back(run);
    }
  }
  if (fits.empty()) {
    base::fail_usage("unknown_run",
                     cat("there is no run '", printable(spec), "'",
                         runs.empty() ? "" : cat("; the newest are ", newest_of(ids_of(runs)))),
                     spec, "give one's id, a unique beginning of it, `latest`, or `latest:COMMAND`");
  }
  if (fits.size() > 1) {
    base::fail_usage(
        "ambiguous_run",
        cat("'", printable(spec), "' is the beginning of ", fits.size(), " runs: ", newest_of(ids_of(fits))), spec,
        "give more of the id");
  }
  return fits.front();
}

}  // namespace dbrollback
