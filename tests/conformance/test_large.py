# slow
"""Round trips of what is large: databases beyond 1 GiB, where SQLite leaves a page out, and with DBROLLBACK_LARGE=1 also a
value of 300 MB, and large pages."""
import os
import shutil
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import compare

GIB = 1 << 30
LARGE = bool(os.environ.get("DBROLLBACK_LARGE"))
minutes = unittest.skipUnless(LARGE, "takes minutes: DBROLLBACK_LARGE=1")


class Large(dbr.Case):
    def setUp(self):
        super().setUp()
        self.file = self.path("large.db")
        free = shutil.disk_usage(self.at).free
        if free < 8 * GIB:
            self.skipTest(f"only {free / GIB:.0f} GiB of room in {self.at}: this test needs 8")

    def open(self, page_size=4096, journal_mode="off"):
        connection = sqlite3.connect(self.file, isolation_level=None)
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute(f"PRAGMA journal_mode={journal_mode}")
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def assert_same(self, file):
        self.assertIsNone(compare.different_page(self.file, file))
        os.remove(file)

    def there_and_back(self):
        self.init()
        taken = self.snapshot(self.file)
        self.ok("export", taken, "out.db")
        self.assertIsNone(compare.different_content(self.file, self.path("out.db")))
        self.assert_same(self.path("out.db"))
        self.ok("restore", taken, "--into", "out.db", "--yes", "--database", self.file)
        self.assertEqual(compare.integrity(self.path("out.db")), [b"ok"])
        self.assert_same(self.path("out.db"))
        self.ok("verify", taken, "--level", "restored")
        return taken

    @minutes
    def test_a_value_of_300_mb(self):
        connection = self.open()
        connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
        connection.execute("INSERT INTO t VALUES (1, ?)", (os.urandom(1 << 20) * 300,))
        connection.execute("INSERT INTO t VALUES (2, 'small')")
        connection.close()
        self.there_and_back()

    def beyond_the_lock_page(self, page_size):
        connection = self.open(page_size)
        connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t(v) VALUES (zeroblob(?))", (((GIB - (20 << 20)) // 8,),) * 8)
        # Pages on both sides of the lock page that differ from each other.
        connection.executemany("INSERT INTO t(v) VALUES (randomblob(?))", ((1_000_000 + i,) for i in range(40)))
        connection.execute("CREATE TABLE after(a)")
        connection.execute("INSERT INTO after VALUES ('beyond')")
        connection.execute("COMMIT")
        connection.close()
        self.assertGreater(os.path.getsize(self.file), GIB + (10 << 20))
        return self.there_and_back()

    def test_beyond_the_lock_page(self):
        taken = self.beyond_the_lock_page(4096)
        original = self.path("original.db")
        for mode in ("wal", "delete") if LARGE else ("wal",):
            with self.subTest(mode):
                if mode == "wal":
                    shutil.copyfile(self.file, original)
                connection = self.open(journal_mode=mode)
                connection.execute("UPDATE t SET v = randomblob(500) WHERE id % 2 = 0")
                connection.execute("DROP TABLE after")
                done = self.ok("restore", taken, "--database", self.file, "--yes", "--json")
                self.assertTrue(done.json["verified"])
                self.assertEqual(connection.execute("SELECT a FROM after").fetchall(), [("beyond",)])
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.close()
                self.assertIsNone(compare.different_page(self.file, original))

    @minutes
    def test_beyond_the_lock_page_with_large_pages(self):
        self.beyond_the_lock_page(65536)


if __name__ == "__main__":
    dbr.main()
