# slow
"""What changed between two snapshots of a server's database, and since one: schema, rows, sequences."""
import glob
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import zoo  # noqa: E402


class Diff(server_case.Case):
    def differs(self, *words):
        """The tables and what else differs, of `diff --json`."""
        report = self.fails(3, "diff", *words, "--json").json
        tables = {table["name"]: (table["added"], table["removed"], table["changed"]) for table in report["tables"]}
        return tables, [f"{each['object']}: {each['change']}" for each in report["schema"]]

    def fill(self, sql):
        self.psql(sql)
        self.take()

    def test_since_a_snapshot(self):
        self.prepare()
        tables, others = self.differs("latest")
        self.assertEqual(tables, {"public.extra": (0, 0, 0), "public.lines": (0, 300, 0), "public.t": (500, 0, 2000)})
        self.assertEqual(others, ['table "public.extra": added', 'table "public.t": column "more" added (integer)',
                                  'view "public.cheap": removed', 'sequence "public.numbers": at 8 in A, at 1000 in B'])
        shown = self.fails(3, "diff", "latest").out
        self.assertIn("public.t: only B has the values of more", shown)
        self.assertIn("4 differences of the schema, 3 tables differ, 3 tables compared", shown)

        before = self.taken
        self.take()
        self.assertIn("no difference between", self.ok("diff", "latest").out)
        self.assertEqual(self.differs(before, self.taken), (tables, others), "stored as live")
        self.assertEqual(self.differs(self.taken, before)[0]["public.t"], (0, 500, 2000), "the other way round")
        self.ok("restore", before, "--yes")
        self.assertIn("no difference between", self.ok("diff", before).out, "a restore brings back all of it")

    def test_tables_without_a_key(self):
        self.fill("CREATE TABLE t (a int, b text); INSERT INTO t SELECT i % 10, 'x' FROM generate_series(1, 100) AS i")
        self.psql("DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE a = 3 LIMIT 2); INSERT INTO t VALUES (3, NULL)")
        self.assertEqual(self.differs("latest")[0], {"public.t": (1, 2, 0)})

    def test_other_columns_and_order(self):
        """What has moved, or come, or gone, is no change of the rows' other values."""
        self.fill("CREATE TABLE t (a int, gone text DEFAULT 'x', id bigint PRIMARY KEY, twice int GENERATED ALWAYS AS (a * 2) "
                  "STORED, v text); INSERT INTO t (a, id, v) SELECT i, i, E'tab\\t' || i FROM generate_series(1, 50) AS i")
        self.assertIn("no difference", self.ok("diff", "latest").out)
        self.psql("ALTER TABLE t DROP COLUMN gone; ALTER TABLE t ADD COLUMN come int; ALTER TABLE t ADD COLUMN a2 int; "
                  "UPDATE t SET a2 = a; ALTER TABLE t DROP COLUMN a CASCADE; ALTER TABLE t RENAME COLUMN a2 TO a; "
                  "UPDATE t SET v = v || '!' WHERE id <= 5")
        tables, others = self.differs("latest")
        self.assertEqual(tables, {"public.t": (0, 0, 5)})
        self.assertEqual(others, ['table "public.t": column "gone" removed', 'table "public.t": column "come" added (integer)'])

    def test_large_objects_and_large_rows(self):
        self.fill("SELECT lo_from_bytea(0, repeat('o', 5000)::bytea) \\g /dev/null\n"
                  "CREATE TABLE t (id int PRIMARY KEY, v text); "
                  "INSERT INTO t SELECT i, repeat('v', 40 << 20) FROM generate_series(1, 2) AS i")
        self.assertIn("no difference", self.ok("diff", "latest").out)
        self.psql("UPDATE t SET v = v || 'w' WHERE id = 2; SELECT lo_put(oid, 10, 'other') FROM pg_largeobject_metadata "
                  "\\g /dev/null")
        tables, _ = self.differs("latest")
        self.assertEqual(tables, {"public.t": (0, 0, 1), "pg_catalog.pg_largeobject": (0, 0, 1)})

    def test_the_zoo(self):
        """Nothing of all that a database can have looks changed when nothing has."""
        zoo.prepare(self.server)
        zoo.load(self.server, self.database)
        self.take()
        self.assertIn("no difference", self.ok("diff", "latest").out)

    def test_the_wrong_engine(self):
        self.prepare()
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write(f"[database.app]\nurl = 'sqlite:{self.path('app.db')}'\n")
        sqlite3.connect(self.path("app.db")).close()
        self.assertIn("is of a PostgreSQL database, the other is not", self.fails(2, "diff", "latest").err)

    def test_a_damaged_snapshot(self):
        self.prepare()
        text, = glob.glob(os.path.join(self.repo, "snapshots", self.taken, "schema.zst"))
        os.chmod(text, 0o600)
        with open(text, "r+b") as file:
            file.seek(20)
            file.write(b"!")
        self.assertIn("schema.zst", self.fails(3, "diff", "latest").err)
        self.assertIn("schema.zst", self.fails(3, "verify", "latest").out)


if __name__ == "__main__":
    dbr.main()
