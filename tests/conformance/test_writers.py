"""Snapshots taken while four processes commit without a pause."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import bank

WRITERS = 4
BOUND = 120  # seconds; a snapshot of these databases takes about one
PATIENT = 60_000  # milliseconds


class Writers(dbr.Case):
    def open_bank(self, journal_mode, padding):
        self.file = self.path("bank.db")
        bank.make(self.file, journal_mode, padding)
        self.init()

    def start(self, count=WRITERS, busy=PATIENT):
        return [actors.Loop(self, "bank.py", self.file, number, busy) for number in range(count)]

    def timed(self, *words):
        """A run of `snapshot`, and from when to when it ran."""
        begun = time.monotonic()
        done = self.run_it("snapshot", "--database", self.file, "--json", *words, timeout=BOUND)
        return done, begun, time.monotonic()

    def stop(self, writers):
        reports = [writer.stop() for writer in writers]
        self.assertEqual([report["errors"] for report in reports], [[]] * len(reports))
        self.assertEqual(bank.broken_invariants(self.file), {}, "the writers themselves are right")
        self.assertEqual(bank.lines(self.file), sum(len(report["commits"]) for report in reports))
        return reports

    def exported(self, taken):
        file = self.path(taken + ".db")
        self.ok("export", taken, file)
        self.assertEqual(bank.broken_invariants(file), {})
        return bank.lines(file)

    def commits_between(self, reports, begun, ended):
        return sum(1 for report in reports for moment in report["commits"] if begun < moment < ended)


class Wal(Writers):
    def test_each_snapshot_is_one_moment_and_writers_go_on_meanwhile(self):
        self.open_bank("wal", 60_000_000)
        writers = self.start()
        taken = []
        for _ in range(5):
            done, begun, ended = self.timed()
            self.assertEqual(done.exit, 0, done)
            taken.append((done.json["id"], begun, ended))
        reports = self.stop(writers)
        seen = [self.exported(one) for one, _, _ in taken]
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(seen[-1], seen[0], "they wrote in between")
        for _, begun, ended in taken:
            self.assertGreater(self.commits_between(reports, begun, ended), 0)
        self.ok("verify", "--all", "--level", "restored")

    def test_a_writer_that_does_not_wait_at_all_never_finds_it_locked(self):
        self.open_bank("wal", 60_000_000)
        writers = self.start(count=1, busy=0)
        begun = time.monotonic()
        for _ in range(4):
            done, _, ended = self.timed()
            self.assertEqual(done.exit, 0, done)
        report, = self.stop(writers)  # no "database is locked" among its errors: it has none
        self.assertGreater(self.commits_between([report], begun, ended), 50)

    def test_through_a_pipe(self):
        self.open_bank("wal", 20_000_000)
        writers = self.start()
        with open(self.path("snapshot.tar"), "wb") as tar:
            self.ok("snapshot", "--database", self.file, "--output", "-", stdout=tar, timeout=BOUND)
        self.stop(writers)
        with open(self.path("snapshot.tar"), "rb") as tar:
            self.ok("restore", "--input", "-", "--into", self.path("out.db"), "--yes", stdin=tar)
        self.assertEqual(bank.broken_invariants(self.path("out.db")), {})


class RollbackJournal(Writers):
    def test_with_enough_pause_each_snapshot_is_one_moment(self):
        self.open_bank("delete", 30_000_000)
        writers = self.start()
        taken = []
        for _ in range(3):
            done, _, _ = self.timed("--max-writer-pause", "60s", "--lock-timeout", "60s")
            self.assertEqual(done.exit, 0, done)
            taken.append(done.json["id"])
        self.stop(writers)
        seen = [self.exported(one) for one in taken]
        self.assertEqual(seen, sorted(seen))

    def test_with_too_little_it_gives_up_and_the_writers_go_on(self):
        self.open_bank("delete", 300_000_000)
        writers = self.start()
        done, begun, ended = self.timed("--max-writer-pause", "20ms", "--lock-timeout", "60s")
        self.assertEqual(done.exit, 5, done)
        error = done.json["error"]
        self.assertEqual(error["code"], "writer_waiting")
        self.assertIn("--max-writer-pause", error["message"])
        self.assertIn("WAL", error["next"])
        gave_up = bank.lines(self.file)
        actors.until(lambda: bank.lines(self.file) > gave_up + 20)
        self.stop(writers)
        self.assertEqual(self.ok("list", "--json").json["snapshots"], [])
        left = os.path.join(self.repo, "snapshots")
        self.assertEqual(os.listdir(left) if os.path.isdir(left) else [], [])

    def test_nobody_waits_much_longer_than_the_pause(self):
        self.open_bank("delete", 300_000_000)
        writers = self.start(count=1)
        done, begun, ended = self.timed("--max-writer-pause", "50ms", "--lock-timeout", "60s")
        report, = self.stop(writers)
        self.assertEqual(done.exit, 5, done)
        self.assertLess(report["longest"], 3.0)

    def test_a_database_that_nobody_writes_to_needs_no_pause(self):
        self.open_bank("delete", 30_000_000)
        reader = actors.Connection(self, self.file)
        reader.do("BEGIN")
        reader.do("SELECT count(*) FROM ledger")
        done, _, _ = self.timed("--max-writer-pause", "1ms")
        self.assertEqual(done.exit, 0, done)
        self.exported(done.json["id"])


if __name__ == "__main__":
    dbr.main()
