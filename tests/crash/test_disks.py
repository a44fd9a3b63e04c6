# slow
"""Real disks that are full, read-only, or taken away: small file systems in memory, mounted for the test."""
import glob
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

MB = 1 << 20


def digest(file):
    with open(file, "rb") as opened:
        return hashlib.sha256(opened.read()).hexdigest()


class Disks(dbr.Case):
    def disk(self, name, megabytes):
        folder = self.path(name)
        os.mkdir(folder)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=False,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"this test mounts file systems, and may not: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def random_database(self, file, megabytes):
        """Of bytes that do not compress."""
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v)")
        connection.execute("DELETE FROM t")
        connection.executemany("INSERT INTO t(v) VALUES (randomblob(?))", [(MB // 4,)] * (megabytes * 4))
        connection.commit()
        connection.close()
        return file

    def assert_says(self, done, status, *texts):
        self.assertEqual(done.exit, status, repr(done))
        for text in (*texts, "state:"):
            self.assertIn(text, done.err, repr(done))

    def fill(self, folder, leave=0):
        """Takes all room that is left on a disk."""
        with open(os.path.join(folder, "filler"), "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * (MB // 4))
            except OSError:
                pass

    def test_a_repository_that_fills_up_under_a_snapshot(self):
        self.repo = os.path.join(self.disk("disk", 30), "repo")
        self.init()
        small = self.make("small.db")
        taken = self.snapshot(small)
        # Half of its size is what a first snapshot is expected to need; these bytes need all of it.
        large = self.random_database(self.path("large.db"), 40)
        before = digest(large)
        self.assert_says(self.run_it("snapshot", "--database", large), 1, "No space left on device", self.repo,
                         "free some room")
        self.assertEqual(digest(large), before)
        self.assertEqual([one["id"] for one in self.ok("list", "--json").json["snapshots"]], [taken])
        self.ok("verify", "--all", "--level", "stored")
        self.assertEqual(os.listdir(os.path.join(self.repo, "snapshots")), [taken])
        self.snapshot(small)

    def test_a_repository_on_a_full_disk(self):
        disk = self.disk("disk", 8)
        self.repo = os.path.join(disk, "repo")
        self.init()
        database = self.make("app.db")
        taken = self.snapshot(database)
        self.fill(disk)
        self.assert_says(self.run_it("snapshot", "--database", database), 1, self.repo, "free some room")
        self.ok("list")
        self.ok("verify", taken, "--level", "stored")
        self.ok("restore", taken, "--database", database, "--into", self.path("new.db"), "--yes")
        self.assertEqual(dbr.rows(self.path("new.db"), "SELECT count(*) FROM t"), [(2,)])
        self.ok("prune", "--keep-last", "1", "--yes", "--database", database)
        os.remove(os.path.join(disk, "filler"))
        self.snapshot(database)

    def test_a_repository_on_a_disk_that_is_mounted_read_only(self):
        disk = self.disk("disk", 8)
        self.repo = os.path.join(disk, "repo")
        self.init()
        database = self.make("app.db")
        taken = self.snapshot(database)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for words in (("snapshot", "--database", database), ("restore", taken, "--database", database, "--yes"),
                      ("pin", taken, "--reason", "x"), ("catalog", "rebuild")):
            self.assert_says(self.run_it(*words), 1, self.repo, "read-only", "nothing was changed", "next:")
        self.assertIn(taken, self.ok("list", "--json").out)
        self.ok("verify", "--all", "--level", "restored")
        self.ok("restore", taken, "--database", database, "--into", self.path("new.db"), "--yes")
        self.ok("restore", taken, "--database", database, "--yes", "--no-snapshot-before")
        self.ok("export", taken, self.path("export.db"))

    def test_a_repository_that_is_deleted_under_a_snapshot(self):
        self.init()
        database = self.random_database(self.path("app.db"), 200)
        before = digest(database)
        process = subprocess.Popen(self.command("snapshot", "--database", database), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.at,
                                   env=dict(self.environment, DBROLLBACK_REPOSITORY=self.repo))
        while process.poll() is None and not glob.glob(os.path.join(self.repo, "snapshots", "*", "*.part")):
            time.sleep(0.001)
        while os.path.exists(self.repo):  # the snapshot may make a file in a folder that is being removed
            shutil.rmtree(self.repo, ignore_errors=True)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, (out, err))
        self.assertIn(self.repo, err.decode())
        self.assertIn("state:", err.decode())
        self.assertFalse(os.path.exists(self.repo), "what was deleted is not made again")
        self.assertEqual(digest(database), before)

    def while_it_fills(self, disk, pattern, *words):
        """Runs a command whose disk fills up as soon as a file that fits the pattern is there."""
        process = subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.at,
                                   env=dict(self.environment, DBROLLBACK_REPOSITORY=self.repo))
        while process.poll() is None and not any(os.path.getsize(file) > MB for file in glob.glob(pattern)):
            time.sleep(0.0005)
        self.fill(disk)
        out, err = process.communicate(timeout=120)
        os.remove(os.path.join(disk, "filler"))
        return dbr.Run(subprocess.CompletedProcess((), process.returncode, out, err))

    def test_the_disk_of_the_live_database_fills_up_under_a_restore(self):
        self.init()
        disk = self.disk("disk", 140)
        database = self.random_database(os.path.join(disk, "app.db"), 40)
        taken = self.snapshot(database)
        self.random_database(database, 40)
        before = dbr.rows(database, "SELECT * FROM t ORDER BY id")
        done = self.while_it_fills(disk, database + "-journal", "restore", taken, "--database", database, "--yes",
                                   "--no-snapshot-before")
        self.assert_says(done, 1, "there is no room left on the disk of " + database, "nothing was changed", "next:")
        self.assertEqual(dbr.rows(database, "SELECT * FROM t ORDER BY id"), before)
        self.assertEqual(dbr.rows(database, "PRAGMA integrity_check"), [("ok",)])
        self.ok("restore", taken, "--database", database, "--yes")
        self.assertNotEqual(dbr.rows(database, "SELECT * FROM t ORDER BY id"), before)

    def test_the_disk_of_a_new_file_fills_up_under_a_restore(self):
        self.init()
        database = self.random_database(self.path("app.db"), 40)
        taken = self.snapshot(database)
        disk = self.disk("disk", 60)
        new = os.path.join(disk, "new.db")
        done = self.while_it_fills(disk, new + ".dbrollback-*/new.db", "restore", taken, "--database", database, "--into", new,
                                   "--yes")
        self.assert_says(done, 1, "could not write " + new, "No space left on device", "next:")
        self.assertEqual(os.listdir(disk), [])
        self.ok("restore", taken, "--database", database, "--into", new, "--yes")


if __name__ == "__main__":
    dbr.main()
