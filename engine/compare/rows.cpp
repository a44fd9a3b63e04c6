#include <algorithm>
#include <map>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/compare/compare_rows.hpp"
#include "engine/compare/comparison.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/take.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/stored_rows.hpp"
#include "engine/snapshot/stored_schema.hpp"

namespace dbrollback::compare {

namespace {

class StoredTables final : public RowTables {
 public:
  StoredTables(storage::ObjectStore& store, const SnapshotDetails& manifest, Observer& observer)
      : rows_(store, manifest), schema_(snapshot::read_schema(store, manifest)), observer_(&observer) {}

  const schema::Schema& schema() const override { return schema_; }
  const std::string& encoding() const override { return rows_.manifest().encoding; }
  const std::vector<SequenceFacts>& sequences() const override { return rows_.manifest().postgres->sequences; }
  database::Content content(const std::string& table) override {
    const TableFacts& facts = rows_.manifest().tables[place_of(table)];
    return {.rows = facts.rows, .hash = base::hash_from_hex(facts.hash).value_or(base::Hash128{})};
  }
  void rows(const std::string& table, const std::function<void(base::ByteView)>& take) override {
    rows_.rows(place_of(table), [&](base::ByteView row) {
      if (++read_ % rows_between_ticks == 0) {
        snapshot::stop_if_cancelled(*observer_);
      }
      take(row);
    });
  }

 private:
  static constexpr std::uint64_t rows_between_ticks = 4096;

  [[nodiscard]] std::size_t place_of(const std::string& table) const {
    const auto& tables = rows_.manifest().tables;
    return static_cast<std::size_t>(std::ranges::find(tables, table, &TableFacts::name) - tables.begin());
  }

  snapshot::StoredRows rows_;
  schema::Schema schema_;
  Observer* observer_;
  std::uint64_t read_ = 0;
};

class LiveTables final : public RowTables {
 public:
  LiveTables(const DatabaseConfig& database, Observer& observer)
      : view_(database::open_server(database)->open_rows(repository::view_options(database, observer))),
        schema_(view_->describe().schema) {
    for (schema::Table& table : schema_.tables) {
      std::erase_if(table.columns, [](const schema::Column& column) { return column.generated; });
    }
  }

  const schema::Schema& schema() const override { return schema_; }
  const std::string& encoding() const override { return view_->describe().encoding; }
  const std::vector<SequenceFacts>& sequences() const override { return view_->describe().postgres->sequences; }
  database::Content content(const std::string& table) override {
    const auto [at, is_new] = contents_.try_emplace(table);
    if (is_new) {
      at->second = view_->content(table);
    }
    return at->second;
  }
  void rows(const std::string& table, const std::function<void(base::ByteView)>& take) override {
    (void)view_->rows(table, take);
  }

 private:
  std::unique_ptr<database::RowView> view_;
  schema::Schema schema_;  // as a manifest says it: without generated columns, which the tables' definitions have
  std::map<std::string, database::Content> contents_;  // each is a reading of the whole table
};

std::unique_ptr<RowTables> open(repository::Store& store, const DatabaseConfig& database,
                                const std::optional<SnapshotDetails>& manifest, Observer& observer) {
  if (manifest) {
    return std::make_unique<StoredTables>(store.objects(), *manifest, observer);
  }
  return std::make_unique<LiveTables>(database, observer);
}

class RowComparison final : public Comparison {
 public:
  RowComparison(std::unique_ptr<RowTables> a, std::unique_ptr<RowTables> b) : a_(std::move(a)), b_(std::move(b)) {
    if (a_->encoding() != b_->encoding()) {
      base::fail({.code = "other_encoding",
                  .exit = Exit::failed,
                  .message = base::cat("rows in ", a_->encoding(), " cannot be compared with rows in ", b_->encoding()),
                  .object = {},
                  .state = "nothing was changed",
                  .next = "restore the snapshot with `dbrollback restore ID --into URL`, and compare there"});
    }
  }

  const schema::Schema& schema(Side side) override { return of(side).schema(); }
  std::uint64_t count(Side side, const std::string& table) override { return of(side).content(table).rows; }
  database::RowDifference rows(const std::string& table) override { return compare_rows(*a_, *b_, table); }

  // One that only one side has is a difference of the schema.
  std::vector<schema::Change> others() override {
    std::vector<schema::Change> out;
    for (const SequenceFacts& then : a_->sequences()) {
      for (const SequenceFacts& now : b_->sequences()) {
        if (now.schema == then.schema && now.name == then.name && next_of(now) != next_of(then)) {
          out.push_back({base::cat("sequence \"", now.schema, ".", now.name, "\""),
                         base::cat("at ", next_of(then), " in A, at ", next_of(now), " in B")});
        }
      }
    }
    return out;
  }

 private:
  static std::string next_of(const SequenceFacts& sequence) {
    return base::cat(sequence.last_value, sequence.is_called ? "" : ", not used yet");
  }

  [[nodiscard]] RowTables& of(Side side) { return side == Side::a ? *a_ : *b_; }

  std::unique_ptr<RowTables> a_;
  std::unique_ptr<RowTables> b_;
};

}  // namespace

std::unique_ptr<Comparison> open_rows(repository::Store& store, const DatabaseConfig& database,
                                      const Manifests& manifests, Observer& observer) {
  return std::make_unique<RowComparison>(open(store, database, manifests[0], observer),
                                         open(store, database, manifests[1], observer));
}

}  // namespace dbrollback::compare
