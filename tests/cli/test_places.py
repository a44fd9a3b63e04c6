"""Places that a restore refuses, whatever is confirmed, and snapshots that nobody removes by accident."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr


class Places(dbr.Case):
    def setUp(self):
        super().setUp()
        self.file = self.make("app.db")
        self.init()
        self.taken = self.snapshot(self.file)

    def refused(self, place, words):
        done = self.fails(4, "restore", self.taken, "--database", self.file, "--into", place, "--yes", timeout=30)
        self.assertIn(words, done.err)
        self.assertIn("state: nothing was changed", done.err)

    def test_an_empty_value_never_means_everything(self):
        for option in ("--tables", "--into", "--database"):
            done = self.fails(2, "restore", self.taken, option, "", "--yes")
            self.assertIn(f"{option} needs a value", done.err)
        self.assertEqual(dbr.rows(self.file, "SELECT count(*) FROM t"), [(2,)])

    def test_what_is_no_file(self):
        os.mkfifo(self.path("fifo"))
        os.mkdir(self.path("folder"))
        for place in (self.path("fifo"), self.path("folder"), "/dev/null"):
            self.refused(place, " is not a file")

    def test_a_file_of_the_database_beside_it(self):
        for suffix in ("-wal", "-shm", "-journal"):
            self.refused(self.file + suffix, " belongs to the database beside it")

    def test_inside_a_repository(self):
        self.refused(os.path.join(self.repo, "snapshots", "a.db"), " is inside the repository ")

    def test_somebody_elses_file(self):
        with open(self.path("notes.txt"), "w", encoding="utf-8") as notes:
            notes.write("not a database, and wanted\n" * 100)
        self.refused(self.path("notes.txt"), " exists already and is not a database in order")
        with open(self.path("notes.txt"), encoding="utf-8") as notes:
            self.assertIn("and wanted", notes.read())

    def test_a_snapshot_that_lost_its_manifest_is_not_swept_away(self):
        folder = os.path.join(self.repo, "snapshots", self.taken)
        os.remove(os.path.join(folder, "manifest.json"))
        self.snapshot(self.file)
        self.assertIn("data-0000.seg", os.listdir(folder))
        done = self.fails(1, "doctor", "--database", self.file)
        self.assertIn(f"{self.taken} has lost its manifest.json", done.out)

    def test_the_plan_for_a_table_names_what_stands_on_it(self):
        connection = dbr.sqlite3.connect(self.file)
        connection.execute("CREATE INDEX by_v ON t(v)")
        connection.commit()
        connection.close()
        done = self.ok("restore", self.taken, "--database", self.file, "--tables", "t", "--dry-run")
        self.assertIn('schema: index "by_v": removed', done.out)



dbr.main()
