"""What killed commands leave behind is removed by the next of their kind, unless somebody is at work in it; and a
snapshot that lost its manifest is no leftover."""
import glob
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr


class Leftovers(dbr.Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("tmp"))
        self.environment["TMPDIR"] = self.path("tmp")
        self.init()
        self.database = self.make("app.db", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                                  *["INSERT INTO t(v) VALUES (randomblob(100000))"] * 100)
        self.taken = self.snapshot(self.database)

    def until(self, pattern):
        deadline = time.monotonic() + 30
        while not glob.glob(self.path(pattern)):
            self.assertLess(time.monotonic(), deadline, f"no {pattern}")
            time.sleep(0.001)
        return glob.glob(self.path(pattern))

    def start(self, *words, **keywords):
        process = subprocess.Popen(self.command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.at,
                                   env=dict(self.environment, DBROLLBACK_REPOSITORY=self.repo), **keywords)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        return process

    def killed_at(self, pattern, *words):
        """Kills a command as soon as a file that fits the pattern is there; that file."""
        process = self.start(*words)
        there = self.until(pattern)
        process.kill()
        process.wait()
        self.assertTrue(glob.glob(self.path(pattern)), "it was not killed in time")
        return there[0]

    def stream(self):
        return self.ok("snapshot", "--database", self.database, "--output", "-").raw

    def test_a_spooled_stream(self):
        stream = self.stream()
        process = self.start("verify", "--input", "-", stdin=subprocess.PIPE)
        process.stdin.write(stream[:100_000])
        process.stdin.flush()
        left = self.until("tmp/dbrollback-spool-*")
        self.ok("verify", "--input", "-", stdin=None, input=stream)
        self.assertEqual(glob.glob(self.path("tmp/*")), left, "somebody is at work in it")
        process.kill()
        process.wait()
        process.stdin.close()
        self.assertEqual(glob.glob(self.path("tmp/*")), left)
        self.ok("verify", "--input", "-", stdin=None, input=stream)
        self.assertEqual(glob.glob(self.path("tmp/*")), [])

    def test_a_scratch_folder(self):
        self.killed_at("tmp/dbrollback-scratch-*", "verify", self.taken, "--level", "restored")
        self.ok("verify", self.taken, "--level", "restored")
        self.assertEqual(glob.glob(self.path("tmp/*")), [])

    def test_a_new_file_that_was_being_written(self):
        for words in (("restore", self.taken, "--database", self.database, "--into", "new.db", "--yes"),
                      ("export", self.taken, "new.db")):
            left = self.killed_at("new.db.dbrollback-*", *words)
            self.assertFalse(os.path.exists(self.path("new.db")))
            self.ok(*words)
            self.assertFalse(os.path.exists(left))
            self.assertEqual(glob.glob(self.path("new.db*")), [self.path("new.db")])
            os.remove(self.path("new.db"))

    def test_a_snapshot_that_lost_its_manifest_is_kept_and_named(self):
        os.remove(os.path.join(self.repo, "snapshots", self.taken, "manifest.json"))
        other = self.snapshot(self.database)
        self.ok("prune", "--keep-last", "1", "--yes")
        listed = {snapshot["id"]: snapshot["damaged"] for snapshot in self.ok("list", "--json").json["snapshots"]}
        self.assertEqual(listed, {self.taken: True, other: False})
        done = self.fails(3, "verify", "--all")
        self.assertIn(self.taken, done.out)
        self.assertIn("manifest.json: is missing", done.out)
        self.assertIn(f"{self.taken} has lost its manifest.json", self.fails(1, "doctor", "--database", self.database).out)
        self.fails(3, "restore", self.taken, "--database", self.database, "--yes")

    def test_a_snapshot_that_was_never_finished_is_swept(self):
        folder = os.path.join(self.repo, "snapshots", "20261120T120000Z-0000")
        os.mkdir(folder)
        for name in ("data-0000.seg", "manifest.sum", "manifest.json.0123abcd.part"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write("x")
        self.assertEqual([one["id"] for one in self.ok("list", "--json").json["snapshots"]], [self.taken])
        self.assertIn("removed 20261120T120000Z-0000", self.ok("snapshot", "--database", self.database).err)
        self.assertFalse(os.path.exists(folder))

    def test_a_snapshot_folder_that_is_a_link_is_not_followed(self):
        elsewhere = self.path("elsewhere")
        os.rename(os.path.join(self.repo, "snapshots", self.taken), elsewhere)
        os.symlink(elsewhere, os.path.join(self.repo, "snapshots", self.taken))
        before = sorted(os.listdir(elsewhere))
        self.snapshot(self.database)
        self.ok("prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
        self.assertEqual(sorted(os.listdir(elsewhere)), before)


if __name__ == "__main__":
    dbr.main()
