"""`migrate plan`: which locks a script takes, by PostgreSQL's documentation; what it rewrites, by a real run; what it warns of;
and that it leaves nothing anywhere."""
import collections
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import script_case  # noqa: E402
from script_case import dbr, postgres  # noqa: E402

# Pages of https://www.postgresql.org/docs/current/ that say which lock a statement takes.
LOCKING = "explicit-locking.html#LOCKING-TABLES"
ALTER_TABLE = "sql-altertable.html#SQL-ALTERTABLE-DESCRIPTION"
ALTER_INDEX = "sql-alterindex.html"
CREATE_TABLE = "sql-createtable.html"
REINDEX = "sql-reindex.html#SQL-REINDEX-CONCURRENTLY"
PUBLICATION = "sql-createpublication.html"

ACCESS_SHARE, ROW_SHARE, ROW_EXCLUSIVE = "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE"
SHARE_UPDATE, SHARE, SHARE_ROW = "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE"
EXCLUSIVE, ACCESS_EXCLUSIVE = "EXCLUSIVE", "ACCESS EXCLUSIVE"
MODES = (ACCESS_SHARE, ROW_SHARE, ROW_EXCLUSIVE, SHARE_UPDATE, SHARE, SHARE_ROW, EXCLUSIVE, ACCESS_EXCLUSIVE)

# What each statement has, in a schema of its own, where it is the first of the search_path.
CONTENT = """
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, v varchar(50), n int DEFAULT 1, w text NOT NULL, p int);
CREATE INDEX t_v ON t (v);
INSERT INTO p SELECT generate_series(1, 5);
INSERT INTO t SELECT i, 'v' || i, i, 'w', 1 FROM generate_series(1, 20) AS i;
"""
CHILD = "CREATE TABLE c (id int NOT NULL, v varchar(50), n int DEFAULT 1, w text NOT NULL, p int);"
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
TRIGGER = FUNCTION + "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"
PARTITIONED = ("CREATE TABLE h (id int, v text) PARTITION BY RANGE (id);"
               "CREATE TABLE h1 PARTITION OF h FOR VALUES FROM (1) TO (10);"
               "INSERT INTO h VALUES (1, 'a'), (2, 'b');")
VIEW = "CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t; CREATE UNIQUE INDEX m_id ON m (id);"

