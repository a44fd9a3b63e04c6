// Making of an empty database what a snapshot holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/fill_database.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/postgres_view.hpp"
#include "engine/database/postgres/read_schema.hpp"
#include "engine/snapshot/stored_row_source.hpp"
#include "engine/snapshot/stored_schema.hpp"
#include "tests/database/capture_rows.hpp"
#include "tests/database/postgres_world.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

using base::cat;

constexpr const char* id = "20261121T000000Z-0001";

// What COPY gave, in pieces that end anywhere.
class RowsInMemory final : public RowSource {
 public:
  void add(const std::string& rows) { rows_.push_back(rows); }
  [[nodiscard]] std::vector<Run> runs() const override {
    std::vector<Run> out;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      out.push_back({.table = i, .bytes = rows_[i].size()});
    }
    return out;
  }
  void read(std::size_t run, const std::function<void(base::ByteView)>& take) const override {
    constexpr std::size_t piece = 999'999;
    for (std::size_t at = 0; at < rows_[run].size(); at += piece) {
      take(base::bytes_of(std::string_view(rows_[run]).substr(at, piece)));
    }
  }

 private:
  std::vector<std::string> rows_;
};

class PostgresFill : public test::InFolder {
 protected:
  void SetUp() override {
    if (const std::string missing = test::PostgresServer::missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    Connection any = open("postgres");
    for (const std::string role : {"schema_reader", "schema_writer", "schema_plain LOGIN", "schema_super SUPERUSER",
                                   "fill_owner LOGIN CREATEDB", "\"fill Other\" LOGIN"}) {
      const std::string name = role.starts_with('"') ? "fill Other" : role.substr(0, role.find(' '));
      if (!any.value("SELECT 1 FROM pg_roles WHERE rolname = $1", {name})) {
        (void)any.execute("CREATE ROLE " + role);
      }
    }
  }

  static Parameters at_database(const std::string& database, const std::string& user = "postgres") {
    return Parameters::parse(test::PostgresServer::shared().url(database, user));
  }
  static Connection open(const std::string& database, const std::string& user = "postgres") {
    return {at_database(database, user), {}};
  }
  // Databases of earlier tests of this process are no hindrance.
  static std::string fresh(const std::string& user = "postgres") {
    static int number = 0;
    std::string name = cat("fill_test_", ++number);
    (void)open("postgres", user).execute(cat("CREATE DATABASE ", name, " TEMPLATE template0"));
    return name;
  }

  static bool has_programs() {
    try {
      (void)programs();
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "no_pg_dump");
      return false;
    }
  }
  static ClientPrograms programs() { return find_client_programs(open("postgres").server_version(), {}); }

  static std::unique_ptr<PostgresView> view(const std::string& database, const std::string& user = "postgres") {
    return std::make_unique<PostgresView>(at_database(database, user), ConnectionOptions{}, CopyOptions{.jobs = 3},
                                          ClientPlaces{});
  }

  // A snapshot of a database, opened for what makes one of it.
  struct Taken {
    test::MemoryStore store;
    SnapshotDetails manifest;
    std::unique_ptr<snapshot::StoredRows> rows;
    std::unique_ptr<snapshot::StoredRowSource> source;
    StoredDatabase stored;
  };
  [[nodiscard]] std::unique_ptr<Taken> take(const std::string& database, const std::string& user = "postgres") const {
    auto out = std::make_unique<Taken>();
    out->manifest = test::capture_rows(*view(database, user), out->store, id);
    out->rows = std::make_unique<snapshot::StoredRows>(out->store, out->manifest);
    out->source = std::make_unique<snapshot::StoredRowSource>(*out->rows);
    const base::Bytes archive = snapshot::read_archive(out->store, id);
    test::put_content(at("schema.pgdump"), std::string(base::text_of(archive)));
    out->stored = {.facts = &*out->manifest.postgres,
                   .tables = &out->manifest.tables,
                   .rows = out->source.get(),
                   .encoding = out->manifest.encoding,
                   .schema = at("schema.pgdump")};
    return out;
  }

