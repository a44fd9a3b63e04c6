#include "engine/repository/run_record.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "dbrollback/error.hpp"
#include "dbrollback/version.hpp"
#include "engine/base/document.hpp"
#include "engine/base/random.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::repository {

namespace {

std::string user() {
  const struct passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void write(Store& store, const RunRecord& record, base::Time started, const Error* error, Observer& observer) {
  try {
    base::Json facts = base::Json::object();
    for (const auto& [key, value] : record.facts) {
      if (!facts.contains(key)) {
        facts[key] = value;
      } else if (facts[key].is_array()) {
        facts[key].push_back(value);
      } else {
        facts[key] = {facts[key], value};  // "removed": every snapshot that went
      }
    }
    base::Json document = {{"command", record.command},
                           {"database", record.database},
                           {"user", user()},
                           {"host", host()},
                           {"tool_version", version()},
                           {"started", base::to_iso(started)},
                           {"finished", base::to_iso(base::now())},
                           {"exit", error == nullptr ? 0 : static_cast<int>(error->exit())},
                           {"facts", std::move(facts)}};
    if (error != nullptr) {
      document["error"] = {{"code", error->code()}, {"message", error->what()}};
    }
    const std::string text = base::seal(std::move(document));
    const std::string name =
        base::cat("runs/", base::to_compact(started), "-", record.command, "-", base::random_hex(4), ".json");
    write_object(store.objects(), name, base::bytes_of(text));
    base::reached("run record written");
  } catch (const std::exception& failure) {
    observer.warning(base::cat("the record of this run could not be written: ", failure.what()));
  }
}

}  // namespace

void recorded(Store& store, RunRecord& record, Observer& observer, const std::function<void()>& action) {
  const base::Time started = base::now();
  try {
    action();
  } catch (const Error& error) {
    write(store, record, started, &error, observer);
    throw;
  }
  write(store, record, started, nullptr, observer);
}

}  // namespace dbrollback::repository
