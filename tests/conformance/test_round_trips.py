"""What comes out of a snapshot is what went in: every page and every value, of databases of every kind."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import compare
import zoo

# Only the application can check these: integrity_check without its functions has nothing to say.
OF_THE_APPLICATION = ("a_collation_of_the_application", "a_function_of_the_application", "a_name_that_is_no_text")


class RoundTrip(dbr.Case):
    def there_and_back(self, database, original=None, logical=True):
        """A snapshot of `database`, and everything that can be made of it compared with `original`."""
        original = original or database
        self.init()
        taken = self.snapshot(database)
        self.ok("export", taken, "exported.db")
        self.ok("restore", taken, "--into", "restored.db", "--yes", "--database", database)
        for name in ("exported.db", "restored.db"):
            made = self.path(name)
            self.assertIsNone(compare.different_page(original, made), name)
            self.assertFalse(os.path.exists(made + "-wal"), name)
            if logical:
                self.assertIsNone(compare.different_content(original, made), name)
                self.assertEqual(compare.integrity(made), [b"ok"], name)
        verified = self.ok("verify", taken, "--level", "restored", "--json").json
        self.assertTrue(verified["ok"])
        return taken


class Zoo(RoundTrip):
    """One test for each animal."""


def trip(name):
    def test(self):
        file = self.path("animal.db")
        zoo.make(name, file)
        with open(file, "rb") as opened:
            before = opened.read()
        self.there_and_back(file, logical=name not in OF_THE_APPLICATION)
        with open(file, "rb") as opened:
            self.assertEqual(opened.read(), before, "a snapshot writes nothing into the database")
        self.assertEqual([name for name in os.listdir(self.at) if name.startswith("animal")], ["animal.db"])
    return test


for one in zoo.ANIMALS:
    setattr(Zoo, "test_" + one, trip(one))


class Wal(RoundTrip):
    def setUp(self):
        super().setUp()
        self.file = self.path("app.db")
        self.holder = actors.Connection(self, self.file)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0",
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'in the main file')",
                          "PRAGMA wal_checkpoint", "INSERT INTO t VALUES (2, 'in the -wal')",
                          "CREATE TABLE u AS WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                          "SELECT i, hex(randomblob(50)) AS h FROM n"):
            self.holder.do(statement)

    def test_frames_that_are_not_checkpointed_while_a_process_has_it_open(self):
        original = compare.settled(self.file, self.at)
        wal = os.path.getsize(self.file + "-wal")
        self.assertGreater(wal, 1 << 20)
        self.there_and_back(self.file, original)
        self.assertEqual(dbr.rows(self.path("restored.db"), "SELECT v FROM t WHERE id = 2"), [("in the -wal",)])
        self.assertEqual(os.path.getsize(self.file + "-wal"), wal, "a snapshot does not checkpoint")

    def test_what_is_not_committed_is_not_in_it(self):
        original = compare.settled(self.file, self.at)
        self.holder.do("BEGIN IMMEDIATE")
        self.holder.do("DELETE FROM u")
        self.there_and_back(self.file, original)
        self.holder.do("COMMIT")
        self.assertEqual(dbr.rows(self.file, "SELECT count(*) FROM u"), [(0,)])

    def test_a_wal_that_a_crashed_process_left(self):
        original = compare.settled(self.file, self.at)
        self.holder.kill()
        before = {suffix: open(self.file + suffix, "rb").read() for suffix in ("", "-wal")}
        self.there_and_back(self.file, original)
        for suffix, content in before.items():
            with open(self.file + suffix, "rb") as opened:
                self.assertEqual(opened.read(), content, "a snapshot leaves the -wal as it is")


class RollbackJournal(RoundTrip):
    def test_what_is_not_committed_is_not_in_it(self):
        file = self.make("app.db")
        original = compare.settled(file, self.at)
        holder = actors.Connection(self, file)
        holder.do("BEGIN IMMEDIATE")
        holder.do("INSERT INTO t(v) VALUES ('not yet')")
        self.there_and_back(file, original)
        holder.do("COMMIT")

    def test_a_hot_journal_is_rolled_back_first(self):
        file = self.path("app.db")
        zoo.make("page_size_4096", file)
        original = compare.settled(file, self.at)
        holder = actors.Connection(self, file)
        holder.do("PRAGMA cache_size=5")
        holder.do("PRAGMA cache_spill=1")
        holder.do("BEGIN IMMEDIATE")
        holder.do("UPDATE ordinary SET name = 'half written', data = zeroblob(3000)")
        holder.kill()
        self.assertGreater(os.path.getsize(file + "-journal"), 0)
        self.assertIsNotNone(compare.different_page(file, original))
        self.there_and_back(file, original)


class Chinook(RoundTrip):
    def test_chinook(self):
        file = self.path("chinook.sqlite")
        shutil.copyfile(dbr.shared("chinook.sqlite"), file)
        self.there_and_back(file)


if __name__ == "__main__":
    dbr.main()
