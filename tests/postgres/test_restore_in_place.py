# slow
"""`restore --in-place`: everything in a database is replaced in one transaction, where no second one can be made."""
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "crash"))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import worlds  # noqa: E402
import zoo  # noqa: E402

POINTS = ("database emptied", "database rebuilt", "rebuilt database committed")


class InPlace(server_case.Case):
    def inside(self):
        """All but what belongs to the database itself, and stays."""
        return self.server.dump(self.database, create=False, in_order=False)

    def restore(self, *words):
        return self.ok("restore", self.taken, "--in-place", "--yes", *words)

    def test_there_and_back(self):
        self.prepare()
        changed = self.inside()
        self.assertIn("how long is not known", self.ok("restore", self.taken, "--in-place", "--dry-run").out)
        self.ok("verify", self.taken, "--level", "restored")
        planned = self.ok("restore", self.taken, "--in-place", "--dry-run").out
        self.assertRegex(planned, "Nobody can use the database until it is done: about .*, which the last proof by restoring")
        self.assert_unchanged()
        done = self.ok("restore", self.taken, "--in-place", "--yes", "--json").json
        self.assertEqual(self.query(server_case.WHICH), [tuple(server_case.OLD.split("|"))])
        self.assertEqual((done["verified"], self.beside()), (True, []))
        self.assertIn("no difference", self.ok("diff", self.taken).out)
        self.assertIn("the new one", self.server.dump(self.database), "what belongs to the database stays")
        # The tables are other ones, of the same names.
        planned = self.ok("restore", self.taken, "--dry-run", "--json").json["plan"]["tables"]
        self.assertEqual([each["name"] for each in planned if None in each.values()], [])
        self.assertEqual(len({each["name"] for each in planned}), len(planned))
        self.ok("restore", done["snapshot_before"], "--in-place", "--yes")
        self.assertEqual(self.inside(), changed, "and back")

    def test_the_zoo(self):
        """Over a zoo that has changed, and what is there is dropped whatever it is."""
        zoo.prepare(self.server)
        zoo.load(self.server, self.database)
        self.psql(f"DROP INDEX indexes.{zoo.INVALID_INDEX}")
        for name, in self.query("SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database "
                                "WHERE datname = current_database())"):
            name = postgres.quoted(name)
            self.psql(f"ALTER SUBSCRIPTION {name} DISABLE; ALTER SUBSCRIPTION {name} SET (slot_name = NONE); "
                      f"DROP SUBSCRIPTION {name}")
        self.take()
        old = self.inside()
        self.psql("CREATE TABLE public.more (a int); CREATE SCHEMA more; CREATE TABLE more.t (a int)")
        self.restore("--no-snapshot-before")
        self.assertEqual(self.inside(), old)

    def test_a_subscription(self):
        self.prepare()
        self.psql("CREATE SUBSCRIPTION far CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)")
        self.addCleanup(self.psql, "ALTER SUBSCRIPTION far SET (slot_name = NONE); DROP SUBSCRIPTION far", check=False)
        self.assertIn("far", self.fails(4, "restore", self.taken, "--in-place", "--yes").err)

    def test_what_excludes_it(self):
        self.prepare()
        for words in (["--tables", "public.t"], ["--data-only", "--into", self.server.url("x")]):
            done = self.fails(2, "restore", self.taken, "--in-place", *words, "--yes")
            self.assertIn("exclude each other", done.err)
        self.assert_unchanged()

    def test_interrupted_and_killed(self):
        self.prepare()
        trace = self.path("trace")
        for point in POINTS:
            with self.subTest(point):
                process = self.background("restore", self.taken, "--in-place", "--yes", binary=worlds.FAULTY, env={
                    "DBROLLBACK_FAULTS": f"point 1 {point}", "DBROLLBACK_FAULTS_ROOT": self.at,
                    "DBROLLBACK_FAULTS_TRACE": trace})
                _, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, -signal.SIGKILL, err)
                which = server_case.OLD if point == POINTS[-1] else server_case.NEW
                self.assertEqual(self.query(server_case.WHICH), [tuple(which.split("|"))])

    def test_somebody_who_reads_for_long(self):
        self.prepare()
        holder = self.server_session("BEGIN; SELECT count(*) FROM public.t; SELECT pg_sleep(60)")
        done = self.fails(5, "restore", self.taken, "--in-place", "--yes", "--no-snapshot-before", "--lock-timeout", "300ms")
        self.assertIn("nothing was changed", done.err)
        holder()
        self.assert_unchanged()

    def server_session(self, sql):
        """Starts a session; returns what ends it."""
        thread = threading.Thread(target=lambda: self.psql(sql, check=False))
        thread.start()
        where = "wait_event = 'PgSleep' AND datname = current_database()"
        while not self.query(f"SELECT FROM pg_stat_activity WHERE {where}"):
            pass

        def end():
            self.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {where}")
            thread.join()
        return end


class ByTheOwner(server_case.Case):
    """Who owns the database and what is in it, and may not make another one."""
    def configure(self, more=""):
        self.server.role("in_place_owner")
        self.server.psql(self.database, f"ALTER DATABASE {postgres.quoted(self.database)} OWNER TO in_place_owner; "
                                        "GRANT ALL ON SCHEMA public TO in_place_owner")
        self.environment["APP_URL"] = self.server.url(self.database, "in_place_owner")
        super().configure(more)

    def test_it(self):
        self.prepare(user="in_place_owner")
        self.assertIn("or restore with --in-place", self.fails(1, "restore", self.taken, "--yes").err)
        self.ok("restore", self.taken, "--in-place", "--yes")
        self.assertEqual(self.query(server_case.WHICH), [tuple(server_case.OLD.split("|"))])
        self.assertIn("no difference", self.ok("diff", self.taken).out)

    def test_what_others_own_is_named_before_anything_is_done(self):
        self.prepare(user="in_place_owner")
        self.server.psql(self.database, "CREATE TABLE of_another (v int)")
        for words in (["--dry-run"], ["--yes"]):
            said = self.fails(4, "restore", self.taken, "--in-place", *words).err
            self.assertIn("this role may not restore into", said)
            self.assertIn("it does not own the table public.of_another", said)
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 1, "no snapshot of the state before")


if __name__ == "__main__":
    dbr.main()
