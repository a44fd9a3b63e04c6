# slow
"""Round trips: what a real or an odd database is, it is again after a snapshot and a restore, as pg_dump sees it; and
what a restore cannot bring back is named."""
import difflib
import os
import resource
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres

import zoo


class RoundTrips(postgres.Case):
    parameters = {"extensions": zoo.EXTENSIONS}

    def setUp(self):
        super().setUp()
        self.major, self.tools = self.server.version // 10000, self.server.client_version()
        if self.tools < self.major:
            raise unittest.SkipTest(f"pg_dump {self.tools} refuses a server of version {self.major}")
        self.init()

    def programs(self):
        """The folder of the server's programs, which is this test's own. Some builds come without clients."""
        for name in ("pg_dump", "pg_restore"):
            if not os.path.exists(os.path.join(self.server.bin, name)):
                os.symlink(self.server.program(name), os.path.join(self.server.bin, name))
        return self.server.bin

    def configured(self, database):
        """A configuration for it: a server for proofs is one with the extensions of this, and never runs as root."""
        file = self.path(f"{database}.toml")
        account = f"scratch_user = '{self.server.user.pw_name}'\n" if self.server.user else ""
        with open(file, "w", encoding="utf-8") as out:
            out.write(f"repository = '{self.repo}'\n[database.app]\nurl = '{self.server.url(database)}'\n"
                      f"pg_bin = '{self.programs()}'\n{account}")
        return file

    def went_round(self, database):
        """Takes a snapshot of a database, proves its content, and restores it beside; its id and the new one's name."""
        config = self.configured(database)
        taken = self.ok("--config", config, "snapshot", "--json").json["id"]
        self.ok("--config", config, "verify", taken, "--level", "content")
        copy = database + "_again"
        self.ok("--config", config, "restore", taken, "--into", self.server.url(copy), "--yes")
        return taken, copy

    def differences(self, database, copy):
        """The lines that are only in one of both dumps. Several sessions load rows, in any order."""
        lines = [self.server.dump(each, in_order=False).split("\n") for each in (database, copy)]
        return [line[:200] for line in difflib.unified_diff(*lines, lineterm="", n=0)
                if not line.startswith(("@@", "---", "+++"))]

    def left_out(self, taken):
        return {each["object"] for each in self.ok("show", taken, "--json").json["left_out"]}

    def test_the_zoo(self):
        zoo.load(self.server, self.database)
        taken, copy = self.went_round(self.database)
        self.assertEqual(self.differences(self.database, copy), [])
        self.assertIn(f"index indexes.{zoo.INVALID_INDEX}", self.left_out(taken))
        self.ok("--config", self.configured(self.database), "verify", taken, "--level", "restored")

    def test_other_encodings(self):
        for load in (zoo.load_latin1, zoo.load_sql_ascii):
            with self.subTest(load.__name__):
                database = load(self.server)
                _, copy = self.went_round(database)
                self.assertEqual(self.differences(database, copy), [])

    def test_what_pg_dump_does_not_bring_back(self):
        database = zoo.load_beyond_pg_dump(self.server)
        config = self.configured(database)
        taken = self.ok("--config", config, "snapshot", "--json").json["id"]
        self.assertIn("language of_the_system", self.left_out(taken))
        done = self.fails(1, "--config", config, "restore", taken, "--into", self.server.url("beyond_again"), "--yes")
        self.assertIn("LANGUAGE of_the_system", done.err)
        self.assertEqual([name for name in self.server.databases() if name.startswith("beyond_again")], [])

        self.server.psql(database, "DROP LANGUAGE of_the_system")
        taken, copy = self.went_round(database)
        self.assertEqual([line for line in self.differences(database, copy) if "COPY" in line],
                         ["-COPY public.adopted (own, name, id) FROM stdin;",
                          "+COPY public.adopted (id, name, own) FROM stdin;"])
        self.assertEqual(self.server.query(copy, "SELECT own, name, id FROM adopted"), [("own", "name", "1")])
        self.assertEqual(self.left_out(taken), {"order of columns of table public.adopted"})
        self.ok("--config", self.configured(database), "verify", taken, "--level", "restored")

    def test_columns_in_another_order(self):
        """Named are those tables, and only those, whose columns come back in another order."""
        self.psql("""
          CREATE TABLE parent (a int, b text);
          CREATE TABLE later (c int) INHERITS (parent);
          INSERT INTO later VALUES (1, 'b', 2);
          ALTER TABLE parent ADD d text DEFAULT 'd';
          CREATE TABLE below (e int) INHERITS (later);
          INSERT INTO below VALUES (1, 'b', 2, 'd', 3);
          CREATE TABLE unchanged (c int) INHERITS (parent);
          CREATE TABLE other (x int, b text);
          CREATE TABLE of_two (own int) INHERITS (parent, other);
          CREATE TABLE parts (id int, v text) PARTITION BY LIST (id);
          CREATE TABLE turned (v text, id int);
          ALTER TABLE parts ATTACH PARTITION turned FOR VALUES IN (1);
          INSERT INTO parts VALUES (1, 'v');""")
        columns = ("SELECT attrelid::regclass::text, string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
                   "WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) "
                   "GROUP BY 1 ORDER BY 1")
        taken, copy = self.went_round(self.database)
        before, after = dict(self.query(columns)), dict(self.server.query(copy, columns))
        changed = [name for name in before if before[name] != after[name]]
        self.assertEqual(changed, ["below", "later"])
        self.assertEqual(self.left_out(taken), {f"order of columns of table public.{name}" for name in changed})
        self.assertEqual(self.server.query(copy, "SELECT a, b, c, d, e FROM below"), [("1", "b", "2", "d", "3")])

    def test_pagila(self):
        self.psql("", "-f", dbr.shared("pagila-schema.sql"), "-f", dbr.shared("pagila-data.sql"))
        _, copy = self.went_round(self.database)
        self.assertEqual(self.differences(self.database, copy), [])

    def test_chinook(self):
        with open(dbr.shared("chinook-postgres.sql"), encoding="utf-8") as file:
            _, _, tables = file.read().partition("\\c chinook;")
        self.psql(tables)
        _, copy = self.went_round(self.database)
        self.assertEqual(self.differences(self.database, copy), [])

    @unittest.skipUnless(os.environ.get("DBROLLBACK_LARGE"), "takes minutes: DBROLLBACK_LARGE=1")
    def test_many_and_large(self):
        """5,000 tables and large objects, and a value of 200 MB, of which libpq holds a few copies and nobody more."""
        zoo.load(self.server, self.database)
        zoo.add_tables(self.server, self.database)
        zoo.add_large_objects(self.server, self.database)
        zoo.add_large_value(self.server, self.database)
        started = time.monotonic()
        taken, copy = self.went_round(self.database)
        took = time.monotonic() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        print(f"snapshot, verify and restore: {took:.0f} s, {peak} MiB at most", file=sys.stderr)
        counts = """SELECT (SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'),
                    (SELECT sum(length(v)) FROM "values".large_value),
                    (SELECT count(*) FROM pg_largeobject_metadata),
                    (SELECT sum(length(lo_get(oid))) FROM pg_largeobject_metadata WHERE oid >= 5000000)"""
        self.assertEqual(self.query(counts), self.server.query(copy, counts))
        self.assertGreater(self.ok("show", taken, "--json").json["tables"], 5000)
        self.assertLess(peak, 1024)


if __name__ == "__main__":
    dbr.main()
