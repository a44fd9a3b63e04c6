#include "engine/recovery/verdicts.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dbrollback/error.hpp"
#include "engine/base/document.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::recovery {

using base::cat;

namespace {

constexpr std::uint64_t largest_verdict = 16U << 20U;
constexpr std::array<std::string_view, 3> verdict_names{"lossless", "lossy", "no way back"};

std::string verdict_object(const std::string& hash) { return cat("rehearsals/", hash, ".json"); }

Rehearsal rehearsal_of(const base::Json& document) {
  Rehearsal out;
  out.version = document.at("version").get<std::string>();
  out.name = document.at("name").get<std::string>();
  const auto verdict = std::ranges::find(verdict_names, document.at("verdict").get<std::string>());
  out.verdict = verdict == verdict_names.end() ? Rehearsal::Verdict::no_way_back
                                               : static_cast<Rehearsal::Verdict>(verdict - verdict_names.begin());
  for (const base::Json& loss : document.at("losses")) {
    out.losses.push_back({.object = loss.at("object").get<std::string>(),
                          .problem = loss.at("problem").get<std::string>(),
                          .rows = loss.at("rows").get<std::uint64_t>()});
  }
  out.problem = document.at("problem").get<std::string>();
  out.up = std::chrono::milliseconds(document.at("up_ms").get<std::int64_t>());
  out.down = std::chrono::milliseconds(document.at("down_ms").get<std::int64_t>());
  return out;
}

}  // namespace

std::string scripts_hash(const schema::Migration& migration) {
  const std::string scripts = cat(migration.up.text, "\n", migration.down ? migration.down->text : "");
  return to_hex(base::xxh3_128(base::bytes_of(scripts)));
}

void keep_verdict(repository::Store& store, const std::string& hash, const Rehearsal& rehearsal,
                  const std::string& database, const std::string& snapshot) {
  base::Json losses = base::Json::array();
  for (const Rehearsal::Loss& loss : rehearsal.losses) {
    losses.push_back({{"object", loss.object}, {"problem", loss.problem}, {"rows", loss.rows}});
  }
  const std::string text = base::seal({{"database", database},
                                       {"version", rehearsal.version},
                                       {"name", rehearsal.name},
                                       {"scripts", hash},
                                       {"snapshot", snapshot},
                                       {"at", base::to_iso(base::now())},
                                       {"verdict", verdict_names.at(static_cast<std::size_t>(rehearsal.verdict))},
                                       {"losses", std::move(losses)},
                                       {"problem", rehearsal.problem},
                                       {"up_ms", rehearsal.up.count()},
                                       {"down_ms", rehearsal.down.count()}});
  storage::write_object(store.objects(), verdict_object(hash), base::bytes_of(text));
}

std::optional<Rehearsal> find_verdict(repository::Store& store, const std::string& hash) {
  try {
    const auto text = storage::read_object(store.objects(), verdict_object(hash), largest_verdict);
    if (!text) {
      return std::nullopt;
    }
    return rehearsal_of(base::unseal(*text, store.objects().describe(verdict_object(hash))));
  } catch (const base::Json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace dbrollback::recovery
