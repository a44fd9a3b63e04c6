#include "engine/snapshot/capture.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "dbrollback/version.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/frame_pipeline.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/row_streams.hpp"
#include "engine/snapshot/stored_schema.hpp"

namespace dbrollback::snapshot {

namespace {

// Gives a view's only stream to the pipeline, a frame a batch.
class PipelineSink final : public database::BatchSink, public database::BatchSinks {
 public:
  explicit PipelineSink(FramePipeline& pipeline) : pipeline_(&pipeline) {}
  database::BatchSink& stream(unsigned /*number*/) override { return *this; }
  base::Bytes take_buffer() override { return pipeline_->take_buffer(); }
  void take(database::Batch batch) override {
    const FrameFacts facts = facts_of(batch);
    pipeline_->add(facts, std::move(batch.bytes));
  }

 private:
  FramePipeline* pipeline_;
};

TableFacts facts_of(const schema::Table& table) {
  TableFacts facts{.name = table.name, .key = table.key};
  for (const auto& column : table.columns) {
    if (!column.generated) {
      facts.columns.push_back({.name = column.name, .type = column.type});
    }
  }
  return facts;
}

void count(database::View& view, TableFacts& table, bool tolerate_damage, std::vector<LeftOut>& left_out) {
  try {
    table.rows = view.count(table.name);
  } catch (const Error& error) {
    if (!tolerate_damage || error.code() != "damaged_database") {
      throw;
    }
    left_out.push_back({.object = "row count of " + table.name, .reason = error.what()});
  }
}

std::vector<TableFacts> count_tables(database::View& view, bool tolerate_damage, std::vector<LeftOut>& left_out,
                                     Observer& observer) {
  std::vector<TableFacts> tables;
  const auto& all = view.describe().schema.tables;
  for (const auto& table : all) {
    stop_if_cancelled(observer);
    TableFacts facts = facts_of(table);
    count(view, facts, tolerate_damage, left_out);
    tables.push_back(std::move(facts));
    observer.progress({.phase = "counting rows", .done = tables.size(), .total = all.size(), .unit = "tables"});
  }
  return tables;
}

SnapshotDetails describe(const database::View& view) {
  const database::Description& description = view.describe();
  SnapshotDetails out;
  out.tool_version = version();
  out.server_version = description.server_version;
  out.source = description.source;
  out.encoding = description.encoding;
  out.journal_mode = description.journal_mode;
  out.page_size = description.page_size;
  out.page_count = description.page_count;
  out.schema_fingerprint = schema_fingerprint(view);
  for (const auto& [object, reason] : description.left_out) {
    out.left_out.push_back({.object = object, .reason = reason});
  }
  out.partial = description.partial;
  out.postgres = description.postgres;
  out.summary.engine = description.engine;
  out.summary.raw_bytes = description.bytes();
  return out;
}

void warn_of_keys(const SnapshotDetails& details, Observer& observer) {
  if (details.partial) {
    for (const LooseKeyFacts& key : details.partial->foreign_keys) {
      observer.warning(base::cat("the foreign key ", base::printable(key.object), " refers to ",
                                 base::printable(key.refers_to),
                                 ", whose rows are not stored: what is restored from this snapshot is without it"));
    }
  }
}

// Keeps of the parent's holders those that hold pages of this snapshot, and writes the page map.
void keep_references(SnapshotDetails& out, std::vector<PageRun> runs, const Parent& parent,
                     storage::ObjectStore& store) {
  std::vector<HolderFacts> holders = parent.holders();
  for (const auto& run : runs) {
    if (run.holder > 0) {
      holders[run.holder - 1].pages += run.pages;
    }
  }
  std::vector<std::uint32_t> number(holders.size() + 1, 0);
  for (std::size_t i = 0; i < holders.size(); ++i) {
    if (holders[i].pages > 0) {
      out.holders.push_back(std::move(holders[i]));
      number[i + 1] = static_cast<std::uint32_t>(out.holders.size());
    }
  }
  for (auto& run : runs) {
    run.holder = number[run.holder];
  }
  HashedFile map(store, out.summary.id, std::string(page_map_file));
  map.write(encode_page_map(runs, snapshot_key(out.summary.id)));
  out.files.push_back(map.finish());
  base::reached("page map written");
  out.summary.parent = parent.manifest().summary.id;
}

// The parent's tables and numbers of rows are this snapshot's too.
bool nothing_changed(const SnapshotDetails& now, const std::vector<PageRun>& runs, const Parent& parent) {
  const SnapshotDetails& then = parent.manifest();
  return now.page_count == then.page_count && now.left_out.size() == then.left_out.size() &&
         std::ranges::none_of(runs, [](const PageRun& run) { return run.holder == 0; });
}

void capture_pages(database::View& view, storage::ObjectStore& store, const DatabaseConfig& config,
                   const CaptureOptions& names, SnapshotDetails& out, Observer& observer) {
  SegmentWriter writer(store, names.id);
  std::optional<PageTagsWriter> tags;
  if (names.page_key != nullptr) {
    tags.emplace(store, names.id, key_id_of(*names.page_key));
  }
  // A database without pages has nothing to refer to.
  const Parent* parent = out.page_count > 0 ? names.parent : nullptr;
  {
    FramePipeline pipeline(writer, {.level = config.level,
                                    .threads = config.threads,
                                    .page_key = names.page_key,
                                    .parent = parent,
                                    .page_size = out.page_size,
                                    .tags = tags ? &*tags : nullptr});
    PipelineSink sink(pipeline);
    (void)view.read(sink, [&](std::uint64_t bytes) {
      observer.progress({.phase = "reading pages", .done = bytes, .total = out.summary.raw_bytes, .unit = "bytes"});
    });
    // The pages are on their way. Without a parent, counting overlaps with compressing the last of them; with one,
    // there may be nothing to count.
    if (parent == nullptr) {
      out.tables = count_tables(view, names.tolerate_damage, out.left_out, observer);
    }
    out.checks = run_checks(view, config.checks);
    const std::vector<PageRun> runs = pipeline.finish();
    if (parent != nullptr) {
      out.tables = nothing_changed(out, runs, *parent)
                       ? parent->manifest().tables
                       : count_tables(view, names.tolerate_damage, out.left_out, observer);
      keep_references(out, runs, *parent, store);
    }
  }
  out.segments = writer.finish();
  if (tags) {
    if (const auto file = tags->finish()) {
      out.files.push_back(*file);
      base::reached("page tags written");
    }
  }
}

void capture_rows(database::View& view, storage::ObjectStore& store, const DatabaseConfig& config, SnapshotDetails& out,
                  Observer& observer) {
  base::Bytes archive;
  if (view.read_schema([&](base::ByteView bytes) { base::put(archive, bytes); })) {
    out.files.push_back(write_archive(store, out.summary.id, archive));
  }
  out.files.push_back(write_schema(store, out.summary.id, view.describe().schema));
  RowStreams streams(store, out.summary.id, view.streams(), config.level);
  const auto contents = view.read(streams, [&](std::uint64_t bytes) {
    observer.progress({.phase = "reading rows", .done = bytes, .total = 0, .unit = "bytes"});
  });
  out.segments = streams.finish();
  const database::Description& description = view.describe();
  for (std::size_t i = 0; i < contents.size(); ++i) {
    TableFacts facts = facts_of(description.schema.tables[i]);
    facts.rows = contents[i].rows;
    facts.hash = to_hex(contents[i].hash);
    facts.postgres = description.postgres_tables[i];
    out.tables.push_back(std::move(facts));
  }
  out.checks = run_checks(view, config.checks);
}

}  // namespace

void stop_if_cancelled(Observer& observer) {
  if (observer.cancelled()) {
    base::fail({.code = "interrupted",
                .exit = Exit::failed,
                .message = "interrupted",
                .object = {},
                .state = "nothing was published or changed",
                .next = "run the command again when you are ready"});
  }
}

std::string schema_fingerprint(const schema::Schema& schema) {
  return to_hex(base::xxh3_128(base::bytes_of(schema::canonical_text(schema))));
}

std::string schema_fingerprint(const database::View& view) { return schema_fingerprint(view.describe().schema); }

std::vector<CheckResult> run_checks(database::View& view, const std::vector<Check>& checks) {
  std::vector<CheckResult> results;
  for (const auto& check : checks) {
    CheckResult result{
        .name = check.name, .sql = check.sql, .value = view.value_of(check.sql), .expect = check.expect, .ok = true};
    result.ok = !check.expect || *check.expect == result.value;
    results.push_back(std::move(result));
  }
  return results;
}

SnapshotDetails capture(database::View& view, storage::ObjectStore& store, const DatabaseConfig& config,
                        const SnapshotOptions& options, const CaptureOptions& names, Observer& observer) {
  const auto start = std::chrono::steady_clock::now();
  SnapshotDetails out = describe(view);
  out.summary.id = names.id;
  out.summary.database = config.name;
  out.summary.lineage = names.lineage;
  out.summary.created = names.created;
  out.summary.app_version = options.app_version;
  out.summary.reason = options.reason;
  warn_of_keys(out, observer);
  if (out.page_size != 0) {
    capture_pages(view, store, config, names, out, observer);
  } else {
    capture_rows(view, store, config, out, observer);
  }
  out.summary.duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  add_up(out);
  publish_manifest(store, out);
  return out;
}

}  // namespace dbrollback::snapshot
