#include "engine/snapshot/manifest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/snapshot/fields.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/snapshot/page_map.hpp"
#include "engine/snapshot/page_tags.hpp"
#include "engine/snapshot/postgres_facts.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;
using base::Json;

namespace {

constexpr const char* format_name = "dbrollback snapshot";
// In format.required of a snapshot whose pages are not simply its stored pages.
constexpr const char* page_map_feature = "page-map";
// In that of a snapshot that stores rows and not pages.
constexpr const char* rows_feature = "rows";
// In that of a snapshot that does not hold the rows of every table.
constexpr const char* partial_feature = "partial";
constexpr std::uint64_t largest_file = 1ULL << 40U;

Json tables_to_json(const std::vector<TableFacts>& tables) {
  Json out = Json::array();
  for (const auto& table : tables) {
    Json columns = Json::array();
    for (const auto& column : table.columns) {
      columns.push_back({{"name", column.name}, {"type", column.type}});
    }
    Json item = {{"name", table.name}, {"rows", table.rows}, {"key", table.key}, {"columns", std::move(columns)}};
    keep_bytes(item, "name_hex", table.name);
    if (!table.hash.empty()) {
      item["hash"] = table.hash;
    }
    if (table.postgres) {
      item["postgres"] = to_json(*table.postgres);
    }
    out.push_back(std::move(item));
  }
  return out;
}

std::vector<TableFacts> tables_from_json(const Fields& fields, const std::string& object) {
  std::vector<TableFacts> tables;
  for (const auto& item : fields.list("tables")) {
    const Fields table(item, object);
    TableFacts facts{.name = with_bytes(table, "name_hex", table.text("name")),
                     .rows = table.number("rows"),
                     .key = table.texts("key")};
    if (table.optional("hash") != nullptr) {
      facts.hash = table.text("hash");
    }
    if (const Json* postgres = table.optional("postgres")) {
      facts.postgres = postgres_table_from(*postgres, object);
    }
    for (const auto& column : table.list("columns")) {
      const Fields parts(column, object);
      facts.columns.push_back({.name = parts.text("name"), .type = parts.text("type")});
    }
    tables.push_back(std::move(facts));
  }
  return tables;
}

Json checks_to_json(const std::vector<CheckResult>& checks) {
  Json out = Json::array();
  for (const auto& check : checks) {
    Json item = {{"name", check.name},
                 {"sql", check.sql},
                 {"value", check.value},
                 {"expect", check.expect ? Json(*check.expect) : Json()},
                 {"ok", check.ok}};
    keep_bytes(item, "value_hex", check.value);
    out.push_back(std::move(item));
  }
  return out;
}

std::vector<CheckResult> checks_from_json(const Fields& fields, const std::string& object) {
  std::vector<CheckResult> checks;
  for (const auto& item : fields.list("checks")) {
    const Fields check(item, object);
    CheckResult result{.name = check.text("name"),
                       .sql = check.text("sql"),
                       .value = with_bytes(check, "value_hex", check.text("value")),
                       .expect = {},
                       .ok = check.flag("ok")};
    if (check.optional("expect") != nullptr) {
      result.expect = check.text("expect");
    }
    checks.push_back(std::move(result));
  }
  return checks;
}

Json segments_to_json(const std::vector<SegmentFacts>& segments) {
  Json out = Json::array();
  for (const auto& segment : segments) {
    out.push_back(
        {{"name", segment.name}, {"bytes", segment.bytes}, {"frames", segment.frames}, {"hash", segment.hash}});
  }
  return out;
}

[[noreturn]] void refuse_name(const std::string& what, const std::string& name, const std::string& why,
                              const std::string& object) {
  base::fail({.code = "unsafe_name",
              .exit = Exit::damaged,
              .message = cat(base::printable(object), " names the ", what, " '", base::printable(name),
                             "', which is not ", why),
              .object = object,
              .state = "nothing was read from or written to that place",
              .next = "do not use this repository before you know who changed it"});
}

std::vector<SegmentFacts> segments_from_json(const Fields& fields, const std::string& object) {
  std::vector<SegmentFacts> segments;
  for (const auto& item : fields.list("segments")) {
    const Fields segment(item, object);
    SegmentFacts facts{.name = segment.text("name"),
                       .bytes = segment.number("bytes"),
                       .frames = segment.number("frames"),
                       .hash = segment.text("hash")};
    if (facts.name.find('/') != std::string::npos || !storage::is_valid_name(facts.name) ||
        !facts.name.ends_with(".seg")) {
      refuse_name("segment", facts.name, "a file of this snapshot's folder", object);
    }
    if (!base::hash_from_hex(facts.hash)) {
      damaged(object, "is damaged: a segment's hash");
    }
    segments.push_back(std::move(facts));
  }
  return segments;
}

Json files_to_json(const std::vector<FileFacts>& files) {
  Json out = Json::array();
  for (const auto& file : files) {
    out.push_back({{"name", file.name}, {"bytes", file.bytes}, {"hash", file.hash}});
  }
  return out;
}

// Absent in snapshots that were taken before there were such files.
std::vector<FileFacts> files_from_json(const Fields& fields, const std::string& object) {
  std::vector<FileFacts> files;
  if (fields.optional("files") == nullptr) {
    return files;
  }
  for (const auto& item : fields.list("files")) {
    const Fields file(item, object);
    FileFacts facts{.name = file.text("name"), .bytes = file.number("bytes"), .hash = file.text("hash")};
    if (facts.name != page_map_file && facts.name != page_tags_file && facts.name != schema_file &&
        facts.name != schema_text_file) {
      refuse_name("file", facts.name, "a file of this snapshot's folder", object);
    }
    if (!base::hash_from_hex(facts.hash) || facts.bytes > largest_file) {
      damaged(object, "is damaged: a file's size or hash");
    }
    files.push_back(std::move(facts));
  }
  return files;
}

Json holders_to_json(const std::vector<HolderFacts>& holders) {
  Json out = Json::array();
  for (const auto& holder : holders) {
    out.push_back({{"id", holder.id}, {"pages", holder.pages}, {"segments", segments_to_json(holder.segments)}});
  }
  return out;
}

std::vector<HolderFacts> holders_from_json(const Fields& fields, const std::string& object) {
  std::vector<HolderFacts> holders;
  if (fields.optional("holders") == nullptr) {
    return holders;
  }
  for (const auto& item : fields.list("holders")) {
    const Fields holder(item, object);
    HolderFacts facts{
        .id = holder.text("id"), .pages = holder.number("pages"), .segments = segments_from_json(holder, object)};
    if (!is_id(facts.id)) {
      refuse_name("snapshot", facts.id, "an id", object);
    }
    holders.push_back(std::move(facts));
  }
  return holders;
}

Json partial_to_json(const PartialFacts& partial) {
  Json keys = Json::array();
  for (const LooseKeyFacts& key : partial.foreign_keys) {
    keys.push_back(to_json(key));
  }
  return {{"tables", partial.tables}, {"exclude_tables", partial.exclude_tables}, {"foreign_keys", keys}};
}

std::optional<PartialFacts> partial_from_json(const Fields& document, const std::string& object) {
  if (document.optional("partial") == nullptr) {
    return std::nullopt;
  }
  const Fields partial = document.object("partial");
  PartialFacts out{
      .tables = partial.texts("tables"), .exclude_tables = partial.texts("exclude_tables"), .foreign_keys = {}};
  for (const auto& key : partial.list("foreign_keys")) {
    out.foreign_keys.push_back(loose_key_from(key, object));
  }
  return out;
}

void check_format(const Json& document, const std::string& object) {
  const Fields format = Fields(document, object).object("format");
  if (format.text("name") != format_name || format.number("version") == 0) {
    damaged(object, "is not the manifest of a snapshot");
  }
  auto required = format.texts("required");
  std::erase(required, page_map_feature);
  std::erase(required, rows_feature);
  std::erase(required, partial_feature);
  if (format.number("version") > format_version || !required.empty()) {
    base::fail({.code = "newer_format",
                .exit = Exit::failed,
                .message = cat(base::printable(object), " is of format ", format.number("version"),
                               required.empty() ? "" : " with ", base::printable(base::join(required, ", ")),
                               "; this program reads format ", format_version),
                .object = object,
                .state = "nothing was changed",
                .next = "use the dbrollback that wrote it, or a newer one"});
  }
}

void read_database(const Fields& document, const std::string& object, SnapshotDetails& out) {
  const Fields database = document.object("database");
  SnapshotSummary& summary = out.summary;
  summary.database = database.text("name");
  summary.lineage = database.text("lineage");
  summary.engine = database.text("engine");
  out.source = database.text("source");
  out.server_version = database.text("server_version");
  out.encoding = database.text("encoding");
  out.journal_mode = database.text("journal_mode");
  summary.raw_bytes = database.number("bytes");
  const std::uint64_t page_size = database.number("page_size");
  out.page_count = database.number("page_count");
  if (summary.engine == "postgres" && page_size == 0 && out.page_count == 0) {
    return;
  }
  if (page_size < 512 || page_size > 65536 || (page_size & (page_size - 1)) != 0 ||
      summary.raw_bytes / page_size != out.page_count || summary.raw_bytes % page_size != 0) {
    damaged(object, "is damaged: page size and page count do not fit each other");
  }
  out.page_size = static_cast<std::uint32_t>(page_size);
}

}  // namespace

