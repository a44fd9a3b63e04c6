# slow
"""Runs of migrations that die within a statement: they themselves, their session in the server, or the whole server; each
statement up and down, in a transaction and outside, at the commit, and while an index is built concurrently."""
import os
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, processes  # noqa: E402

import killed_case  # noqa: E402
import script_case  # noqa: E402

STATEMENTS = 3


def gated(alone):
    """Each statement writes to a table of its own, by whose lock it can be held."""
    rows = [killed_case.row(f"gate{number}", 1) for number in range(STATEMENTS)]
    return killed_case.Migration([up for up, _ in rows], [down for _, down in reversed(rows)], alone)


GATES = killed_case.Migration([(f"CREATE TABLE gate{number} (v int)", f"to_regclass('gate{number}') IS NOT NULL")
                               for number in range(STATEMENTS)], [])
OLDER = killed_case.Migration([("CREATE TABLE t (a int)", "to_regclass('t') IS NOT NULL")], [])
VALID = "EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('i') AND indisvalid)"
INDEX = killed_case.Migration([("CREATE INDEX CONCURRENTLY i ON t (a)", VALID)], [], alone=True)


class Gated(killed_case.Postgres):
    def set_up(self, action, alone):
        self.migrations = (GATES, gated(alone))
        self.begin_trial(action)

    def held_at(self, action, gate, *words):
        """A run that waits in its statement about this gate, and who holds the gate."""
        holder = self.session(f"LOCK TABLE {gate}")
        run = self.background(*self.words(action), "--lock-timeout", "60s", *words)
        self.wait_until(lambda: self.query("SELECT 1 FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"), "it waits")
        return run, holder

    def drive(self, alone, end):
        for action in ("up", "down"):
            self.set_up(action, alone)
            expected = self.expected(action)
            for number in range(STATEMENTS):
                with self.subTest(action, statement=number):
                    self.set_up(action, alone)
                    run, holder = self.held_at(action, f"gate{number}")
                    end(run, "outside" if alone else "within")
                    self.wait_until(lambda: not self.backends(), "the server has noticed")
                    self.end(holder)
                    self.mend(action)
                    self.assertEqual(self.held(), expected)

    def end_us(self, run, where):  # noqa: ARG002
        script_case.kill(run)

    def end_session(self, run, where):
        self.psql(f"SELECT pg_terminate_backend({self.backends()[0]})")
        _, err = run.communicate(timeout=60)
        said = " ".join(err.decode().split())
        self.assertEqual(run.returncode, 6 if where == "outside" else 1, said)
        self.assert_says(said, "2_m.sql:", "terminating connection due to administrator command")
        self.assertNotIn("LINE", said, "a statement may hold a password")
        self.assert_says(said, *(["it may be in effect, or not", "`dbrollback migrate resume --skip`"] if where == "outside"
                                 else ["nothing of 2_m is "]))

    def test_we_are_killed_in_a_transaction(self):
        self.drive(False, self.end_us)

    def test_we_are_killed_outside(self):
        self.drive(True, self.end_us)

    def test_the_session_ends_in_a_transaction(self):
        self.drive(False, self.end_session)

    def test_the_session_ends_outside(self):
        self.drive(True, self.end_session)

    def test_the_server_crashes(self):
        """It ends all its sessions when one of them is killed."""
        for action, alone in (("up", False), ("up", True), ("down", True)):
            with self.subTest(action, alone=alone):
                self.set_up(action, alone)
                expected = self.expected(action)
                self.set_up(action, alone)
                run, holder = self.held_at(action, "gate1")
                os.kill(self.backends()[0], signal.SIGKILL)
                _, err = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 6 if alone else 1, err)
                self.end(holder)
                self.wait_until(lambda: self.server.psql(self.database, "SELECT 1", check=False).exit == 0, "it is back")
                self.mend(action)
                self.assertEqual(self.held(), expected)

    def test_at_the_commit(self):
        """A deferred trigger waits there."""
        self.migrations = (killed_case.Migration(
            [("CREATE TABLE gate0 (v int)", "to_regclass('gate0') IS NOT NULL"),
             ("CREATE TABLE t (v int)", "to_regclass('t') IS NOT NULL"),
             ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN LOCK TABLE gate0; RETURN NEW; END'",
              "to_regproc('f') IS NOT NULL"),
             ("CREATE CONSTRAINT TRIGGER at_the_end AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
              "EXECUTE FUNCTION f()", "EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'at_the_end')")], []),
            killed_case.Migration([killed_case.row("t", 1)[0]], []))
        expected = self.expected("up")
        for end in ("us", "session"):
            with self.subTest(end):
                self.begin_trial("up")
                run, holder = self.held_at("up", "gate0")
                self.assertEqual(self.query("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), [("COMMIT", )])
                if end == "us":
                    script_case.kill(run)
                else:
                    self.psql(f"SELECT pg_terminate_backend({self.backends()[0]})")
                    _, err = run.communicate(timeout=60)
                    said = " ".join(err.decode().split())
                    self.assertEqual(run.returncode, 6, said)
                    self.assert_says(said, "2_m.sql: the COMMIT of its transaction failed", "as a whole or not at all",
                                     "`dbrollback migrate status` says which")
                self.wait_until(lambda: not self.backends(), "the server has noticed")
                self.end(holder)
                self.mend("up")
                self.assertEqual(self.held(), expected)


class Index(killed_case.Postgres):
    migrations = (OLDER, INDEX)

    def building(self):
        """A run that builds an index and waits for an older transaction."""
        self.begin_trial("up")
        holder = self.session("INSERT INTO t VALUES (1)")
        run = self.background("migrate", "up")
        self.wait_until(lambda: self.query("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid'"), "it waits")
        return run, holder

    def test_that_the_server_goes_on_with(self):
        expected = self.expected("up")
        run, holder = self.building()
        backend, = self.backends()
        os.kill(backend, signal.SIGSTOP)  # or it would notice soon that we are gone
        self.addCleanup(processes.send, backend, signal.SIGCONT)
        script_case.kill(run)
        status = self.status()
        self.assertEqual(len(status["running"]), 1, status)
        self.assert_says(status["running"][0], f"session {backend}, since ", "CREATE INDEX CONCURRENTLY i")
        self.assertEqual((status["unfinished"]["problem"], status["warnings"]), (None, []), "it may still become valid")
        for action in (["up"], ["resume"], ["down", "--yes", "--to", "none"]):
            said = self.error(5, *action, "--lock-timeout", "1s")
            self.assert_says(said, "the server still executes a statement of it", "CREATE INDEX CONCURRENTLY i",
                             "nothing was changed by this run", "`dbrollback migrate status`")
        os.kill(backend, signal.SIGCONT)
        self.wait_until(lambda: not self.backends(), "the server has noticed")
        self.end(holder)
        status = self.status()
        self.assertEqual((status["running"], self.invalid()), ([], ["i"]))
        self.assert_says(status["warnings"][0], "index public.i is invalid", "DROP INDEX CONCURRENTLY public.i")
        self.mend("up")
        self.assertEqual((self.invalid(), self.held()), ([], expected))

    def test_whose_session_ends(self):
        expected = self.expected("up")
        run, holder = self.building()
        self.psql(f"SELECT pg_terminate_backend({self.backends()[0]})")
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 6, err)
        self.end(holder)
        self.assertEqual(self.invalid(), ["i"])
        self.mend("up")
        self.assertEqual((self.invalid(), self.held()), ([], expected))


class Sqlite(killed_case.Sqlite):
    """One statement of three takes long enough to be met."""
    NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT 1 FROM n WHERE i = 1"

    def migration(self, action, slow, alone):
        """`slow`: the number of the statement, or none."""
        gates = killed_case.Migration([(f"CREATE TABLE gate{number} (v int)", f"EXISTS (SELECT 1 FROM sqlite_schema WHERE "
                                        f"name = 'gate{number}')") for number in range(STATEMENTS)], [])
        second = gated(alone)
        statements = second.up if action == "up" else second.down
        if slow is not None:
            sql, condition = statements[slow]
            rows = self.NUMBERS.format(10**9)
            statements[slow] = (sql.replace("VALUES (1)", rows) if action == "up" else f"{sql} AND v IN ({rows})", condition)
        return gates, second

    def test_each_statement(self):
        for action in ("up", "down"):
            for alone in (False, True):
                self.migrations = self.migration(action, None, alone)
                expected = self.expected(action)
                for number in range(STATEMENTS):
                    with self.subTest(action, alone=alone, statement=number):
                        self.migrations = self.migration(action, None, alone)
                        self.begin_trial(action)
                        self.migrations = self.migration(action, number, alone)
                        self.write()
                        run = self.background(*self.words(action))
                        self.wait_until(lambda: self.is_at(run, number, alone), "it is at the statement")
                        script_case.kill(run)
                        self.migrations = self.migration(action, None, alone)
                        self.write()
                        left = self.check(action)
                        self.assertEqual(left and left["done"], number if alone else None)
                        self.mend(action)
                        self.assertEqual(self.held(), expected)

    def is_at(self, run, number, alone):
        self.assertIsNone(run.poll())
        if alone:
            left = self.status()["unfinished"]
            return left is not None and left["done"] == number and left["problem"] is None
        return self.is_locked() and not time.sleep(0.1) and self.is_locked()

    def is_locked(self):
        connection = sqlite3.connect(self.database, isolation_level=None, timeout=0)
        try:
            connection.execute("BEGIN IMMEDIATE")
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()


if __name__ == "__main__":
    dbr.main()