Kind = collections.namedtuple("Kind", "sql locks page before alone", defaults=(LOCKING, "", False))
KINDS = [
    Kind("CREATE INDEX i ON t (n)", {"t": SHARE}),
    Kind("CREATE UNIQUE INDEX i ON t (n)", {"t": SHARE}),
    Kind("CREATE INDEX CONCURRENTLY i ON t (n)", {"t": SHARE_UPDATE}, alone=True),
    Kind("DROP INDEX t_v", {"t": ACCESS_EXCLUSIVE}, "sql-dropindex.html"),
    Kind("DROP INDEX CONCURRENTLY t_v", {"t": SHARE_UPDATE}, "sql-dropindex.html", alone=True),
    Kind("REINDEX TABLE t", {"t": SHARE, "t_pkey": ACCESS_EXCLUSIVE, "t_v": ACCESS_EXCLUSIVE}, REINDEX),
    Kind("REINDEX INDEX t_v", {"t": SHARE, "t_v": ACCESS_EXCLUSIVE}, REINDEX),
    Kind("REINDEX TABLE CONCURRENTLY t", {"t": SHARE_UPDATE}, alone=True),
    Kind("REINDEX INDEX CONCURRENTLY t_v", {"t": SHARE_UPDATE}, alone=True),
    Kind("VACUUM t", {"t": SHARE_UPDATE}, alone=True),
    Kind("VACUUM FULL t", {"t": ACCESS_EXCLUSIVE}, alone=True),
    Kind("VACUUM t, p", {"t": SHARE_UPDATE, "p": SHARE_UPDATE}, alone=True),
    Kind("ANALYZE t", {"t": SHARE_UPDATE}),
    Kind("CLUSTER t USING t_pkey", {"t": ACCESS_EXCLUSIVE}),
    Kind("TRUNCATE t", {"t": ACCESS_EXCLUSIVE}),
    Kind("DROP TABLE t", {"t": ACCESS_EXCLUSIVE}),
    Kind("ALTER TABLE t ADD COLUMN c int", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 7", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD COLUMN c timestamptz DEFAULT now()", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD COLUMN c float DEFAULT random()", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (n + 1) STORED", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD COLUMN c serial", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t DROP COLUMN n", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN n TYPE bigint", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN v TYPE varchar(100)", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN v TYPE text", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN v TYPE varchar(20)", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN n SET NOT NULL", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN w DROP NOT NULL", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN n SET DEFAULT 2", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN n DROP DEFAULT", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD CONSTRAINT k CHECK (n > 0)", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD CONSTRAINT k CHECK (n > 0) NOT VALID", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t VALIDATE CONSTRAINT k", {"t": SHARE_UPDATE}, ALTER_TABLE,
         "ALTER TABLE t ADD CONSTRAINT k CHECK (n > 0) NOT VALID;"),
    Kind("ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p", {"t": SHARE_ROW, "p": SHARE_ROW}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT VALID", {"t": SHARE_ROW, "p": SHARE_ROW},
         ALTER_TABLE),
    Kind("ALTER TABLE t VALIDATE CONSTRAINT k", {"t": SHARE_UPDATE, "p": ROW_SHARE}, ALTER_TABLE,
         "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT VALID;"),
    Kind("ALTER TABLE t DROP CONSTRAINT k", {"t": ACCESS_EXCLUSIVE, "p": ACCESS_EXCLUSIVE}, ALTER_TABLE,
         "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p;"),
    Kind("ALTER TABLE c ADD PRIMARY KEY (id)", {"c": ACCESS_EXCLUSIVE}, ALTER_TABLE, CHILD),
    Kind("ALTER TABLE t ADD UNIQUE (n)", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE,
         "CREATE UNIQUE INDEX i ON t (n);"),
    Kind("ALTER TABLE t ALTER COLUMN n SET STATISTICS 200", {"t": SHARE_UPDATE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN n SET (n_distinct = 5)", {"t": SHARE_UPDATE}, ALTER_TABLE),
    Kind("ALTER TABLE t ALTER COLUMN w SET STORAGE EXTERNAL", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t SET (fillfactor = 70)", {"t": SHARE_UPDATE}, ALTER_TABLE),
    Kind("ALTER TABLE t CLUSTER ON t_pkey", {"t": SHARE_UPDATE}, ALTER_TABLE),
    Kind("ALTER TABLE t SET UNLOGGED", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t REPLICA IDENTITY FULL", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t RENAME TO u", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t RENAME COLUMN n TO o", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t RENAME CONSTRAINT t_pkey TO t_key", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t SET SCHEMA elsewhere", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t OWNER TO CURRENT_USER", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE t DISABLE TRIGGER g", {"t": SHARE_ROW}, ALTER_TABLE, TRIGGER),
    Kind("ALTER TABLE t ENABLE TRIGGER ALL", {"t": SHARE_ROW}, ALTER_TABLE, TRIGGER),
    Kind("ALTER TABLE t ENABLE ROW LEVEL SECURITY", {"t": ACCESS_EXCLUSIVE}, ALTER_TABLE),
    Kind("ALTER TABLE c INHERIT t", {"c": ACCESS_EXCLUSIVE, "t": SHARE_UPDATE}, ALTER_TABLE, CHILD),
    Kind("ALTER TABLE h ATTACH PARTITION h2 FOR VALUES FROM (10) TO (20)", {"h": SHARE_UPDATE, "h2": ACCESS_EXCLUSIVE},
         ALTER_TABLE, PARTITIONED + "CREATE TABLE h2 (id int, v text);"),
    Kind("ALTER TABLE h DETACH PARTITION h1", {"h": ACCESS_EXCLUSIVE, "h1": ACCESS_EXCLUSIVE}, ALTER_TABLE, PARTITIONED),
    Kind("ALTER TABLE h DETACH PARTITION h1 CONCURRENTLY", {"h": SHARE_UPDATE, "h1": ACCESS_EXCLUSIVE}, ALTER_TABLE,
         PARTITIONED, True),
    Kind("CREATE TABLE h2 PARTITION OF h FOR VALUES FROM (10) TO (20)", {"h": ACCESS_EXCLUSIVE}, CREATE_TABLE, PARTITIONED),
    Kind("CREATE TABLE c (id int REFERENCES p)", {"p": SHARE_ROW}, CREATE_TABLE),
    Kind("CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()", {"t": SHARE_ROW}, before=FUNCTION),
    Kind("DROP TRIGGER g ON t", {"t": ACCESS_EXCLUSIVE}, before=TRIGGER),
    Kind("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", {"t": ACCESS_EXCLUSIVE}),
    Kind("CREATE VIEW s AS SELECT * FROM t", {"t": ACCESS_SHARE}),
    Kind("CREATE OR REPLACE VIEW s AS SELECT id FROM t WHERE n > 0", {"s": ACCESS_EXCLUSIVE, "t": ACCESS_SHARE},
         before="CREATE VIEW s AS SELECT id FROM t;"),
    Kind("CREATE MATERIALIZED VIEW m AS SELECT * FROM t", {"t": ACCESS_SHARE}),
    Kind("REFRESH MATERIALIZED VIEW m", {"m": ACCESS_EXCLUSIVE, "t": ACCESS_SHARE}, before=VIEW),
    Kind("REFRESH MATERIALIZED VIEW CONCURRENTLY m", {"m": EXCLUSIVE, "t": ACCESS_SHARE}, before=VIEW),
    Kind("CREATE INDEX CONCURRENTLY i ON m (v)", {"m": SHARE_UPDATE}, before=VIEW, alone=True),
    Kind("CREATE STATISTICS x ON n, p FROM t", {"t": SHARE_UPDATE}),
    Kind("COMMENT ON TABLE t IS 'what it is for'", {"t": SHARE_UPDATE}),
    *[Kind(f"LOCK TABLE t IN {mode} MODE", {"t": mode}) for mode in MODES],
    Kind("INSERT INTO t VALUES (100, 'v', 1, 'w', 1)", {"t": ROW_EXCLUSIVE}),
    Kind("UPDATE t SET n = 2 WHERE id = 1", {"t": ROW_EXCLUSIVE}),
    Kind("DELETE FROM t WHERE id = 1", {"t": ROW_EXCLUSIVE}),
    Kind("INSERT INTO t SELECT id + 100, 'v', 1, 'w', 1 FROM p", {"t": ROW_EXCLUSIVE, "p": ACCESS_SHARE}),
    Kind("SELECT * FROM t", {"t": ACCESS_SHARE}),
    Kind("SELECT * FROM t FOR UPDATE", {"t": ROW_SHARE}),
    Kind("CREATE POLICY y ON t USING (n > 0)", {"t": ACCESS_EXCLUSIVE}, "sql-createpolicy.html"),
    Kind("ALTER INDEX t_v RENAME TO by_v", {"t_v": SHARE_UPDATE}, ALTER_INDEX),
    Kind("ALTER INDEX t_v SET (fillfactor = 70)", {"t_v": SHARE_UPDATE}, ALTER_INDEX),
    Kind("ALTER SEQUENCE q INCREMENT BY 2", {"q": SHARE_ROW}, "sql-altersequence.html", "CREATE SEQUENCE q;"),
    Kind("CREATE PUBLICATION plan_publication FOR TABLE t", {"t": SHARE_UPDATE}, PUBLICATION),
    Kind("GRANT SELECT ON t TO PUBLIC", {}, "sql-grant.html"),
]
# These give a table another file too, but an empty one.
EMPTIES = "TRUNCATE"


def strongest(locks):
    """By relation, of the locks of a plan."""
    out = {}
    for lock in locks:
        out[lock["object"]] = max(out.get(lock["object"], ACCESS_SHARE), lock["mode"], key=MODES.index)
    return out


class Plan:
    """Words, beside script_case.Words."""

    def plan(self, *words, **keywords):
        return self.ok("migrate", "plan", "--json", *words, **keywords).json

    def statements(self, *words):
        """Of all migrations, in their order."""
        plan = self.plan(*words)
        self.assertIsNone(plan["not_tried"])
        return [each for migration in plan["migrations"] for each in migration["statements"]]

    def warnings(self, *words):
        return [each["warnings"] for each in self.statements(*words)]

    def text(self, *words):
        done = self.ok("migrate", "plan", *words)
        return " ".join((done.out + done.err).split())

    def scratch(self):
        """Folders and servers of dbrollback that are there now; others of this machine may have theirs."""
        place = self.path("tmp")
        os.makedirs(place)
        os.chmod(self.at, 0o711)  # a server for proofs is not run as root
        os.chmod(place, 0o777)
        self.environment["TMPDIR"] = place
        return lambda: os.listdir(place)


class Locks(Plan, script_case.Postgres):
    """Each kind of statement in a migration of its own, with a schema of its own."""

    def test_documented_modes_and_real_rewrites(self):
        self.assertGreaterEqual(len(KINDS), 55)
        self.psql("CREATE SCHEMA elsewhere;" + "".join(
            f"CREATE SCHEMA s{number}; SET search_path = s{number}; {CONTENT} {kind.before}\n"
            for number, kind in enumerate(KINDS)))
        for number, kind in enumerate(KINDS):
            option = " transaction:false" if kind.alone else ""
            self.file(f"{number:03}_m.sql", f"-- migrate:up{option}\nSET search_path = s{number};\n{kind.sql};\n"
                                            f"-- migrate:down\nSELECT 1;\n")
        planned = self.plan()["migrations"]
        self.assertEqual(len(planned), len(KINDS))
        before = self.filenodes()
        self.up()
        after = self.filenodes()
        for number, (kind, migration) in enumerate(zip(KINDS, planned)):
            with self.subTest(kind.sql):
                self.assertEqual(migration["in_transaction"], not kind.alone)
                statement = migration["statements"][-1]
                self.assertIsNone(statement["problem"])
                self.assertEqual(strongest(statement["locks"]),
                                 {f"s{number}.{name}": mode for name, mode in kind.locks.items()}, kind.page)
                rewritten = {name for oid, (name, file) in before.items()
                             if name.startswith(f"s{number}.") and oid in after and after[oid][1] != file}
                if kind.sql.startswith(EMPTIES):
                    self.assertEqual(rewritten, {f"s{number}.t"})
                    rewritten = set()
                self.assertEqual(set(statement["rewrites"]), rewritten)

    def filenodes(self):
        return {oid: (name, file) for oid, name, file in self.query(
            "SELECT c.oid, c.relnamespace::regnamespace || '.' || relname, pg_relation_filenode(c.oid) FROM pg_class c "
            "WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text ~ '^s[0-9]'")}


SHOP = """
CREATE SCHEMA sales;
CREATE TABLE orders (id int PRIMARY KEY, email varchar(50), total bigint, note varchar(50), small int);
CREATE TABLE lines (id int PRIMARY KEY, of int REFERENCES orders);
CREATE TABLE sales."Odd ""N""ame" ("The Id" int PRIMARY KEY, v varchar(50));
CREATE TABLE sales.orders (id int PRIMARY KEY);
CREATE VIEW cheap AS SELECT id FROM orders WHERE total < 10;
CREATE SEQUENCE numbers;
INSERT INTO orders SELECT i, 'e' || i, i, 'n', i FROM generate_series(1, 3000) AS i;
INSERT INTO lines SELECT i, i FROM generate_series(1, 500) AS i;
INSERT INTO sales."Odd ""N""ame" SELECT i, 'v' FROM generate_series(1, 7) AS i;
ANALYZE;
"""


class OnPostgres(Plan, script_case.Postgres):
    def setUp(self):
        super().setUp()
        self.psql(SHOP)
        self.left = self.scratch()
        if not self._testMethodName.startswith(("test_interrupted", "test_changes_nothing", "test_no_server", "test_text")):
            self.environment["DBROLLBACK_SCRATCH_URL"] = self.server.url("postgres")  # a server of its own takes seconds

    def held(self):
        return (self.server.dump(self.database), self.server.databases(),
                self.query("SELECT backend_type, datname FROM pg_stat_activity WHERE backend_type = 'client backend' "
                           "AND pid <> pg_backend_pid()"))

    def test_changes_nothing(self):
        self.dbmate("ALTER TABLE orders ADD COLUMN c int; DELETE FROM lines;", "DROP TABLE lines;")
        self.dbmate("CREATE INDEX CONCURRENTLY i ON orders (email);", first=3, alone=True)
        before = self.held()
        self.assertEqual(len(self.plan()["migrations"]), 3)
        self.assertEqual(self.held(), before)
        self.assertEqual(self.left(), [])
        self.assertEqual(self.states(), ["pending"] * 3)

    def test_interrupted(self):
        self.dbmate("SELECT pg_sleep(600);")
        before = self.held()
        process = self.background("migrate", "plan")
        self.wait_until(self.left, "a server for proofs")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(out, b"")
        self.assertEqual(self.left(), [])
        self.assertEqual(self.held(), before)

    def test_interrupted_outside_a_transaction(self):
        self.dbmate("SELECT pg_sleep(600);", alone=True)
        process = self.background("migrate", "plan")
        self.wait_until(self.left, "a server for proofs")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(self.left(), [])

    def test_what_is_destroyed(self):
        self.dbmate("DELETE FROM lines WHERE id = 1;", "DELETE FROM lines;", "UPDATE orders SET note = '';",
                    "WITH gone AS (DELETE FROM lines RETURNING id) SELECT count(*) FROM gone;",
                    "DROP TABLE lines;", "ALTER TABLE orders DROP COLUMN email;", "DROP SEQUENCE numbers;")
        expected = ["", "deletes all rows of lines", "all rows of orders", "deletes all rows of lines", "drops the table lines",
                    "drops the column orders.email", "drops the sequence numbers"]
        for warnings, text in zip(self.warnings(), expected, strict=True):
            self.assertEqual(len(warnings), 1 if text else 0)
            self.assert_says(" ".join(warnings), text)

    def test_types(self):
        self.psql("DROP VIEW cheap")
        narrower = [("email", "varchar(20)", "character varying(50)"), ("total", "int", "bigint"),
                    ("note", "varchar(49)", "character varying(50)")]
        wider = [("email", "varchar(100)"), ("email", "text"), ("small", "bigint"), ("total", "numeric")]
        self.dbmate(*[f"ALTER TABLE orders ALTER COLUMN {column} TYPE {to};" for column, to, _ in narrower])
        for (column, _, old), warnings in zip(narrower, self.warnings()):
            self.assertEqual(len(warnings), 1, warnings)
            self.assert_says(warnings[0], f"narrows orders.{column} from {old} to ")
        self.psql("ALTER TABLE orders ALTER note TYPE text")
        self.dbmate(*["SELECT 1;"] * 3)
        self.dbmate(*[f"ALTER TABLE orders ALTER COLUMN {column} TYPE {to};" for column, to in wider], first=4)
        self.assertEqual(self.warnings(), [[]] * 7)

    def test_cascade(self):
        self.dbmate("DROP TABLE orders CASCADE;")
        warning, = [each for each in self.warnings()[0] if "go:" in each]
        self.assertEqual(warning, "with CASCADE 3 objects go: constraint lines_of_fkey on table lines, table orders, view cheap")
        self.dbmate("TRUNCATE orders CASCADE;")
        warning, = [each for each in self.warnings()[0] if "emptied" in each]
        self.assertEqual(warning, "with CASCADE 2 tables are emptied: public.lines, public.orders")
        self.dbmate("ALTER TABLE orders DROP COLUMN total CASCADE;")
        warning, = [each for each in self.warnings()[0] if "go:" in each]
        self.assertEqual(warning, "with CASCADE 2 objects go: column total of table orders, view cheap")
        self.dbmate("DROP SEQUENCE numbers CASCADE;")
        self.assertEqual([each for each in self.warnings()[0] if "go:" in each], [])

    def test_a_new_table_keeps_nobody_waiting(self):
        self.dbmate("CREATE TABLE fresh (id int);\nCREATE INDEX f ON fresh (id);\n"
                    "ALTER TABLE fresh ADD COLUMN n serial;\nALTER TABLE fresh ADD CHECK (id > 0);\n"
                    "CREATE INDEX o ON orders (email);")
        *of_fresh, last = self.statements()
        for statement in of_fresh:
            self.assertEqual((statement["locks"], statement["warnings"]), ([], []), statement["statement"])
        self.assertEqual(last["locks"], [{"object": "public.orders", "mode": SHARE}])
        self.assert_says(last["warnings"][0], "while the index is built")

    def test_one_transaction(self):
        """What an earlier statement has locked is not said again, unless it is locked harder."""
        self.dbmate("SELECT count(*) FROM orders;\nUPDATE orders SET note = '' WHERE id = 1;\n"
                    "UPDATE orders SET note = '' WHERE id = 2;\nALTER TABLE orders ADD COLUMN c int;\n"
                    "SAVEPOINT s;\nALTER TABLE lines ADD COLUMN c int;\nROLLBACK TO SAVEPOINT s;")
        self.assertEqual([[lock["mode"] for lock in each["locks"]] for each in self.statements()],
                         [[ACCESS_SHARE], [ROW_EXCLUSIVE], [], [ACCESS_EXCLUSIVE], [], [ACCESS_EXCLUSIVE], []])

    def test_outside_a_transaction(self):
        self.dbmate("SET search_path = sales;\nCREATE INDEX CONCURRENTLY i ON orders (id);\n"
                    "BEGIN;\nLOCK TABLE public.lines IN SHARE MODE;\nSELECT 1;\nCOMMIT;\n"
                    "VACUUM public.lines;", alone=True)
        plan = self.plan()
        self.assertFalse(plan["migrations"][0]["in_transaction"])
        self.assertTrue(plan["migrations"][0]["why_none"])
        statements = plan["migrations"][0]["statements"]
        self.assertEqual([each["problem"] for each in statements], [None] * 7)
        self.assertEqual([strongest(each["locks"]) for each in statements],
                         [{}, {"sales.orders": SHARE_UPDATE}, {}, {"public.lines": SHARE}, {}, {},
                          {"public.lines": SHARE_UPDATE}])
        self.assertEqual([table["name"] for table in plan["tables"]], ["public.lines", "sales.orders"])

    def test_odd_names_and_search_path(self):
        odd = 'sales."Odd ""N""ame"'
        self.dbmate('SET search_path = sales;\nALTER TABLE "Odd ""N""ame" ALTER COLUMN v TYPE varchar(20);',
                    f'CREATE INDEX "I I" ON {odd} ("The Id");', "UPDATE sales.orders SET id = 1 WHERE id = 2;")
        plan = self.plan()
        of = [each["statements"] for each in plan["migrations"]]
        self.assertEqual(strongest(of[0][1]["locks"]), {odd: ACCESS_EXCLUSIVE})
        self.assertEqual(of[0][1]["rewrites"], [odd])
        self.assert_says(of[0][1]["warnings"][0], "narrows", "from character varying(50)")
        self.assertEqual(strongest(of[1][0]["locks"]), {odd: SHARE})
        self.assertEqual(strongest(of[2][0]["locks"]), {"sales.orders": ROW_EXCLUSIVE})
        self.assertEqual({each["name"]: each["rows"] for each in plan["tables"]},
                         {'sales.Odd "N"ame': 7, "sales.orders": 0})

    def test_sizes_are_live(self):
        self.dbmate("ALTER TABLE orders ADD COLUMN c int;", "INSERT INTO lines VALUES (1000, NULL);")
        tables = {each["name"]: each for each in self.plan()["tables"]}
        self.assertEqual({name: each["rows"] for name, each in tables.items()}, {"public.orders": 3000, "public.lines": 500})
        for name, each in tables.items():
            self.assertEqual(each["bytes"], int(self.one(f"SELECT pg_total_relation_size('{name}')")))

    def test_a_script_that_fails(self):
        self.dbmate("SELECT 1;", "CREATE TABLE a (id int);\nALTER TABLE nowhere ADD COLUMN c int;\nSELECT 2;",
                    "DROP TABLE lines;")
        plan = self.plan()
        self.assert_says(plan["not_tried"], "2_m.sql:3", "fails on a copy")
        statements = plan["migrations"][1]["statements"]
        self.assertEqual([each["problem"] for each in statements],
                         [None, 'relation "nowhere" does not exist', None])
        self.assertEqual(statements[1]["line"], 3)
        self.assertEqual(plan["migrations"][2]["statements"][0]["locks"], [])
        said = self.text()
        self.assert_says(said, "FAILS", "2_m.sql:3", 'relation "nowhere" does not exist')
        self.assertNotIn("migrate up", said)

    def test_no_server_programs(self):
        os.mkdir(self.path("programs"))
        for name in ("pg_dump", "pg_restore", "psql"):
            os.symlink(self.server.program(name), self.path("programs", name))
        self.configure(f"pg_bin = '{self.path('programs')}'\n")
        self.dbmate("DROP TABLE lines;", "CREATE INDEX i ON orders (email);")
        plan = self.plan()
        self.assertTrue(plan["not_tried"])
        self.assert_says(plan["not_tried"], "there is no copy of the schema")
        drop, index = [each["statements"][0] for each in plan["migrations"]]
        self.assertEqual((drop["locks"], drop["rewrites"]), ([], []))
        self.assert_says(drop["warnings"][0], "drops the table lines")
        self.assert_says(index["warnings"][0], "while the index is built")
        self.assert_says(self.text(), "not all locks and rewrites are known")
        self.assertEqual(self.left(), [])

    def test_down(self):
        self.dbmate(("CREATE TABLE a (id int);", "DROP TABLE a;"), ("CREATE TABLE b (id int);", "DROP TABLE b;"),
                    ("ALTER TABLE orders ADD COLUMN c int;", "ALTER TABLE orders DROP COLUMN c;"))
        self.up()
        self.psql("INSERT INTO b VALUES (1), (2); ANALYZE b")
        plan = self.plan("--down", "--to", "1")
        self.assertEqual(plan["direction"], "down")
        self.assertEqual([each["version"] for each in plan["migrations"]], ["3", "2"])
        self.assertEqual([strongest(each["statements"][0]["locks"]) for each in plan["migrations"]],
                         [{"public.orders": ACCESS_EXCLUSIVE}, {"public.b": ACCESS_EXCLUSIVE}])
        self.assertIn({"public.b": 2}, [{each["name"]: each["rows"]} for each in plan["tables"]])
        self.assert_says(self.text("--down", "--to", "1"), "2 migrations to revert", "drops the table b")
        self.assertEqual(self.plan("--to", "1")["migrations"], [])
        self.assert_says(self.fails(2, "migrate", "plan", "--down").err, "--to VERSION")

    def test_to(self):
        self.dbmate("CREATE TABLE a (id int);", "CREATE TABLE b (id int);", "CREATE TABLE c (id int);")
        self.assertEqual([each["version"] for each in self.plan("--to", "2")["migrations"]], ["1", "2"])

    def test_the_search_path_of_the_database(self):
        self.psql(f"ALTER DATABASE {postgres.quoted(self.database)} SET search_path = sales")
        self.dbmate("ALTER TABLE orders ADD COLUMN c int;")
        self.assertEqual(strongest(self.statements()[0]["locks"]), {"sales.orders": ACCESS_EXCLUSIVE})

    def test_text(self):
        self.dbmate("ALTER TABLE orders ALTER COLUMN email TYPE varchar(20);")
        self.assert_says(self.text(), "ACCESS EXCLUSIVE on public.orders: readers and writers wait",
                         "rewrites public.orders: every row is written again", "narrows orders.email",
                         "public.orders 3,000", "migrate rehearse", "migrate up")


class OnSqlite(Plan, script_case.Sqlite):
    def test_plan(self):
        self.up_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t (v) VALUES ('a'), ('b'), ('c')",
                    "CREATE TABLE other (id INTEGER PRIMARY KEY)")
        self.dbmate("ALTER TABLE t ADD COLUMN w;\nDELETE FROM t;", ("DROP TABLE t;", "CREATE TABLE t (id);"))
        with open(self.database, "rb") as file:
            before = file.read()
        plan = self.plan()
        self.assertIsNone(plan["not_tried"])
        self.assertEqual([[each["line"] for each in migration["statements"]] for migration in plan["migrations"]],
                         [[2, 3], [2]])
        added, deleted = plan["migrations"][0]["statements"]
        self.assertEqual((added["warnings"], added["locks"], added["rewrites"]), ([], [], []))
        self.assertEqual(deleted["writes"], ["t"])
        self.assert_says(deleted["warnings"][0], "deletes all rows of t")
        self.assert_says(plan["migrations"][1]["statements"][0]["warnings"][0], "drops the table t")
        self.assertEqual([(each["name"], each["rows"]) for each in plan["tables"]], [("t", 3)])
        with open(self.database, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(sorted(name for name in os.listdir(self.at) if name.startswith("app.db")), ["app.db"])

    def up_sql(self, *statements):
        connection = dbr.sqlite3.connect(self.database)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def test_nothing_to_do(self):
        self.dbmate("CREATE TABLE a (id);")
        self.up()
        self.assertEqual(self.plan()["migrations"], [])
        self.assert_says(self.text(), "0 migrations to apply")


if __name__ == "__main__":
    dbr.main()
