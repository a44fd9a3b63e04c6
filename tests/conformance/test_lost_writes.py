# slow
"""Processes that write while a restore runs: each line that was committed is in the snapshot of the state before, or in
the live file afterwards."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import compare
import live
import versions

LINES = "SELECT writer, number FROM line"


class Case(live.Case):
    def start(self, count, pause, *words):
        return [actors.Loop(self, "scribe.py", self.file, number, pause, *words) for number in range(count)]

    def lines(self, file):
        return {tuple(row) for row in dbr.rows(file, LINES)}

    def restore_under(self, count, pause, *words, restore=()):
        """Restores while they write; returns what the restore said."""
        writers = self.start(count, pause, *words)
        # With a connection for each line there are moments at which nobody else has the file open.
        watchers = [] if words else [actors.Loop(self, "poller.py", self.file)]
        mark = self.lines(self.file)
        actors.until(lambda: len(self.lines(self.file)) > len(mark) + 3 * count)
        done = self.restore(*restore)
        mark = self.lines(self.file)
        actors.until(lambda: len(self.lines(self.file) - mark) > 3 * count)
        reports = [writer.stop() for writer in writers]
        watched = [watcher.stop() for watcher in watchers]
        self.assertEqual(done.exit, 0, done)
        self.assertEqual([report["errors"] for report in reports], [[]] * count)
        self.assertEqual([watch["errors"] for watch in watched], [[]] * len(watched))
        self.assertEqual(compare.integrity(self.file), [b"ok"])
        committed = {(report["writer"], number) for report in reports for number in report["committed"]}
        before = self.lines(self.export(done.json["snapshot_before"]))
        after = self.lines(self.file)
        self.assertEqual(committed - before - after, set(), "lost")
        self.assertEqual((before | after) - committed, set(), "never committed")
        self.assertEqual(versions.state_of(self.export(done.json["snapshot_before"])), versions.OLD)
        return done.json, before, after, [[tuple(state) for state in watch["seen"]] for watch in watched]


class Everything(Case):
    def nothing_is_lost(self, journal_mode, count, pause, *words):
        self.live(journal_mode)
        result, before, after, seen = self.restore_under(count, pause, *words)
        self.assertTrue(before)
        self.assertTrue(after)
        self.assertEqual(before & after, set(), "the restore replaces everything")
        self.assertIn(seen, ([], [[versions.OLD, versions.NEW]]))
        self.assertEqual(versions.state_of(self.file), versions.NEW)

    def test_wal(self):
        self.nothing_is_lost("wal", 4, 0)

    def test_wal_with_a_connection_for_each_line(self):
        self.nothing_is_lost("wal", 3, 0, "reopen")

    def test_rollback_journal(self):
        self.nothing_is_lost("delete", 2, 0)

    def test_rollback_journal_without_a_pause(self):
        self.nothing_is_lost("delete", 4, 0)

    def test_rollback_journal_with_a_connection_for_each_line(self):
        self.nothing_is_lost("truncate", 3, 0, "reopen")


class ChosenTables(Case):
    def one_table(self, journal_mode, *words):
        self.live(journal_mode)
        result, before, after, seen = self.restore_under(3, 0, *words, restore=("--tables", "a"))
        self.assertEqual(before - after, set(), "the table `line` was not chosen")
        half = versions.NEW[:3] + versions.OLD[3:]
        self.assertIn(seen, ([], [[versions.OLD, half]]))
        self.assertEqual(versions.state_of(self.file), half)

    def test_wal(self):
        self.one_table("wal")

    def test_wal_with_a_connection_for_each_line(self):
        self.one_table("wal", "reopen")

    def test_rollback_journal(self):
        self.one_table("delete")

    def test_rollback_journal_with_a_connection_for_each_line(self):
        self.one_table("delete", "reopen")


if __name__ == "__main__":
    dbr.main()