void add_up(SnapshotDetails& details) {
  SnapshotSummary& summary = details.summary;
  summary.partial = details.partial.has_value();
  summary.tables = details.tables.size();
  summary.rows = 0;
  for (const auto& table : details.tables) {
    summary.rows += table.rows;
  }
  summary.stored_bytes = 0;
  for (const auto& segment : details.segments) {
    summary.stored_bytes += segment.bytes;
  }
  for (const auto& file : details.files) {
    summary.stored_bytes += file.bytes;
  }
  summary.holders.clear();
  for (const auto& holder : details.holders) {
    summary.holders.push_back(holder.id);
  }
  summary.failed_checks = 0;
  for (const auto& check : details.checks) {
    summary.failed_checks += check.ok ? 0U : 1U;
  }
}

std::string manifest_to_text(const SnapshotDetails& snapshot) {
  const SnapshotSummary& summary = snapshot.summary;
  Json left_out = Json::array();
  for (const auto& item : snapshot.left_out) {
    left_out.push_back({{"object", item.object}, {"reason", item.reason}});
  }
  Json required = Json::array();
  if (std::ranges::find(snapshot.files, page_map_file, &FileFacts::name) != snapshot.files.end()) {
    required.push_back(page_map_feature);
  }
  if (snapshot.postgres) {
    required.push_back(rows_feature);
  }
  if (snapshot.partial) {
    required.push_back(partial_feature);
  }
  Json document = {{"format", {{"name", format_name}, {"version", format_version}, {"required", required}}},
                   {"id", summary.id},
                   {"created", base::to_iso(summary.created)},
                   {"duration_ms", static_cast<std::uint64_t>(summary.duration.count())},
                   {"app_version", summary.app_version},
                   {"reason", summary.reason},
                   {"tool_version", snapshot.tool_version},
                   {"parent", summary.parent.empty() ? Json() : Json(summary.parent)},
                   {"mac", nullptr},
                   {"database",
                    {{"name", summary.database},
                     {"lineage", summary.lineage},
                     {"engine", summary.engine},
                     {"server_version", snapshot.server_version},
                     {"source", snapshot.source},
                     {"encoding", snapshot.encoding},
                     {"journal_mode", snapshot.journal_mode},
                     {"page_size", snapshot.page_size},
                     {"page_count", snapshot.page_count},
                     {"bytes", summary.raw_bytes},
                     {"schema_fingerprint", snapshot.schema_fingerprint}}},
                   {"tables", tables_to_json(snapshot.tables)},
                   {"left_out", std::move(left_out)},
                   {"checks", checks_to_json(snapshot.checks)},
                   {"segments", segments_to_json(snapshot.segments)},
                   {"files", files_to_json(snapshot.files)},
                   {"holders", holders_to_json(snapshot.holders)}};
  if (snapshot.partial) {
    document["partial"] = partial_to_json(*snapshot.partial);
  }
  if (snapshot.postgres) {
    document["postgres"] = to_json(*snapshot.postgres);
  }
  return base::to_text(document);
}

