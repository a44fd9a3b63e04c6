# slow
"""Snapshots of a server that is written to, and whose tables are altered, made, dropped, rewritten and emptied all the
time: nearly all of them come about, each is one moment, and nobody waits long for one.

Four sums of pgbench are equal after each of its transactions, and what others do keeps such a rule too. Each snapshot is
restored, and must keep them all. DBROLLBACK_SNAPSHOTS=200 takes so many, 3 by default.
"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

SNAPSHOTS = int(os.environ.get("DBROLLBACK_SNAPSHOTS", "3"))
REST = 1.0           # seconds, of who changes tables between two statements
LONGEST_WAIT = 30    # seconds; a snapshot gives way after 10 of them

# pgbench's own transaction, and a rest after it: there are other tests on this machine.
TRANSACTION = r"""
\set aid random(1, 10000)
\set bid random(1, 1)
\set tid random(1, 10)
\set delta random(-5000, 5000)
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
END;
\sleep 20 ms
"""
# Each sum, and rows of tables that are only ever empty within a transaction. No two of pgbench's tables are read by the
# same session, since each is more than one part of the work.
RULES = """SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(tbalance) FROM pgbench_tellers),
    (SELECT sum(bbalance) FROM pgbench_branches), (SELECT coalesce(sum(delta), 0) FROM pgbench_history),
    (SELECT count(*) FROM emptied), (SELECT count(*) FROM rewritten), (SELECT sum(n) FROM moved_from) +
    (SELECT sum(n) FROM moved_to), (SELECT count(*) FROM replaced)"""
OTHERS = """
CREATE TABLE emptied AS SELECT i AS n FROM generate_series(1, 500) AS i;
CREATE TABLE rewritten AS SELECT i AS n FROM generate_series(1, 500) AS i;
CREATE TABLE replaced AS SELECT i AS n FROM generate_series(1, 500) AS i;
CREATE TABLE moved_from AS SELECT i AS n FROM generate_series(1, 500) AS i;
CREATE TABLE moved_to AS SELECT 0 AS n;
CREATE VIEW seen AS SELECT count(*) AS n FROM emptied;
CREATE TABLE indexed AS SELECT i AS n FROM generate_series(1, 500) AS i;
"""
# One session each, over and over.
CHANGES = {
    "columns": ["ALTER TABLE pgbench_tellers ADD COLUMN more int DEFAULT 7",
                "ALTER TABLE pgbench_tellers DROP COLUMN more"],
    "tables": ["CREATE TABLE come (id serial PRIMARY KEY, v text); INSERT INTO come (v) VALUES ('here')", "DROP TABLE come",
               "BEGIN; CREATE TABLE next AS SELECT * FROM replaced; DROP TABLE replaced; "
               "ALTER TABLE next RENAME TO replaced; COMMIT"],
    "indexes": ["CREATE INDEX by_n ON indexed (n)", "CREATE INDEX CONCURRENTLY by_more ON pgbench_history (tid)",
                "DROP INDEX by_n", "DROP INDEX CONCURRENTLY by_more"],
    "truncate": ["BEGIN; TRUNCATE emptied; INSERT INTO emptied SELECT generate_series(1, 500); COMMIT",
                 "BEGIN; INSERT INTO moved_to SELECT sum(n) FROM moved_from; TRUNCATE moved_from; "
                 "INSERT INTO moved_from VALUES (0); COMMIT",
                 "BEGIN; INSERT INTO moved_from SELECT sum(n) FROM moved_to; TRUNCATE moved_to; "
                 "INSERT INTO moved_to VALUES (0); COMMIT"],
    "rewrite": ["ALTER TABLE rewritten ALTER n TYPE bigint", "ALTER TABLE rewritten ALTER n TYPE int"],
    "code": ["CREATE OR REPLACE VIEW seen AS SELECT count(*) AS n FROM emptied WHERE n > 1",
             "CREATE OR REPLACE VIEW seen AS SELECT count(*) AS n FROM emptied",
             "CREATE VIEW looked AS SELECT 1 AS n", "DROP VIEW looked",
             "CREATE SEQUENCE counted", "DROP SEQUENCE counted",
             "CREATE FUNCTION told() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION told()"],
}


class Load:
    """pgbench and those who change tables, each in a thread, until stop(). What went wrong with them is in `failures`."""

    def __init__(self, server, database, script, log):
        self.server, self.database, self.script, self.log = server, database, script, log
        self.ended = threading.Event()
        self.failures, self.longest = [], {}
        self.done = {name: 0 for name in ("pgbench", *CHANGES)}
        self.threads = [threading.Thread(target=self.guarded, args=("pgbench", self.transactions))]
        self.threads += [threading.Thread(target=self.guarded, args=(name, self.change)) for name in CHANGES]
        for thread in self.threads:
            thread.start()

    def guarded(self, name, work):
        try:
            while not self.ended.is_set():
                work(name)
        except Exception as problem:  # pylint: disable=broad-except
            self.failures.append(f"{name}: {problem}")

    def took(self, name, seconds):
        self.longest[name] = max(self.longest.get(name, 0), seconds)
        self.done[name] += 1

    def transactions(self, name):
        """pgbench to its end, so that its log is whole: a line for each transaction, with its microseconds."""
        self.server.client("pgbench", "--no-vacuum", "--client=4", "--transactions=25", "--log", f"--log-prefix={self.log}",
                           f"--file={self.script}", self.server.url(self.database))
        folder, prefix = os.path.split(self.log)
        for file in [os.path.join(folder, file) for file in os.listdir(folder) if file.startswith(prefix)]:
            with open(file, encoding="utf-8") as lines:
                for line in lines:
                    self.took(name, int(line.split()[2]) / 1e6)
            os.remove(file)

    def change(self, name):
        """One session that times its statements itself, and rests after each."""
        words = [word for statement in CHANGES[name] for word in ("-c", statement, "-c", f"SELECT pg_sleep({REST})")]
        said = self.server.psql(self.database, "", "-c", "\\timing on", *words).out
        times = [float(line.split()[1]) / 1e3 for line in said.splitlines() if line.startswith("Time: ")]
        for seconds in times[::2]:  # without the rests
            self.took(name, seconds)

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()


class UnderLoad(server_case.Case):
    def setUp(self):
        super().setUp()
        self.psql(OTHERS)
        self.server.client("pgbench", "--initialize", "--quiet", "--scale=1", self.url)
        self.psql("DELETE FROM pgbench_accounts WHERE aid > 10000; VACUUM FULL pgbench_accounts")  # small, to restore many
        self.script = self.path("transaction.sql")
        with open(self.script, "w", encoding="utf-8") as file:
            file.write(TRANSACTION)

    def begin(self):
        load = Load(self.server, self.database, self.script, self.path("log"))
        self.addCleanup(load.stop)
        while not all(load.done.values()) and not load.failures:
            time.sleep(0.05)
        return load

    def written(self):
        return int(self.query("SELECT count(*) FROM pgbench_history")[0][0])

    def assert_keeps_rules(self, database):
        accounts, tellers, branches, history, emptied, rewritten, moved, replaced = \
            self.server.query(database, RULES)[0]
        self.assertEqual([accounts, tellers, branches], [history] * 3)
        self.assertEqual([emptied, rewritten, moved, replaced], ["500", "500", str(500 * 501 // 2), "500"])

    def test_each_snapshot_is_one_moment(self):
        load = self.begin()
        taken, given_up = {}, []
        for _ in range(SNAPSHOTS):
            before = self.written()
            done = self.run_it("snapshot", "--json", "--lock-timeout", "20s", "--yield-after", "10s")
            if done.exit == 0:
                taken[done.json["id"]] = (before, self.written())
            else:
                given_up.append(done)
        load.stop()
        print(f"{len(taken)} of {SNAPSHOTS} snapshots; statements: {load.done}; longest, in seconds: "
              f"{ {name: round(seconds, 2) for name, seconds in load.longest.items()} }", file=sys.stderr)
        for done in given_up:
            print(f"exit {done.exit}: {done.err}", file=sys.stderr)

        self.assertEqual(load.failures, [])
        self.assertLess(max(load.longest.values()), LONGEST_WAIT)
        for done in given_up:
            self.assertIn(done.exit, (1, 5), repr(done))
            self.assertRegex(done.err, "state: .*nothing was (published or )?changed")
            self.assertIn(self.database, done.err)
        self.assertLessEqual(len(given_up), max(1, SNAPSHOTS * 5 // 100), given_up)
        self.assert_keeps_rules(self.database)
        self.ok("verify", "--all", "--level", "content")
        for number, (snapshot, (before, after)) in enumerate(taken.items()):
            with self.subTest(snapshot):
                copy = f"{self.database}_copy_{number}"
                self.ok("restore", snapshot, "--into", self.server.url(copy), "--yes")
                self.assert_keeps_rules(copy)
                rows = int(self.server.value(copy, "SELECT count(*) FROM pgbench_history"))
                self.assertTrue(before <= rows <= after, f"{before} transactions, {rows} in the snapshot, {after}")
                self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(copy)}")

    def test_a_slow_one_gives_way(self):
        """Who waits behind a snapshot that takes long waits for --yield-after, and goes on."""
        load = self.begin()
        done = self.fails(5, "snapshot", "--max-rate", "10kB", "--yield-after", "1s")
        load.stop()
        self.assertEqual(load.failures, [])
        for words in ("that this snapshot holds (--yield-after)", "nothing was published", self.database):
            self.assertIn(words, done.err)
        self.assertLess(max(load.longest.values()), LONGEST_WAIT)
        self.assertEqual(self.ok("list", "--json").json["snapshots"], [])
        self.assert_keeps_rules(self.database)


if __name__ == "__main__":
    dbr.main()
