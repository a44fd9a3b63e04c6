# slow
"""Restores of the schema alone, and of the data alone into tables that are there: both together are the whole."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import zoo  # noqa: E402

# A name before what it refers to, so that the order of names is none that foreign keys allow.
TABLES = """
CREATE TABLE a_line (id int PRIMARY KEY, "order" int NOT NULL);
CREATE TABLE b_order (id int PRIMARY KEY, customer int NOT NULL, parent int REFERENCES b_order);
CREATE TABLE c_customer (id int PRIMARY KEY, best int);
CREATE TABLE events (at date, customer int) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events DEFAULT;
CREATE TABLE told (what text);
INSERT INTO told VALUES ('one');
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM b_order;
CREATE MATERIALIZED VIEW not_yet AS SELECT count(*) AS n FROM b_order WITH NO DATA;
INSERT INTO c_customer SELECT i, NULL FROM generate_series(1, 20) AS i;
INSERT INTO b_order SELECT i, 1 + i % 20, CASE WHEN i < 100 THEN i + 1 END FROM generate_series(1, 100) AS i;
INSERT INTO a_line SELECT i, 1 + i % 100 FROM generate_series(1, 500) AS i;
INSERT INTO events SELECT '2026-01-01', i FROM generate_series(1, 20) AS i;
ALTER TABLE a_line ADD CONSTRAINT of_order FOREIGN KEY ("order") REFERENCES b_order;
ALTER TABLE b_order ADD CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES c_customer;
ALTER TABLE events ADD CONSTRAINT of_one FOREIGN KEY (customer) REFERENCES c_customer;
REFRESH MATERIALIZED VIEW counted;
CREATE SEQUENCE numbers START 7;
SELECT nextval('numbers') \\g /dev/null
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN INSERT INTO public.told VALUES (TG_NAME); RETURN NULL; END';
CREATE TRIGGER tells AFTER INSERT ON b_order FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER always AFTER INSERT ON b_order EXECUTE FUNCTION tell();
ALTER TABLE b_order ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER off AFTER INSERT ON b_order EXECUTE FUNCTION tell();
ALTER TABLE b_order DISABLE TRIGGER off;
"""
CIRCLE = "ALTER TABLE c_customer ADD CONSTRAINT best FOREIGN KEY (best) REFERENCES b_order"
OBJECTS = "SELECT lo_from_bytea(0, repeat('x', 300000)::bytea), lo_create(0) \\g /dev/null\n"


class Parts(server_case.Case):
    def setUp(self):
        super().setUp()
        self.other = self.database + "_other"
        self.into = ["--into", self.server.url(self.other)]

    def fill(self, sql, user="postgres"):
        self.psql(sql, user=user)
        self.take()

    def rows(self, name):
        return int(self.server.value(self.other, f"SELECT count(*) FROM {name}"))

    def schema_only(self):
        return self.ok("restore", self.taken, *self.into, "--schema-only", "--json").json

    def data_only(self, *words):
        return self.ok("restore", self.taken, *self.into, "--data-only", "--yes", "--json", *words).json

    def refused(self, *words, status=4):
        """What is said about a --data-only that changes nothing."""
        before = self.held(self.other)
        said = self.fails(status, "restore", self.taken, *self.into, "--data-only", "--yes", *words).err
        self.assertEqual(self.held(self.other), before)
        return said

    def assert_whole(self):
        self.assertEqual(self.held(self.other), self.held())

    def test_both_are_the_whole(self):
        self.fill(TABLES + OBJECTS)
        self.assertIn("only", self.ok("restore", "latest", *self.into, "--schema-only", "--dry-run").out)
        done = self.schema_only()
        self.assertTrue(done["verified"])
        self.assertIn("schema", done["verification"])
        self.assertEqual(self.server.dump(self.other, "--schema-only"),
                         self.server.dump(self.database, "--schema-only"))
        self.assertEqual([self.rows(name) for name in ("a_line", "events", "pg_largeobject_metadata")], [0, 0, 0])
        self.assertEqual(self.server.value(self.other, "SELECT is_called FROM numbers"), "f")
        plan = self.ok("restore", "latest", *self.into, "--data-only", "--dry-run", "--json").json["plan"]
        self.assertEqual((plan["kind"], plan["only"]), ("load", "data"))
        self.fails(4, "restore", "latest", *self.into, "--data-only")  # nobody has said yes
        done = self.data_only()
        self.assertTrue(done["verified"])
        self.assertNotIn("limits", done)
        self.assert_whole()
        self.assertEqual(self.rows("told"), 1, "no trigger has fired")
        self.assertEqual(self.beside(self.other), [])
        said = self.refused()
        for word in ("table public.a_line is not empty", "table public.b_order is not empty", "large objects"):
            self.assertIn(word, said)

    def test_usage(self):
        self.fill("CREATE TABLE t (a int)")
        for words in (["latest", "--schema-only"], ["latest", "--data-only", "--yes"], ["--data-only"],
                      ["latest", *self.into, "--schema-only", "--data-only"],
                      ["latest", *self.into, "--schema-only", "--tables", "t"]):
            with self.subTest(words):
                self.fails(2, "restore", *words)
        sqlite3.connect(self.path("shop.db")).close()
        other = self.snapshot(f"sqlite:{self.path('shop.db')}")
        for option in ("--schema-only", "--data-only"):
            self.assertIn("PostgreSQL", self.fails(2, "restore", other, "--into", self.path("b.db"), option).err)
        self.assertIn("takes no database's place",
                      self.fails(4, "restore", self.taken, "--into", self.url, "--schema-only", "--yes").err)
        said = self.fails(4, "restore", self.taken, *self.into, "--data-only", "--yes").err
        self.assertIn("there is no database", said)

    def test_tables_that_do_not_fit(self):
        self.fill(TABLES)
        self.schema_only()
        self.server.psql(self.other, "DROP TABLE a_line; ALTER TABLE told ADD COLUMN more int; DROP SEQUENCE numbers; "
                                     "DROP MATERIALIZED VIEW not_yet; INSERT INTO c_customer VALUES (99)")
        said = self.refused()
        for word in ("no table public.a_line", "public.told has other columns", "no sequence public.numbers",
                     "no materialized view public.not_yet", "public.c_customer is not empty"):
            self.assertIn(word, said)

    def test_other_tables_are_left_alone(self):
        self.fill(TABLES)
        self.schema_only()
        self.server.psql(self.other, "CREATE TABLE mine (a int); INSERT INTO mine VALUES (1)")
        self.data_only()
        self.assertEqual([self.rows("mine"), self.rows("a_line")], [1, 500])

    def test_an_ordinary_owner(self):
        owner = self.server.role("parts_owner")
        self.psql(f"GRANT CREATE ON SCHEMA public TO {owner}")
        self.psql(TABLES, user=owner)
        self.take()
        self.schema_only()
        mine = ["--into", self.server.url(self.other, owner)]
        self.ok("restore", self.taken, *mine, "--data-only", "--yes")
        self.assert_whole()

    def test_keys_in_a_circle(self):
        owner = self.server.role("parts_owner")
        self.psql(f"GRANT CREATE ON SCHEMA public TO {owner}")
        self.psql(TABLES + CIRCLE, user=owner)
        self.take()
        self.schema_only()
        mine = ["--into", self.server.url(self.other, owner)]
        said = self.fails(4, "restore", self.taken, *mine, "--data-only", "--yes").err
        self.assertIn("go in a circle, through or to ", said)
        self.assertIn("public.b_order, public.c_customer", said)
        self.server.psql(self.other, "ALTER TABLE c_customer ALTER CONSTRAINT best DEFERRABLE")
        self.ok("restore", self.taken, *mine, "--data-only", "--yes")
        self.assertEqual(self.rows("a_line"), 500)

    def test_keys_in_a_circle_as_superuser(self):
        self.fill(TABLES + CIRCLE)
        self.schema_only()
        self.assertIn("circle", self.data_only()["limits"][0])
        self.assert_whole()

    def test_keys_are_checked(self):
        self.fill(TABLES)
        self.schema_only()
        self.server.psql(self.other, "ALTER TABLE c_customer ADD CONSTRAINT small CHECK (id < 0)")
        self.assertIn("c_customer", self.refused(status=1))
        self.server.psql(self.other, "ALTER TABLE c_customer DROP CONSTRAINT small; "
                                     "CREATE TABLE none (id int PRIMARY KEY); "
                                     "ALTER TABLE a_line ADD FOREIGN KEY (id) REFERENCES none")
        self.assertIn("a_line", self.refused(status=1))

    def test_a_failure_leaves_nothing(self):
        self.fill(TABLES + OBJECTS)
        self.schema_only()
        self.server.psql(self.other, "ALTER TABLE a_line ADD CONSTRAINT small CHECK (id < 400)")
        self.assertIn("no row and no large object was stored", self.refused(status=1))
        self.server.psql(self.other, "ALTER TABLE told ALTER COLUMN what TYPE char(5)")
        self.server.psql(self.other, "ALTER TABLE a_line DROP CONSTRAINT small")
        self.assertIn("public.told has other rows", self.refused(status=3))

    def test_chosen_tables(self):
        self.psql(TABLES)
        self.taken = self.ok("snapshot", "--tables", "c_customer,b_order", "--json").json["id"]
        self.schema_only()
        self.server.psql(self.other, "INSERT INTO told VALUES ('mine')")
        self.data_only()
        self.assertEqual([self.rows(name) for name in ("a_line", "b_order", "c_customer", "told")], [0, 100, 20, 1])

    def test_the_zoo(self):
        """But for rows that break a constraint which is not valid: the server takes no new ones."""
        zoo.prepare(self.server)
        zoo.load(self.server, self.database)
        self.psql("DELETE FROM tables.checks WHERE a < 0; ALTER DOMAIN types.grown DROP CONSTRAINT late; "
                  "DELETE FROM keys.orphans")
        self.take()
        self.ok("restore", self.taken, *self.into, "--schema-only", "--jobs", "1")
        self.data_only()
        self.assertEqual(self.server.dump(self.other, in_order=False), self.server.dump(self.database, in_order=False))


if __name__ == "__main__":
    dbr.main()