  static FillOptions options() {
    FillOptions out;
    out.programs = programs();
    out.jobs = 3;
    return out;
  }

  static std::map<std::string, Content> contents_of(const SnapshotDetails& manifest) {
    std::map<std::string, Content> out;
    for (const auto& table : manifest.tables) {
      out[table.name] = {.rows = table.rows, .hash = base::hash_from_hex(table.hash).value_or(base::Hash128{})};
    }
    return out;
  }
  static std::map<std::string, Content> contents_of(View& view) {
    std::map<std::string, Content> out;
    for (const auto& table : view.describe().schema.tables) {
      out[table.name] = view.content(table.name);
    }
    return out;
  }

  static void expect_same_objects(const std::vector<schema::Object>& a, const std::vector<schema::Object>& b) {
    std::map<std::pair<std::string, std::string>, std::string> before;
    for (const auto& object : a) {
      before[{object.kind, object.name}] = object.sql;
    }
    for (const auto& object : b) {
      EXPECT_EQ((before[{object.kind, object.name}]), object.sql) << object.kind << " " << object.name;
      before.erase({object.kind, object.name});
    }
    EXPECT_TRUE(before.empty()) << before.begin()->first.second << " is missing";
  }

  // The database holds what the snapshot does, asked by the code that takes one.
  static void expect_filled(const std::string& database, const Taken& taken,
                            const std::vector<schema::Object>& objects) {
    const auto now = view(database);
    expect_same_objects(objects, now->describe().schema.objects);
    const auto contents = contents_of(*now);
    const auto expected = contents_of(taken.manifest);
    EXPECT_EQ(contents.size(), expected.size());
    for (const auto& [table, content] : expected) {
      EXPECT_TRUE(contents.contains(table) && contents.at(table) == content) << table;
      EXPECT_EQ(now->count(table), content.rows) << table;
    }
    const PostgresFacts& then = *taken.manifest.postgres;
    const PostgresFacts& facts = *now->describe().postgres;
    ASSERT_EQ(facts.sequences.size(), then.sequences.size());
    for (std::size_t i = 0; i < then.sequences.size(); ++i) {
      EXPECT_EQ(facts.sequences[i].name, then.sequences[i].name);
      EXPECT_EQ(facts.sequences[i].last_value, then.sequences[i].last_value) << then.sequences[i].name;
      EXPECT_EQ(facts.sequences[i].is_called, then.sequences[i].is_called) << then.sequences[i].name;
    }
    ASSERT_EQ(facts.materialized_views.size(), then.materialized_views.size());
    for (std::size_t i = 0; i < then.materialized_views.size(); ++i) {
      EXPECT_EQ(facts.materialized_views[i].populated, then.materialized_views[i].populated)
          << then.materialized_views[i].name;
    }
  }
};

