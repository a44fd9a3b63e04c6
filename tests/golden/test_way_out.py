"""The way out: tools/unpack.py, with nothing of dbrollback, rebuilds what the snapshot holds."""
import glob
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

UNPACK = os.path.join(dbr.SOURCE, "tools", "unpack.py")


def dump(file):
    connection = sqlite3.connect(file)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


class WayOut(dbr.Case):
    def folder(self, snapshot):
        return os.path.join(self.repo, "snapshots", snapshot)

    def unpack(self, snapshot, target):
        # Isolated, and in a folder where nothing of dbrollback could be found by accident.
        return subprocess.run([sys.executable, "-I", "-S", UNPACK, self.folder(snapshot), target], cwd="/", check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=600, env={"PATH": os.environ["PATH"]})

    def comes_back(self, database, *words):
        """Takes a snapshot, unpacks it, and compares it with `export`, byte by byte, and with the database."""
        self.init()
        snapshot = self.snapshot(database, *words)
        unpacked, exported = self.path("unpacked.db"), self.path("exported.db")
        done = self.unpack(snapshot, unpacked)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.ok("export", snapshot, exported)
        self.same_pages(unpacked, exported)
        self.assertEqual(dbr.rows(unpacked, "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(dump(unpacked), dump(database))
        return snapshot

    def same_pages(self, file, other):
        """Equal but for the bytes that SQLite moves itself, which docs/format.md names under "Pages"."""
        contents = []
        for each in (file, other):
            with open(each, "rb") as pages:
                content = bytearray(pages.read())
            for start, end in ((18, 20), (24, 28), (40, 44), (92, 100)):
                content[start:end] = bytes(end - start)
            contents.append(bytes(content))
        self.assertEqual(len(contents[0]), len(contents[1]))
        self.assertTrue(contents[0] == contents[1], f"{file} and {other} hold other pages")

    def test_chinook_comes_back(self):
        self.comes_back(dbr.shared("chinook.sqlite"))

    def test_a_small_database_comes_back(self):
        self.comes_back(self.make("small.db"))

    def test_a_database_of_many_frames_comes_back(self):
        database = self.make("many.db", "PRAGMA page_size = 1024", "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                             "INSERT INTO t SELECT i, randomblob(1000) FROM n")
        snapshot = self.comes_back(database)
        self.assertGreater(sum(segment["frames"] for segment in self.ok("show", snapshot, "--json").json["segments"]), 4)

    def test_every_page_size_comes_back(self):
        for size in (512, 4096, 65536):
            with self.subTest(size=size):
                database = self.make(f"{size}.db", f"PRAGMA page_size = {size}", "CREATE TABLE t(v)",
                                     "INSERT INTO t VALUES ('a'), (x'00'), (1.5), (NULL)")
                self.init()
                unpacked = self.path(f"{size}-unpacked.db")
                self.assertEqual(self.unpack(self.snapshot(database), unpacked).returncode, 0)
                self.same_pages(unpacked, database)

    def test_an_empty_database_comes_back(self):
        database = self.path("empty.db")
        open(database, "wb").close()
        self.init()
        unpacked = self.path("unpacked.db")
        self.assertEqual(self.unpack(self.snapshot(database), unpacked).returncode, 0)
        self.assertEqual(os.path.getsize(unpacked), 0)

    def test_a_segment_is_a_zstd_stream_of_its_own(self):
        self.init()
        database = self.make("small.db")
        segment = glob.glob(os.path.join(self.folder(self.snapshot(database)), "*.seg"))[0]
        raw = self.path("raw.db")
        with open(raw, "wb") as file:
            subprocess.run(["zstd", "-dcq", segment], check=True, stdout=file)
        self.same_pages(raw, database)

    def test_damage_is_noticed(self):
        self.init()
        snapshot = self.snapshot(self.make("small.db"))
        segment = glob.glob(os.path.join(self.folder(snapshot), "*.seg"))[0]
        with open(segment, "r+b") as file:
            file.seek(144 + 30)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 0x10]))
        done = self.unpack(snapshot, self.path("unpacked.db"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"is not whole", done.stderr)

    def test_a_segment_that_is_cut_off_is_noticed(self):
        self.init()
        snapshot = self.snapshot(self.make("small.db"))
        segment = glob.glob(os.path.join(self.folder(snapshot), "*.seg"))[0]
        os.truncate(segment, 160)
        self.assertNotEqual(self.unpack(snapshot, self.path("unpacked.db")).returncode, 0)

    def test_a_file_that_is_there_is_not_overwritten(self):
        self.init()
        database = self.make("small.db")
        snapshot = self.snapshot(database)
        before = os.stat(database)
        self.assertNotEqual(self.unpack(snapshot, database).returncode, 0)
        self.assertEqual(os.stat(database), before)

    def test_it_stays_short(self):
        with open(UNPACK, encoding="utf-8") as file:
            code = file.read().split('"""', 2)[2]
        self.assertLess(len([line for line in code.splitlines() if line.strip()]), 45)
        self.assertNotIn("import zstandard", code)


if __name__ == "__main__":
    dbr.main()
