"""Scripts beside others who use the database: locks that are not given, two runs at once, and indexes that are built
concurrently and fail."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import script_case  # noqa: E402

IMPATIENT = ("--lock-timeout", "200ms")


class Locks(script_case.Postgres):
    def setUp(self):
        super().setUp()
        self.dbmate(("CREATE TABLE t (a int);", "DROP TABLE t;"), ("ALTER TABLE t ADD b int;", "ALTER TABLE t DROP b;"))
        self.up("--to", "1")

    def columns(self):
        return [name for name, in self.query("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 "
                                             "AND NOT attisdropped ORDER BY attnum")]

    def test_held_too_long(self):
        for action, columns in ((("up", ), ["a"]), (("down", "--yes", "--to", "1"), ["a", "b"])):
            with self.subTest(action):
                holder = self.session("LOCK TABLE t")
                start = time.monotonic()
                said = self.error(5, *action, "--attempts", "3", *IMPATIENT)
                took = time.monotonic() - start
                self.assertGreater(took, 3 * 0.2 + 0.1 + 0.2)  # half of what it may wait between attempts
                self.assert_says(said, "2_m.sql:", "statement 1 of 1 (ALTER TABLE t) failed: canceling statement due to lock "
                                 "timeout", "trying again (3 of 3)", "after 3 attempts", "--lock-timeout")
                self.end(holder)
                self.assertEqual((self.columns(), self.backends("idle in transaction")), (columns, []))
                self.up()
        self.assertEqual(self.applied(), ["1", "2"])

    def test_given_in_time(self):
        for action, columns in ((("up", ), ["a", "b"]), (("down", "--yes", "--to", "1"), ["a"])):
            with self.subTest(action):
                holder = self.session("LOCK TABLE t")
                run = self.background("migrate", *action, "--attempts", "30", *IMPATIENT, "--json")
                time.sleep(1)
                self.assertIsNone(run.poll())
                self.end(holder)
                out, err = run.communicate(timeout=30)
                self.assertEqual(run.returncode, 0, err)
                self.assertIn(b"trying again (2 of 30)", err)
                self.assertEqual(self.columns(), columns)
        self.assertEqual(self.applied(), ["1"])

    def test_outside_a_transaction(self):
        self.dbmate("VACUUM t;\nALTER TABLE t ADD c int;", first=2)
        holder = self.session("LOCK TABLE t")
        said = self.error(6, "up", "--attempts", "2", *IMPATIENT)
        self.assert_says(said, "note: 2_m.sql:2: statement 1 of 2 (VACUUM t) failed: canceling statement due to lock timeout; "
                         "trying again (2 of 2)", "none of its statements is in effect", "`dbrollback migrate resume`")
        self.end(holder)
        self.ok("migrate", "resume")
        self.assertEqual((self.columns(), self.applied()), (["a", "c"], ["1", "2"]))

    def test_the_rows_of_the_tool(self):
        """What others hold there is waited for as any other lock."""
        holder = self.session("LOCK TABLE schema_migrations")
        said = self.error(5, "up", "--attempts", "2", *IMPATIENT)
        self.assert_says(said, "lock timeout")
        self.end(holder)
        self.assertEqual((self.columns(), self.applied()), (["a"], ["1"]))


class TwoRuns(script_case.Postgres):
    def begin(self, **environment):
        run = self.background("migrate", "up", env=environment)
        self.wait_until(self.backends, "the first run is at its script")
        return run

    def done(self, run):
        _, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 0, err)

    def test_with_one_repository(self):
        self.dbmate("CREATE TABLE t (a int);\nSELECT pg_sleep(1);")
        first = self.begin()
        said = self.error(5, "up")
        self.assert_says(said, "is running: process", "nothing was changed", "wait until it is done")
        self.done(first)
        self.assertEqual(self.up("--json").json["steps"], [])
        self.assertEqual(self.applied(), ["1"])

    def test_with_two_repositories(self):
        self.ok("init", "--repository", self.path("other"), "--yes")
        for script in ("CREATE TABLE t (a int);\nSELECT pg_sleep(1);",
                       "SELECT pg_sleep(1);\nCREATE INDEX CONCURRENTLY ON t (a);"):
            number = 1 + len(self.applied()) if self.exists("schema_migrations")[0] else 1
            with self.subTest(number):
                self.dbmate(script, first=number)
                first = self.begin(DBROLLBACK_REPOSITORY=self.path("other"))
                said = self.error(5, "up", "--lock-timeout", "100ms")
                self.assert_says(said, "another run of migrations holds the lock of", "nothing was changed")
                waiting = self.up("--lock-timeout", "20s", "--json").json
                self.assertEqual((waiting["steps"], waiting["from"]), ([], str(number)))
                self.done(first)
        self.assertEqual(self.applied(), ["1", "2"])
        self.assertEqual(self.one("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass"), "1")

    def test_beside_the_own_tool(self):
        """golang-migrate's advisory lock is held by somebody."""
        self.golang("CREATE TABLE t (a int);", "CREATE INDEX CONCURRENTLY i ON t (a);")
        self.up()
        keys = self.query("SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype = 'advisory'")
        self.assertEqual(keys, [], "no lock outlives a run")
        self.golang("CREATE TABLE u (a int);\nSELECT pg_sleep(1);", first=3)
        first = self.begin()
        keys = self.query("SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype = 'advisory'")
        self.done(first)
        self.golang("CREATE TABLE v (a int);", first=4)
        for key, in keys:
            with self.subTest(key):
                holder = self.session(f"SELECT pg_advisory_lock({key})")
                self.assert_says(self.error(5, "up", "--lock-timeout", "200ms"), "holds the lock of")
                self.end(holder)
        self.assertEqual(self.exists("v"), [False])
        self.up()