// Triggers and event triggers leave a row: one that fired while the database was filled would make another content.
constexpr const char* rows_of_the_world = R"SQL(
SET search_path = public; SET row_security = on;
CREATE TABLE log(what text);
CREATE FUNCTION log_event() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER logs ON ddl_command_end EXECUTE FUNCTION log_event();
CREATE FUNCTION log_row() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.log VALUES (tg_table_name); RETURN NEW; END $$;
CREATE TRIGGER logs AFTER INSERT ON s.parent FOR EACH ROW EXECUTE FUNCTION log_row();
CREATE TRIGGER logs_too AFTER TRUNCATE ON s.parent EXECUTE FUNCTION log_row();
INSERT INTO s.parent SELECT i, 'q' FROM generate_series(1, 800) i;
INSERT INTO s.child VALUES (1001, 'p', E'tab\t and \\ and "');
INSERT INTO s.parts SELECT i, date '2025-06-01' + i FROM generate_series(1, 800) i;
INSERT INTO s.t (a, b, mood, v) SELECT i, 'b' || i, 'ok', i FROM generate_series(1, 400) i;
INSERT INTO s.fast (v) SELECT 'unlogged ' || i FROM generate_series(1, 50) i;
INSERT INTO "Quoted ""schema"."order" VALUES (1, 'x'), (NULL, NULL);
SELECT nextval('s.numbers'), nextval('s.numbers');
CREATE SEQUENCE down INCREMENT -3 MINVALUE -9 START -1;
CREATE TABLE ids(id bigint GENERATED ALWAYS AS IDENTITY (START 70), v text);
INSERT INTO ids (v) VALUES ('a'), ('b');
CREATE TABLE masked(x int, owner name DEFAULT 'schema_writer');
INSERT INTO masked VALUES (1), (2), (3);
ALTER TABLE masked OWNER TO schema_writer;
CREATE POLICY few ON masked USING (x < 3);
ALTER TABLE masked ENABLE ROW LEVEL SECURITY;
ALTER TABLE masked FORCE ROW LEVEL SECURITY;
CREATE TABLE large(id int, v text);
INSERT INTO large SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 8000) i;
CREATE INDEX ON large (id);
CREATE MATERIALIZED VIEW z_first AS SELECT id % 10 AS k, count(*) AS n FROM s.parent GROUP BY 1;
CREATE VIEW between_them AS SELECT k, n FROM z_first;
CREATE MATERIALIZED VIEW a_second AS SELECT sum(n) AS n FROM between_them;
CREATE UNIQUE INDEX ON a_second (n);
CREATE MATERIALIZED VIEW emptied AS SELECT 1 AS x;
CREATE MATERIALIZED VIEW of_emptied AS SELECT x FROM emptied;
REFRESH MATERIALIZED VIEW emptied WITH NO DATA;
CREATE MATERIALIZED VIEW seen AS SELECT x FROM masked;
GRANT CREATE ON SCHEMA public TO schema_writer;
ALTER MATERIALIZED VIEW seen OWNER TO schema_writer;
REFRESH MATERIALIZED VIEW seen;
)SQL";

constexpr const char* large_objects = R"SQL(
SELECT lo_create(4000000), lo_create(4000001), lo_create(4000002), lo_create(4000003);
SELECT lo_put(4000000, 0, convert_to(string_agg(md5(i::text), ''), 'UTF8')) FROM generate_series(1, 150000) i;
SELECT lo_put(4000002, 3000000, '\x00ff'), lo_put(4000002, 600000, '\x01');
SELECT lo_truncate64(lo_open(4000003, 131072), 2621440);
COMMENT ON LARGE OBJECT 4000000 IS E'it''s \\ large';
ALTER LARGE OBJECT 4000001 OWNER TO fill_owner;
GRANT SELECT ON LARGE OBJECT 4000001 TO "fill Other" WITH GRANT OPTION;
GRANT UPDATE ON LARGE OBJECT 4000001 TO PUBLIC;
SET ROLE "fill Other"; GRANT SELECT ON LARGE OBJECT 4000001 TO schema_plain; RESET ROLE;
REVOKE ALL ON LARGE OBJECT 4000002 FROM postgres;
GRANT SELECT ON LARGE OBJECT 4000003 TO schema_plain;
REVOKE SELECT ON LARGE OBJECT 4000003 FROM schema_plain;
)SQL";

