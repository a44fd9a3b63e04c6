#include "engine/release/known_good.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/document.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::release {

using base::cat;
using base::Json;
using base::printable;

namespace {

constexpr const char* list_object = "known-good.json";
constexpr std::uint64_t largest_list = 16ULL << 20U;

[[noreturn]] void fail_bad_list(const std::string& file, const std::string& problem) {
  base::fail_usage("bad_list", cat(printable(file), " is no list of versions: ", problem), file,
                   "give a JSON list of texts, or of objects with \"version\", \"commit\", \"sha\" or \"tag\"");
}

std::vector<KnownGood> known_good_of(const Json& document) {
  std::vector<KnownGood> all;
  for (const Json& each : document.at("versions")) {
    all.push_back({.version = each.at("version").get<std::string>(),
                   .marked = base::time_from_iso(each.at("marked").get<std::string>()).value_or(Time{}),
                   .user = each.value("user", ""),
                   .source = each.value("source", "")});
  }
  return all;
}

Json parse_list(const std::string& text, const std::string& file) {
  try {
    return base::parse_json(text, file);
  } catch (const Error& error) {
    fail_bad_list(file, cat("it ", base::problem_of(error)));
  }
}

std::string version_in(const Json& entry, std::size_t number, const std::string& file) {
  if (entry.is_string()) {
    return entry.get<std::string>();
  }
  for (const char* member : {"version", "commit", "sha", "tag"}) {
    if (entry.is_object() && entry.contains(member) && entry[member].is_string()) {
      return entry[member].get<std::string>();
    }
  }
  fail_bad_list(file, cat("entry ", number, " names no version"));
}

}  // namespace

std::vector<KnownGood> read_known_good(repository::Store& store) {
  const auto text = storage::read_object(store.objects(), list_object, largest_list);
  if (!text) {
    return {};
  }
  const std::string object = store.objects().describe(list_object);
  const Json document = base::unseal(*text, object);
  try {
    return known_good_of(document);
  } catch (const Json::exception&) {
    base::fail({.code = "damaged_document",
                .exit = Exit::damaged,
                .message = cat(printable(object), " is damaged: it is no list of versions"),
                .object = object,
                .state = "nothing was changed",
                .next = "move this file away, then mark the versions again"});
  }
}

void write_known_good(repository::Store& store, const std::vector<KnownGood>& all) {
  Json versions = Json::array();
  for (const KnownGood& each : all) {
    versions.push_back({{"version", each.version},
                        {"marked", base::to_iso(each.marked)},
                        {"user", each.user},
                        {"source", each.source}});
  }
  const std::string text = base::seal({{"versions", std::move(versions)}});
  storage::write_object(store.objects(), list_object, base::bytes_of(text));
  base::reached("known good versions written");
}

std::vector<std::string> versions_of(const std::string& text, const std::string& file) {
  const Json document = parse_list(text, file);
  if (!document.is_array()) {
    fail_bad_list(file, "it is not a JSON list");
  }
  std::vector<std::string> versions;
  versions.reserve(document.size());
  for (const Json& entry : document) {
    versions.push_back(version_in(entry, versions.size() + 1, file));
  }
  return versions;
}

}  // namespace dbrollback::release
