"""Snapshots of a PostgreSQL database stay readable for good.

format-1-postgres/ is a repository that dbrollback 0.1.0 made of a database of PostgreSQL 15: v1 of all of it, which has
partitions, an enum, generated and identity columns, large objects and materialized views, and v1-customers, a partial one.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres

GOLDEN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "format-1-postgres")
V1, CUSTOMERS = "20261121T201057Z-v1-2751", "20261121T201057Z-v1-customers-07d7"
MADE_BY = 150000  # the server's version: an older one cannot hold it

ROWS = {
    "SELECT id, name, mood, twice FROM customer ORDER BY id":
        [("1", "Ada", "high", "6"), ("2", "tab\tand\nline", None, "6"), ("3", "Grüße", "low", "6")],
    "SELECT count(*), sum(total), min(at), max(tags[3]) FROM orders": [("400", "20050.00", "2025-06-02", "99")],
    "SELECT count(*) FROM orders_2025": [("213",)],
    "SELECT encode(data, 'hex') FROM orders WHERE id = 1": [("c4ca4238a0b923820dcc509a6f75849b",)],
    "SELECT customer, total FROM spent ORDER BY customer": [("1", "6683.25"), ("2", "6716.75"), ("3", "6650.00")],
    "SELECT ispopulated FROM pg_matviews WHERE matviewname = 'later'": [("f",)],
    "SELECT nextval('numbers')": [("8",)],
    "SELECT convert_from(lo_get(4001), 'UTF8'), obj_description(4001, 'pg_largeobject'), length(lo_get(4002))":
        [("a large object", "with a comment", "0")],
    "SELECT current_setting('work_mem')": [("5MB",)],
}


class Postgres(postgres.Case):
    def setUp(self):
        super().setUp()
        if self.server.version < MADE_BY:
            self.skipTest(f"this server, {self.server.version}, is older than the snapshots'")
        shutil.copytree(GOLDEN, self.repo)
        self.other = self.database + "_golden"
        self.addCleanup(self.server.psql, "postgres", f"DROP DATABASE IF EXISTS {self.other}")
        self.into = ["--into", self.server.url(self.other)]

    def test_it_is_listed_and_verified(self):
        self.assertTrue(self.ok("verify", "--all", "--level", "content", "--json").json["ok"])
        listed = {each["id"]: each for each in self.ok("list", "--json").json["snapshots"]}
        self.assertEqual({id: (each["rows"], each["engine"]) for id, each in listed.items()},
                         {V1: (406, "postgres"), CUSTOMERS: (3, "postgres")})
        self.assertEqual(self.ok("show", "latest", "--json").json["id"], V1, "a partial one is never the latest")

    def test_it_is_restored(self):
        self.assertTrue(self.ok("restore", V1, *self.into, "--json").json["verified"])
        for sql, rows in ROWS.items():
            self.assertEqual(self.server.query(self.other, sql), rows, sql)

    def test_it_is_exported(self):
        script = self.path("golden.sql")
        self.ok("export", V1, script)
        name = self.server.create(self.other, template="template0", encoding="UTF8", locale="C")
        self.server.psql(name, "", "-f", script)
        for sql, rows in ROWS.items():
            self.assertEqual(self.server.query(name, sql), rows, sql)

    def test_the_partial_one(self):
        self.assertIn("PARTIAL", self.ok("show", CUSTOMERS).out)
        self.ok("restore", CUSTOMERS, *self.into)
        self.assertEqual(self.server.query(self.other, "SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM orders)"),
                         [("3", "0")])


if __name__ == "__main__":
    dbr.main()