TEST_F(PostgresFill, MakesAWholeDatabaseOfASnapshot) {
  if (!has_programs()) {
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  const std::string database = fresh();
  Connection source = open(database);
  for (const auto& step : test::every_kind) {
    for (const auto& statement : step) {
      (void)source.execute(statement);
    }
  }
  (void)source.execute(rows_of_the_world);
  (void)source.execute(large_objects);
  Connection again = open(database);
  const auto objects = read_objects(again);
  (void)source.execute("INSERT INTO pg_seclabel VALUES (4000002, 'pg_largeobject'::regclass, 0, 'nobody', 'label')");
  const auto taken = take(database);
  EXPECT_TRUE(std::ranges::any_of(taken->manifest.left_out, [](const LeftOut& each) {
    return each.object == "security labels of large object 4000002";
  }));
  std::map<std::string, std::uint64_t> phases;
  FillOptions how = options();
  how.progress = [&](std::string_view phase, std::uint64_t bytes) {
    EXPECT_GE(bytes, phases[std::string(phase)]) << phase;
    phases[std::string(phase)] = bytes;
  };
  const std::string copy = fresh();
  fill_database(at_database(copy), taken->stored, how);
  expect_filled(copy, *taken, objects);
  EXPECT_EQ(phases.size(), 7U);
  EXPECT_GT(phases["loading large objects"], 5'000'000U);
  Connection filled = open(copy);
  EXPECT_EQ(filled.value("SELECT n FROM public.a_second"), "801");
  EXPECT_EQ(filled.value("SELECT count(*) FROM public.seen"), "2") << "what its owner may see";
  EXPECT_EQ(filled.value("SELECT count(*) FROM pg_statistic WHERE starelid = 'public.large'::regclass"), "2");
  EXPECT_EQ(filled.value("SELECT count(*) FROM pg_class WHERE relname ~ '^large_object'"), "0");
}

// No superuser: neither the application's role nor many of a hoster's are.
TEST_F(PostgresFill, IsForOrdinaryOwnersToo) {
  if (!has_programs()) {
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  const std::string database = fresh("fill_owner");
  Connection source = open(database, "fill_owner");
  (void)source.execute(
      "CREATE SCHEMA app; SET search_path = app; CREATE TABLE t(id serial PRIMARY KEY, v text);"
      "INSERT INTO t (v) SELECT 'v' || i FROM generate_series(1, 3000) i;"
      "CREATE TABLE r(t int REFERENCES t); INSERT INTO r VALUES (7), (8);"
      "CREATE TABLE p(k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1);"
      "CREATE TABLE forced(x int); INSERT INTO forced VALUES (1); CREATE POLICY one ON forced USING (false);"
      "CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM t; GRANT SELECT ON t TO schema_plain;"
      "SELECT lo_put(lo_create(5000000), 0, 'mine'); GRANT SELECT ON LARGE OBJECT 5000000 TO schema_plain;");
  const auto before = take(database, "fill_owner");
  (void)source.execute("ALTER TABLE app.forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
  EXPECT_EQ(test::error_of([&] { (void)take(database, "fill_owner"); }).code, "not_readable");
  const auto taken = take(database);
  const std::string copy = fresh("fill_owner");
  fill_database(at_database(copy, "fill_owner"), taken->stored, options());
  Connection again = open(database);
  expect_filled(copy, *taken, read_objects(again));
}

TEST_F(PostgresFill, LeavesOutWhatItIsTold) {
  if (!has_programs()) {
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  const std::string database = fresh();
  Connection source = open(database);
  (void)source.execute(
      "CREATE SCHEMA app; CREATE TABLE app.t(x int PRIMARY KEY); INSERT INTO app.t VALUES (1), (2);"
      "GRANT SELECT ON app.t TO schema_plain; SELECT lo_create(5000000);"
      "GRANT SELECT ON LARGE OBJECT 5000000 TO schema_plain; CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS x");
  const auto taken = take(database);
  const std::string copy = fresh("fill_owner");
  FillOptions how = options();
  how.roles.no_owner = true;
  how.roles.no_privileges = true;
  how.no_tablespaces = true;
  how.analyze = false;
  fill_database(at_database(copy, "fill_owner"), taken->stored, how);
  Connection filled = open(copy);
  EXPECT_EQ(filled.value("SELECT count(*) FROM app.t"), "2");
  EXPECT_EQ(filled.value("SELECT count(*) FROM pg_statistic WHERE starelid = 'app.t'::regclass"), "0");
  EXPECT_EQ(filled.value("SELECT relowner::regrole || coalesce(relacl::text, '') FROM pg_class WHERE relname = 't'"),
            "fill_owner");
  EXPECT_EQ(filled.value("SELECT lomowner::regrole || coalesce(lomacl::text, '') FROM pg_largeobject_metadata"),
            "fill_owner");

  const std::string bare = fresh();
  how.data = false;
  how.roles.no_owner = false;
  fill_database(at_database(bare), taken->stored, how);
  expect_same_objects(read_objects(filled), [&] {
    Connection connection = open(bare);
    (void)connection.execute(
        "ALTER SCHEMA app OWNER TO fill_owner; ALTER TABLE app.t OWNER TO fill_owner;"
        "ALTER MATERIALIZED VIEW app.m OWNER TO fill_owner");
    return read_objects(connection);
  }());
  EXPECT_EQ(open(bare).value("SELECT count(*) FROM app.t"), "0");
  how.data = true;
  how.schema = false;
  fill_database(at_database(bare), taken->stored, how);
  EXPECT_EQ(open(bare).value("SELECT count(*) FROM app.t"), "2");
}

// An extension without one of its own: a table that plpgsql is told to have, in both databases.
TEST_F(PostgresFill, KeepsWhatAnExtensionPutIntoItsTables) {
  if (!has_programs()) {
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  const auto with_extension = [] {
    std::string database = fresh();
    (void)open(database).execute(
        "CREATE TABLE public.kinds(k int, v text, mine boolean DEFAULT true); CREATE TABLE public.whole(x int);"
        "INSERT INTO public.kinds VALUES (1, 'the extension''s', false), (2, 'also', true);"
        "INSERT INTO public.whole VALUES (1), (2);"
        "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fired'; END $$;"
        "ALTER EXTENSION plpgsql ADD TABLE public.kinds; ALTER EXTENSION plpgsql ADD TABLE public.whole;"
        "ALTER EXTENSION plpgsql ADD FUNCTION public.no();"
        "UPDATE pg_extension SET extconfig = ARRAY['public.kinds'::regclass, 'public.whole'::regclass],"
        "  extcondition = ARRAY['WHERE mine', ''] WHERE extname = 'plpgsql'");
    return database;
  };
  const std::string database = with_extension();
  (void)open(database).execute(
      "INSERT INTO public.kinds VALUES (3, 'the user''s', true); DELETE FROM public.kinds WHERE k = 2;"
      "DELETE FROM public.whole");
  const auto taken = take(database);
  EXPECT_EQ(contents_of(taken->manifest).at("public.kinds").rows, 1U);
  const std::string copy = with_extension();
  (void)open(copy).execute(
      "UPDATE public.kinds SET v = 'newer' WHERE k = 1;"
      "CREATE TRIGGER no BEFORE INSERT ON public.kinds FOR EACH ROW EXECUTE FUNCTION public.no()");
  fill_database(at_database(copy), taken->stored, options());
  EXPECT_EQ(open(copy).value("SELECT string_agg(k || v, ',' ORDER BY k) FROM public.kinds"), "1newer,3the user's");
  EXPECT_EQ(open(copy).value("SELECT count(*) FROM public.whole"), "0");
}

TEST_F(PostgresFill, SaysWhatItFailedFor) {
  if (!has_programs()) {
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  const std::string database = fresh();
  Connection source = open(database);
  (void)source.execute(
      "CREATE FUNCTION public.ok() RETURNS boolean LANGUAGE sql AS 'SELECT true';"
      "CREATE TABLE public.checked(x int CHECK (public.ok())); INSERT INTO public.checked VALUES (1);"
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
      "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'mapping-secret');"
      "CREATE MATERIALIZED VIEW public.ratio AS SELECT 10 / x AS q FROM public.checked");
  const auto good = take(database);
  const auto failure = [&](const Taken& taken, const std::string& into) {
    return test::error_of([&] { fill_database(at_database(into), taken.stored, options()); });
  };

  const std::string occupied = fresh();
  (void)open(occupied).execute("CREATE TABLE public.checked(y int)");
  ErrorInfo info = failure(*good, occupied);
  EXPECT_EQ(info.code, "pg_restore_failed");
  EXPECT_NE(info.message.find("TABLE checked"), std::string::npos) << info.message;
  EXPECT_NE(info.message.find("already exists"), std::string::npos) << info.message;
  EXPECT_NE(info.state.find(occupied), std::string::npos) << info.state;
  const std::string mapped = fresh();
  (void)open(mapped).execute(
      "CREATE FOREIGN DATA WRAPPER other; CREATE SERVER x FOREIGN DATA WRAPPER other; CREATE FOREIGN DATA WRAPPER w");
  info = failure(*good, mapped);
  EXPECT_EQ(info.message.find("secret"), std::string::npos) << info.message;

  (void)source.execute("UPDATE public.checked SET x = 0");
  info = failure(*take(database), fresh());
  EXPECT_NE(info.message.find("REFRESH MATERIALIZED VIEW public.ratio"), std::string::npos) << info.message;
  EXPECT_NE(info.message.find("division by zero"), std::string::npos) << info.message;

  (void)source.execute("CREATE OR REPLACE FUNCTION public.ok() RETURNS boolean LANGUAGE sql AS 'SELECT false'");
  info = failure(*take(database), fresh());
  EXPECT_EQ(info.object, R"(table "public"."checked")");
  EXPECT_NE(info.message.find("checked_check"), std::string::npos) << info.message;

  FillOptions stopped = options();
  stopped.connection.tick = [] { throw std::runtime_error("enough"); };
  EXPECT_THROW(fill_database(at_database(fresh()), good->stored, stopped), std::runtime_error);
}

TEST_F(PostgresFill, LargeObjectsComeBackAsTheyWere) {
  const std::string database = fresh();
  const std::string copy = fresh();
  Connection source = open(database);
  Connection target = open(copy);
  EXPECT_TRUE(large_object_relations(source).empty());
  (void)source.execute(large_objects);
  (void)source.execute(
      "SELECT count(lo_from_bytea(0, convert_to('number ' || i, 'UTF8'))) FROM generate_series(1, 5000) i");
  const auto copy_of = [](Connection& connection, const Relation& relation) {
    std::vector<std::string> rows;
    const CopyPart all;
    (void)connection.copy_out(copy_sql(relation, all, connection.encoding()),
                              [&](base::ByteView row) { rows.emplace_back(base::text_of(row)); });
    std::ranges::sort(rows);
    return rows;
  };
  RowsInMemory rows;
  std::vector<TableFacts> tables;
  const auto relations = large_object_relations(source);
  ASSERT_EQ(relations.size(), 2U);
  for (const Relation& relation : relations) {
    rows.add(base::join(copy_of(source, relation), ""));
    TableFacts& facts = tables.emplace_back();
    facts.postgres.emplace();
    facts.postgres->schema = relation.schema;
    facts.postgres->name = relation.name;
    EXPECT_TRUE(holds_large_objects(*facts.postgres));
  }
  EXPECT_EQ(copy_of(source, relations.front()).size(), 5000U + 19U + 2U + 1U) << "pieces of zeros are left out";
  EXPECT_EQ(copy_of(source, relations.back()).size(), 5004U);

  std::uint64_t done = 0;
  SessionStatements statements(target);
  load_large_objects(statements, {.facts = nullptr, .tables = &tables, .rows = &rows, .encoding = "UTF8", .schema = {}},
                     {}, [&](std::uint64_t bytes) { done = bytes; });
  for (std::size_t i = 0; i < relations.size(); ++i) {
    EXPECT_TRUE(copy_of(target, relations[i]) == copy_of(source, relations[i])) << relations[i].name;
    done -= rows.runs()[i].bytes;
  }
  EXPECT_EQ(done, 0U);
  const char* const sizes =
      "SELECT sum(length(lo_get(oid))), min(length(lo_get(4000003))) FROM pg_largeobject_metadata";
  EXPECT_EQ(target.value(sizes), source.value(sizes));
  EXPECT_EQ(target.value("SELECT length(lo_get(4000003))"), "2621440");
  EXPECT_EQ(target.value("SELECT lomacl FROM pg_largeobject_metadata WHERE oid = 4000002"), "{}");
  EXPECT_EQ(target.value("SELECT obj_description(4000000, 'pg_largeobject')"), "it's \\ large");
  EXPECT_EQ(target.value("SELECT count(*) FROM pg_largeobject_metadata WHERE lomowner = 'fill_owner'::regrole"), "1");
}

// By the functions of the server alone, whatever its version: no program of its makes a schema.
TEST_F(PostgresFill, FillsTablesThatAreThere) {
  const std::string database = fresh();
  (void)open(database).execute(
      "SET search_path = public; CREATE TABLE t(x int, \"a b\" text); INSERT INTO t VALUES (99, 'goes');"
      "CREATE TABLE p(k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE SEQUENCE \"S s\"; CREATE MATERIALIZED VIEW z AS SELECT x FROM t WITH NO DATA;"
      "CREATE VIEW v AS SELECT x FROM z; CREATE MATERIALIZED VIEW a AS SELECT sum(x) AS n FROM v WITH NO DATA");
  RowsInMemory rows;
  rows.add("1\tone\n2\t\\N\n");
  rows.add("1\n");
  std::vector<TableFacts> tables(2);
  tables[0].columns = {{.name = "x", .type = ""}, {.name = "a b", .type = ""}};
  tables[0].postgres.emplace();
  tables[0].postgres->schema = "public";
  tables[0].postgres->name = "t";
  tables[1] = tables[0];
  tables[1].columns.pop_back();
  tables[1].columns[0].name = "k";
  tables[1].postgres->name = "p1";
  PostgresFacts facts;
  facts.sequences = {{.schema = "public", .name = "S s", .last_value = 7, .is_called = false}};
  facts.materialized_views = {{.schema = "public", .name = "z", .populated = false},
                              {.schema = "public", .name = "a", .populated = true}};
  FillOptions how;
  how.schema = false;
  fill_database(at_database(database),
                {.facts = &facts, .tables = &tables, .rows = &rows, .encoding = "UTF8", .schema = {}}, how);
  Connection filled = open(database);
  EXPECT_EQ(filled.value("SELECT string_agg(x || coalesce(\"a b\", '-'), ',' ORDER BY x) FROM public.t"), "1one,2-");
  EXPECT_EQ(filled.value("SELECT nextval('public.\"S s\"')"), "7");
  EXPECT_EQ(filled.value("SELECT n FROM public.a"), "3");
  EXPECT_EQ(filled.value("SELECT relispopulated FROM pg_class WHERE oid = 'public.z'::regclass"), "f");
  for (const char* const table : {"t", "p", "p1", "a"}) {
    EXPECT_EQ(
        filled.value("SELECT count(*) > 0 FROM pg_statistic WHERE starelid = ('public.' || $1)::regclass", {table}),
        "t")
        << table;
  }
}

TEST_F(PostgresFill, LargeObjectsThatARoleMayNotReadAreNamed) {
  const std::string database = fresh();
  (void)open(database).execute(
      "SELECT lo_create(4000000), lo_create(4000001), lo_create(4000002), lo_create(4000003);"
      "ALTER LARGE OBJECT 4000001 OWNER TO schema_plain; GRANT SELECT ON LARGE OBJECT 4000002 TO PUBLIC;"
      "GRANT UPDATE ON LARGE OBJECT 4000003 TO schema_plain; SELECT lo_create(4000004);"
      "ALTER LARGE OBJECT 4000004 OWNER TO schema_plain;"
      "REVOKE ALL ON LARGE OBJECT 4000004 FROM schema_plain");
  Connection plain = open(database, "schema_plain");
  const std::vector<std::string> closed{"large object 4000000", "large object 4000003", "large object 4000004"};
  EXPECT_EQ(closed_large_objects(plain), closed);
  Connection all = open(database);
  EXPECT_TRUE(closed_large_objects(all).empty());
  const ErrorInfo info =
      test::error_of([&] { const ExportedSnapshot snapshot(at_database(database, "schema_plain"), {}); });
  EXPECT_EQ(info.code, "not_readable");
  EXPECT_NE(info.message.find("may not read large object 4000000, large object 4000003"), std::string::npos)
      << info.message;
}

}  // namespace
}  // namespace dbrollback::database::postgres