class Indexes(script_case.Postgres):
    def setUp(self):
        super().setUp()
        self.dbmate("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\nCREATE TABLE other (a int);")
        self.up()

    def fail(self):
        self.dbmate("CREATE TABLE u (a int);\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\nCREATE TABLE v (a int);", first=2)
        return self.error(6, "up")

    def test_that_failed(self):
        said = self.fail()
        self.assert_says(said, "2_m.sql:3: statement 2 of 3 (CREATE UNIQUE INDEX CONCURRENTLY i) failed: could not create "
                         'unique index "i" (Key (a)=(1) is duplicated.)', "statement 1 of 3 is in effect",
                         "index public.i is invalid", "DROP INDEX CONCURRENTLY public.i", "`dbrollback migrate resume`")
        self.assertEqual((self.invalid(), self.exists("u", "v"), self.applied()), (["i"], [True, False], ["1"]))
        status = self.status()
        self.assertEqual((status["unfinished"]["done"], status["unfinished"]["line"]), (1, 3))
        self.assert_says(status["warnings"][0], "index public.i is invalid", "DROP INDEX CONCURRENTLY public.i")
        self.assert_says(self.error(4, "up"), "an earlier run is unfinished: up of 2_m", "statement 2 (2_m.sql:3, ")
        self.assert_says(self.error(6, "resume"), "is duplicated")
        self.psql("DELETE FROM t")
        self.assert_says(self.ok("migrate", "resume").err, "index public.i is invalid, and made again")
        self.assertEqual((self.invalid(), self.exists("i", "v"), self.applied()), ([], [True, True], ["1", "2"]))

    def test_left_out(self):
        self.fail()
        done = self.ok("migrate", "resume", "--skip")
        self.assert_says(done.err, "index public.i is invalid", "DROP INDEX CONCURRENTLY public.i")
        self.assertEqual((self.exists("v"), self.applied()), ([True], ["1", "2"]))

    def test_over_an_invalid_one(self):
        self.psql("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", check=False)
        self.psql("DELETE FROM t")
        self.dbmate("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);", first=2)
        said = self.error(6, "up")
        self.assert_says(said, "2_m.sql:2: statement 1 of 1", "index public.i is there already, and is invalid",
                         "next: `dbrollback migrate resume` builds it again; `resume` begins with `DROP INDEX CONCURRENTLY "
                         "public.i`")
        self.assertEqual((self.invalid(), self.applied()), (["i"], ["1"]))
        self.ok("migrate", "resume")
        self.assertEqual((self.invalid(), self.exists("i"), self.applied()), ([], [True], ["1", "2"]))

    def test_one_that_was_there_is_nobodys_fault(self):
        self.psql("CREATE UNIQUE INDEX CONCURRENTLY before ON t (a)", check=False)
        self.dbmate("CREATE INDEX CONCURRENTLY i ON other (a);", "DROP TABLE nowhere;\nVACUUM;", first=2)
        said = self.error(6, "up")
        self.assertNotIn("before is invalid", said)
        self.assertEqual((self.invalid(), self.applied()), (["before"], ["1", "2"]))

    def test_beside_our_own_locks(self):
        """It waits for every older transaction: none of them may be ours."""
        self.psql("DELETE FROM t")
        self.clear()
        self.psql("DROP TABLE schema_migrations")
        self.golang(("CREATE TABLE a (a int);", "DROP TABLE a;"),
                    ("CREATE INDEX CONCURRENTLY i ON t (a);", "DROP INDEX CONCURRENTLY i;"))
        self.up(timeout=30)
        self.down("1", timeout=30)
        self.assertEqual((self.exists("a", "i"), self.query("SELECT * FROM schema_migrations")),
                         ([True, False], [("1", "f")]))

    def test_waits_for_older_transactions(self):
        self.psql("DELETE FROM t")
        self.dbmate("CREATE INDEX CONCURRENTLY i ON t (a);", first=2)
        holder = self.session("INSERT INTO t VALUES (1)")
        run = self.background("migrate", "up", *IMPATIENT)
        time.sleep(1.5)
        self.assertIsNone(run.poll(), "nobody waits for it, so it may wait")
        self.end(holder)
        self.assertEqual((run.wait(30), self.invalid(), self.exists("i")), (0, [], [True]))


if __name__ == "__main__":
    dbr.main()
