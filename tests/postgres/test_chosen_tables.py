# slow
"""Snapshots of chosen tables: the whole schema, the rows of some tables, and nobody takes them for more than that."""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

CONTENT = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 50) AS i;
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
INSERT INTO orders SELECT i, 1 + i % 50 FROM generate_series(1, 200) AS i;
CREATE TABLE "Log, of all" (id serial, line text);
INSERT INTO "Log, of all" (line) SELECT 'l' || i FROM generate_series(1, 1000) AS i;
CREATE SCHEMA audit;
CREATE TABLE audit.log_1 (v int);
CREATE TABLE audit.log_12 (v int);
INSERT INTO audit.log_1 VALUES (1);
INSERT INTO audit.log_12 VALUES (2), (3);
CREATE TABLE events (at date) PARTITION BY RANGE (at);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO events VALUES ('2025-05-05'), ('2026-05-05'), ('2026-05-06');
CREATE VIEW names AS SELECT name FROM customers;
SELECT lo_from_bytea(0, 'large') \\g /dev/null
"""
EVENTS = ["public.events_new", "public.events_old"]
LOGS = ["audit.log_1", "audit.log_12"]
SHOP = ["public.customers", "public.orders"]
OBJECTS = ["pg_catalog.pg_largeobject", "pg_catalog.pg_largeobject_metadata"]
LOG = 'public."Log, of all"'
ALL = sorted([*EVENTS, *LOGS, *SHOP, *OBJECTS, LOG])
REASON = "not chosen: its rows are not stored"


class ChosenTables(server_case.Case):
    def setUp(self):
        super().setUp()
        self.psql(CONTENT)

    def taken_with(self, *words):
        """The names of the tables whose rows a snapshot stores."""
        taken = self.ok("snapshot", "--json", *words).json
        self.taken = taken["id"]
        stored = sorted(table["name"] for table in taken["table_list"])
        left_out = sorted(each["object"] for each in taken["left_out"] if each["reason"] == REASON)
        objects = ["large objects"] if set(OBJECTS).isdisjoint(stored) else []
        tables = [f"table {name}" for name in set(ALL) - set(stored) - set(OBJECTS)]
        self.assertEqual(left_out, sorted(tables + objects))
        self.assertEqual(taken["partial"], bool(left_out))
        return stored

    def other(self):
        """A database that is not there yet."""
        return self.server.url(self.database + "_other")

    def rows(self, name, database=None):
        return int(self.server.value(database or self.database, f"SELECT count(*) FROM {name}"))

    def test_patterns(self):
        for words, expected in (
                (["--tables", "customers,orders"], SHOP),
                (["--tables", "public.customers", "--tables", "audit.*"], [*LOGS, "public.customers"]),
                (["--tables", "log_?"], ["audit.log_1"]),
                (["--tables", "audit.log_*", "--exclude-tables", "*_12"], ["audit.log_1"]),
                (["--tables", "events"], EVENTS),
                (["--tables", "*", "--exclude-tables", "public.events"], sorted([*SHOP, *LOGS, LOG])),
                (["--tables", '"Log, of all"'], [LOG]),
                (["--tables", "public.Log*"], [LOG]),
                (["--tables", 'public."Log?*"'], [LOG]),
                (["--tables", "orders,pg_catalog.pg_largeobject*"], sorted(["public.orders", *OBJECTS])),
                (["--exclude-tables", "*.*log*"], sorted([*SHOP, *EVENTS, LOG, *OBJECTS])),
                (["--exclude-tables", "pg_catalog.pg_largeobject"], sorted([*SHOP, *EVENTS, *LOGS, LOG])),
                (["--tables", "*.*"], ALL)):
            with self.subTest(words):
                self.assertEqual(self.taken_with(*words), expected)

    def test_a_pattern_that_matches_nothing(self):
        for words, name in ((["--tables", "orders,nothing*"], "nothing*"), (["--exclude-tables", "Orders"], "Orders"),
                            (["--tables", "names"], "names"), (["--tables", "orders*.public"], "orders*.public")):
            with self.subTest(words):
                self.assertIn(f"'{name}'", self.fails(2, "snapshot", *words).err)
        self.assertEqual(self.ok("list", "--json").json["snapshots"], [])
        self.fails(2, "snapshot", "--tables", "")

    def test_the_configuration(self):
        self.configure("tables = ['public.*', 'pg_catalog.pg_largeobject*']\nexclude_tables = ['events']\n")
        self.assertEqual(self.taken_with(), sorted([*SHOP, LOG, *OBJECTS]))
        self.assertEqual(self.taken_with("--tables", "orders"), ["public.orders"])
        self.assertEqual(self.taken_with("--exclude-tables", "orders"), sorted(set(ALL) - {"public.orders"}))
        self.assertEqual(self.taken_with("--tables", "*.*"), ALL)

    def test_sqlite_has_whole_snapshots_only(self):
        sqlite3.connect(self.path("app.db")).close()
        for option in ("--tables", "--exclude-tables"):
            said = self.fails(2, "snapshot", "--database", f"sqlite:{self.path('app.db')}", option, "t").err
            self.assertIn(f"{option} is for PostgreSQL databases only", said)

    def test_nobody_takes_it_for_a_whole_one(self):
        said = self.ok("snapshot", "--tables", "customers,orders")
        self.assertIn("PARTIAL", said.out)
        only = self.ok("list", "--json").json["snapshots"][0]["id"]
        for words in (["restore", "latest", "--dry-run"], ["show", "latest"]):
            self.assertIn("no whole snapshot", self.fails(2, *words).err)
        self.fails(3, "verify", "--latest")  # there is nothing to verify
        self.assertEqual(self.taken_with(), ALL)
        whole = self.taken
        self.assertEqual(self.taken_with("--tables", "customers", "--app-version", "v1"), ["public.customers"])
        self.assertEqual(self.ok("show", "latest", "--json").json["id"], whole)
        self.fails(2, "show", "before:v1")
        shown = self.ok("show", self.taken).out
        self.assertIn("PARTIAL", shown)
        self.assertIn(f"table public.orders: {REASON}", shown)
        self.assertIn("partial", self.ok("list").out)
        self.assertEqual([each["partial"] for each in self.ok("list", "--json").json["snapshots"]], [True, False, True])
        with open(os.path.join(self.repo, "snapshots", self.taken, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertIn("partial", manifest["format"]["required"])
        self.assertEqual(manifest["partial"], {"tables": ["customers"], "exclude_tables": [], "foreign_keys": []})

        old = self.held()
        for words in (["restore", only, "--yes"], ["restore", only, "--into", self.url, "--yes"],
                      ["restore", only, "--dry-run"]):
            said = self.fails(4, *words).err
            self.assertIn("the rows of 2 tables only", said)
            self.assertIn("--into", said)
        self.psql("SELECT 1")
        self.assertEqual(self.held(), old)
        self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(self.database)}")
        self.fails(4, "restore", only, "--yes")
        self.assertNotIn(self.database, self.server.databases(), "not even where nothing is: it is the application's")

    def test_beside_the_live_one(self):
        self.assertEqual(self.taken_with("--tables", "customers,orders,audit.*"), sorted([*SHOP, *LOGS]))
        self.assertIn("restored, ", self.ok("verify", self.taken, "--level", "restored").out)
        done = self.ok("restore", self.taken, "--into", self.other())
        self.assertIn("PARTIAL", done.out)
        other = self.database + "_other"
        self.assertEqual([self.rows(name, other) for name in [*SHOP, *LOGS, *EVENTS, LOG, "names"]],
                         [50, 200, 1, 2, 0, 0, 0, 50])
        self.assertEqual(self.server.value(other, "SELECT nextval('\"Log, of all_id_seq\"')"), "1001")
        self.assertEqual(self.server.dump(other, "--schema-only", create=False),
                         self.server.dump(self.database, "--schema-only", create=False))
        self.fails(4, "restore", self.taken, "--into", self.other(), "--yes")

    def test_foreign_keys_that_lead_nowhere(self):
        self.psql("CREATE TABLE seen (at date PRIMARY KEY, id int REFERENCES orders); "
                  "CREATE TABLE visits (at date PRIMARY KEY) PARTITION BY RANGE (at); "
                  "CREATE TABLE visits_1 PARTITION OF visits DEFAULT; "
                  "ALTER TABLE seen ADD CONSTRAINT visited FOREIGN KEY (at) REFERENCES visits")
        self.psql("""
            CREATE TABLE "of Order" (id int, customer int, CONSTRAINT "to
""its"" C" FOREIGN KEY (customer) REFERENCES customers);
            INSERT INTO "of Order" VALUES (1, 2);
            COMMENT ON CONSTRAINT "to
""its"" C" ON "of Order" IS 'a comment';
            COMMENT ON CONSTRAINT orders_customer_fkey ON orders IS 'another';
            COMMENT ON CONSTRAINT seen_id_fkey ON seen IS 'of one that stays'""")
        said = self.ok("snapshot", "--tables", "orders,seen,of Order").err
        self.assertIn("orders_customer_fkey on public.orders refers to public.customers", said)
        self.assertIn("visited on public.seen refers to public.visits", said)
        self.assertNotIn("seen_id_fkey", said)
        self.assertEqual(said.count("refers to"), 3)
        taken = self.ok("list", "--json").json["snapshots"][-1]["id"]
        self.assertIn("orders_customer_fkey", self.ok("show", taken).out)
        self.assertIn("orders_customer_fkey", self.ok("restore", taken, "--into", self.other(), "--dry-run").err)
        self.ok("verify", taken, "--level", "restored")
        self.ok("restore", taken, "--into", self.other())
        other = self.database + "_other"
        keys = "SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
        self.assertEqual(self.server.value(other, keys), "seen_id_fkey")
        self.assertEqual([self.rows(name, other) for name in ("orders", '"of Order"', "customers")], [200, 1, 0])
        self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(other)}")
        self.ok("restore", taken, "--into", self.other(), "--schema-only")
        self.assertEqual(self.server.value(other, keys), self.server.value(self.database, keys))
        self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(other)}; CREATE DATABASE {postgres.quoted(other)}")
        self.ok("export", taken, self.path("app.sql"))
        self.server.psql(other, "", "-f", self.path("app.sql"))
        self.assertEqual(self.server.value(other, keys), "seen_id_fkey")

    def test_checks_are_asked_of_whole_databases_only(self):
        self.configure("[[database.app.check]]\nname = 'lines'\n"
                       "sql = 'SELECT count(*) FROM \"Log, of all\"'\nexpect = 1000\n")
        self.taken_with("--tables", "orders,customers")
        said = self.ok("verify", self.taken, "--level", "restored").out
        self.assertIn("integrity queries", said)

    def test_what_is_not_chosen_need_not_be_readable(self):
        """But its definition must be: pg_dump locks every table."""
        role = self.server.role("chosen_reader")
        self.psql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO {role}; "
                  f"GRANT USAGE ON SCHEMA audit TO {role}; "
                  f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}; "
                  "ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
        self.environment["APP_URL"] = self.server.url(self.database, role)
        self.fails(1, "snapshot")
        self.assertEqual(self.taken_with("--tables", "customers"), ["public.customers"])

    def test_the_difference_to_others(self):
        self.taken_with("--tables", "customers,orders")
        self.psql("DELETE FROM \"Log, of all\"; DELETE FROM orders WHERE id = 7")
        done = self.fails(3, "diff", self.taken, "live", "--json")
        self.assertEqual([(each["name"], each["removed"]) for each in done.json["tables"]], [("public.orders", 1)])
        self.assertIn("7 tables are not compared", done.err)

    def test_through_a_pipe(self):
        with open(self.path("app.tar"), "wb") as file:
            said = self.ok("snapshot", "--output", "-", "--tables", "orders", stdout=file).err
        self.assertIn("PARTIAL", said)
        with open(self.path("app.tar"), "rb") as file:
            self.fails(4, "restore", "--input", "-", "--yes", stdin=file)

    def test_retention(self):
        self.taken_with()
        self.ok("verify", self.taken)
        whole = self.taken
        for _ in range(3):
            self.taken_with("--tables", "customers")
            self.ok("verify", self.taken)
        with open(self.path("dbrollback.toml"), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write("keep = { last = 1, daily = 0, weekly = 0, monthly = 0 }\n" + text)
        self.ok("prune", "--yes")
        self.assertEqual([each["id"] for each in self.ok("list", "--json").json["snapshots"]], [whole, self.taken])


if __name__ == "__main__":
    dbr.main()
