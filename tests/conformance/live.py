"""What the tests of live restores share: a live file, a snapshot of what it was, and words for what a restore did."""
import os

from support import dbr

import actors
import compare
import versions


class Case(dbr.Case):
    """A live file in version 2, and a snapshot of version 1 (self.taken)."""

    def live(self, journal_mode, **form):
        self.file = versions.make(self.path("app.db"), journal_mode, **form)
        self.init()
        self.taken = self.snapshot(self.file)
        versions.migrate(self.file)
        self.assertEqual(versions.state_of(self.file), versions.OLD)
        return self.file

    def restore(self, *words, taken=None, **keywords):
        return self.run_it("restore", taken or self.taken, "--database", self.file, "--json", "--yes", *words, **keywords)

    def assert_restored(self, done, state=versions.NEW):
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(versions.state_of(self.file), state)
        self.assertEqual(compare.integrity(self.file), [b"ok"])
        return done.json

    def restore_while_they_read(self):
        """Three processes read without a pause: each sees the old content, then the new."""
        pollers = [actors.Loop(self, "poller.py", self.file) for _ in range(3)]
        self.assert_restored(self.restore())
        for poller in pollers:
            report = poller.stop()
            self.assertEqual(report["errors"], [])
            self.assertEqual([tuple(state) for state in report["seen"]], [versions.OLD, versions.NEW])

    def assert_refused(self, done, holder, code=None):
        """Exit 5, naming who holds it, and nothing changed."""
        self.assertEqual(done.exit, 5, done)
        error = done.json["error"]
        self.assertIn(str(holder.pid), error["message"])
        self.assertEqual(error["state"], "nothing was changed")
        if code:
            self.assertEqual(error["code"], code)
        self.assertEqual(versions.state_of(self.file), versions.OLD)
        self.assertEqual(compare.integrity(self.file), [b"ok"])

    def export(self, taken):
        file = self.path(taken + ".db")
        if not os.path.exists(file):
            self.ok("export", taken, file)
        return file