SnapshotDetails manifest_from_text(std::string_view text, const std::string& object) {
  const Json json = base::parse_json(text, object);
  check_format(json, object);
  const Fields document(json, object);
  SnapshotDetails out;
  out.summary.id = document.text("id");
  const auto created = base::time_from_iso(document.text("created"));
  if (!created || !is_id(out.summary.id)) {
    damaged(object, "is damaged: its id or its time");
  }
  out.summary.created = *created;
  out.summary.duration = std::chrono::milliseconds(document.number("duration_ms"));
  out.summary.app_version = document.text("app_version");
  out.summary.reason = document.text("reason");
  out.tool_version = document.text("tool_version");
  read_database(document, object, out);
  out.schema_fingerprint = document.object("database").text("schema_fingerprint");
  out.tables = tables_from_json(document, object);
  out.checks = checks_from_json(document, object);
  out.segments = segments_from_json(document, object);
  out.files = files_from_json(document, object);
  out.holders = holders_from_json(document, object);
  if (const Json* postgres = document.optional("postgres")) {
    out.postgres = postgres_facts_from(*postgres, object);
  }
  if (out.postgres.has_value() != (out.summary.engine == "postgres")) {
    damaged(object, "is damaged: its engine does not fit what it says of the database");
  }
  out.partial = partial_from_json(document, object);
  if (out.partial && !out.postgres) {
    damaged(object, "is damaged: it says that tables were chosen of a database whose pages are stored");
  }
  if (document.optional("parent") != nullptr) {
    out.summary.parent = document.text("parent");
  }
  for (const auto& item : document.list("left_out")) {
    const Fields left(item, object);
    out.left_out.push_back({.object = left.text("object"), .reason = left.text("reason")});
  }
  add_up(out);
  return out;
}

