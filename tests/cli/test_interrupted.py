"""ctrl-C in the middle of every long command: exit status 1, everything as it was, nothing left behind."""
import glob
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

INTERRUPTED = ("note: stopping and leaving everything as it was; interrupt again to end at once\n"
               "dbrollback: interrupted\n"
               "  state: nothing was published or changed\n"
               "  next:  run the command again when you are ready\n")


class Interrupted(messages.Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("tmp"))
        self.environment["TMPDIR"] = self.path("tmp")
        self.init()
        self.database = self.big("app.db", 200_000)
        self.taken = self.snapshot(self.database)

    def interrupt(self, pattern, *words, **keywords):
        """Interrupts a command as soon as a file that fits `pattern` is there; returns what it said."""
        for _ in range(10):
            process = self.background(*words, **keywords)
            while not glob.glob(pattern) and process.poll() is None:
                time.sleep(0.0005)
            process.send_signal(signal.SIGSTOP)
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGCONT)
                out, err = process.communicate(timeout=60)
                if process.returncode != 0:
                    return process.returncode, out.decode(), self.normal(err.decode())
        self.fail("each time it was done before it could be interrupted")

    def test_a_restore_into_a_new_file(self):
        with self.unchanged():
            status, _, err = self.interrupt(self.path("new.db.dbrollback-*"), "restore", self.taken, "--into", "new.db",
                                            "--database", self.database)
            self.assertEqual((status, err), (1, INTERRUPTED))

    def test_an_export(self):
        with self.unchanged():
            self.assertEqual(self.interrupt(self.path("new.db.dbrollback-*"), "export", self.taken, "new.db"),
                             (1, "", INTERRUPTED))

    def test_a_restore_into_the_live_database(self):
        live = self.big("live.db", 100_000)
        first = dbr.rows(live, "SELECT v FROM t WHERE id = 1")
        status, _, err = self.interrupt(live + "-journal", "restore", self.taken, "--into", live, "--database", self.database,
                                        "--yes", "--no-snapshot-before")
        self.assertEqual((status, err), (1, INTERRUPTED))
        self.assertEqual(dbr.rows(live, "SELECT count(*) FROM t"), [(100_000,)])
        self.assertEqual(dbr.rows(live, "SELECT v FROM t WHERE id = 1"), first)
        self.assertEqual(dbr.rows(live, "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.held_ids(), [self.taken])

    def test_the_snapshot_of_the_state_before_a_restore(self):
        self.make("app.db", "UPDATE t SET v = v || 'x'")  # so that there is something to store
        with self.unchanged():
            status, _, err = self.interrupt(os.path.join(self.repo, "snapshots", "*", "data-0000.seg.*"), "restore",
                                            self.taken, "--database", self.database, "--yes")
            self.assertEqual((status, err), (1, messages.OWN_DISK + INTERRUPTED))
        self.assertEqual(dbr.rows(self.path("app.db"), "PRAGMA integrity_check"), [("ok",)])

    def test_a_proof_by_restoring(self):
        with self.unchanged():
            self.assertEqual(self.interrupt(self.path("tmp", "dbrollback-scratch-*", "*"), "verify", self.taken, "--level",
                                            "restored"), (1, "", INTERRUPTED))

    def test_a_stream_that_is_being_read(self):
        with open(self.path("app.tar"), "wb") as file:
            self.ok("snapshot", "--database", self.database, "--output", "-", stdout=file)
        with self.unchanged():
            with open(self.path("app.tar"), "rb") as file:
                status, _, err = self.interrupt(self.path("tmp", "dbrollback-spool-*", "snapshots", "*", "*"), "verify",
                                                "--input", "-", stdin=file)
            self.assertEqual((status, err.split("afterwards\n")[1]), (1, INTERRUPTED))

    def test_a_stream_that_is_being_written(self):
        with self.unchanged():
            process = self.background("snapshot", "--database", self.database, "--output", "-")
            process.stdout.read(1000)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            self.assertEqual((process.returncode, err.decode()),
                             (1, INTERRUPTED.replace("nothing was published or changed",
                                                     "what was written is no whole snapshot, and is refused when it is read; "
                                                     "the database was not touched")))


dbr.main()