void publish_manifest(storage::ObjectStore& store, const SnapshotDetails& snapshot) {
  const std::string text = manifest_to_text(snapshot);
  const std::string sum = cat(to_hex(base::xxh3_128(base::bytes_of(text))), "  ", manifest_file, "\n");
  const std::string& id = snapshot.summary.id;
  const std::string sum_name = object_name(id, std::string(manifest_sum_file));
  const std::string name = object_name(id, std::string(manifest_file));
  // From before there is a sum until the manifest is published, its writer marks the snapshot as unfinished: a sum
  // without a manifest and without that mark is what a snapshot leaves that lost its manifest.
  const auto manifest = store.put(name);
  manifest->write(base::bytes_of(text));
  try {
    write_object(store, sum_name, base::bytes_of(sum));
    base::reached("sum written");
    manifest->commit();
  } catch (...) {
    store.withdraw(name);
    store.remove(sum_name);
    throw;
  }
  base::reached("manifest written");
}

SnapshotDetails read_manifest(storage::ObjectStore& store, const std::string& id) {
  const std::string name = object_name(id, std::string(manifest_file));
  const std::string object = store.describe(name);
  const auto read = [&] { return read_object(store, name, largest_manifest); };
  const auto sum_of = [](const std::string& text) {
    return cat(to_hex(base::xxh3_128(base::bytes_of(text))), "  ", manifest_file, "\n");
  };
  auto text = read();
  if (!text) {
    damaged(object, "is missing");
  }
  const auto sum = read_object(store, object_name(id, std::string(manifest_sum_file)), 4096);
  if (!sum) {
    damaged(store.describe(object_name(id, std::string(manifest_sum_file))), "is missing");
  }
  if (*sum != sum_of(*text)) {
    text = read();  // a disk or a network may have had one bad moment
  }
  if (!text || *sum != sum_of(*text)) {
    damaged(object, cat("is cut off or damaged (", base::human_bytes(text ? text->size() : 0),
                        "): it does not fit the checksum in ", manifest_sum_file));
  }
  SnapshotDetails details = manifest_from_text(*text, object);
  if (details.summary.id != id) {
    damaged(object, cat("belongs to another snapshot, ", details.summary.id));
  }
  return details;
}

}  // namespace dbrollback::snapshot
