"""What commands say when a disk has no room: beforehand, and nothing is changed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

MESSAGE = (r"dbrollback: {what} needs about \d+(\.\d)? MB, and the disk of {place} has \d+(\.\d)? [kM]B left\n"
           r"  state: nothing was changed\n"
           r"  next:  {next}\n$")


class NoRoom(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.disk = self.small_disk("2m")
        self.database = self.big("app.db", 50_000)

    def refuses_for_room(self, what, place, following, *words, **keywords):
        with self.unchanged():
            done = self.fails(1, *words, **keywords)
        self.assertRegex(self.said(done), MESSAGE.format(what=what, place=place, next=following))
        return done

    def test_on_the_disk_of_the_repository(self):
        repository = os.path.join(self.disk, "repo")
        self.ok("init", "--repository", repository, "--config", "small.toml", "--yes")
        self.fails(1, "snapshot", "--database", self.database, "--repository", repository)  # the name is known from here on
        self.refuses_for_room("the snapshot", "AT/small/repo",
                              r"free some room there \(`dbrollback prune --repository AT/small/repo` removes old "
                              r"snapshots\), or give another --repository",
                              "snapshot", "--database", self.database, "--repository", repository)
        self.assertEqual(self.ok("list", "--repository", repository, "--json").json["snapshots"], [])

    def test_on_the_disk_of_a_new_file(self):
        taken = self.snapshot(self.database)
        self.refuses_for_room("the restore", "AT/small/new.db",
                              "free some room there, or restore to another disk with --into",
                              "restore", taken, "--into", os.path.join(self.disk, "new.db"), "--database", self.database)
        self.refuses_for_room("the export", "AT/small/new.db", "free some room there, or write the file to another disk",
                              "export", taken, os.path.join(self.disk, "new.db"))

    def test_on_the_disk_of_the_live_database(self):
        taken = self.snapshot(self.database)
        live = self.make("small/live.db")
        done = self.refuses_for_room("the restore", "AT/small/live.db",
                                     "free some room there, or restore to another disk with --into",
                                     "restore", taken, "--into", live, "--database", self.database, "--yes")
        self.assertEqual(done.out, "")
        self.assertEqual(dbr.rows(live, "SELECT v FROM t"), [("a",), ("b",)])

    def test_for_the_scratch_database_of_a_proof(self):
        taken = self.snapshot(self.database)
        self.refuses_for_room("the scratch restore", "AT/small",
                              "free some room there, or name a folder on another disk with --scratch",
                              "verify", taken, "--level", "restored", "--scratch", self.disk)
        self.assertEqual(os.listdir(self.disk), [])

    def test_for_a_stream_that_must_be_spooled(self):
        with open(self.path("app.tar"), "wb") as file:
            self.ok("snapshot", "--database", self.database, "--output", "-", stdout=file)
        with open(self.path("app.tar"), "rb") as file:
            done = self.says(1, "note: spooling the stream to AT/small/dbrollback-spool-RANDOM (2.1 MB free there); it is "
                                "removed afterwards\n"
                                "dbrollback: the stream does not fit on the disk of AT/small/dbrollback-spool-RANDOM: "
                                "2.1 MB are left\n"
                                "  state: nothing was restored or changed\n"
                                "  next:  give another folder with --spool\n",
                             "verify", "--input", "-", "--spool", self.disk, stdin=file)
        self.assertEqual(done.out, "")
        self.assertEqual(os.listdir(self.disk), [])

    def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(self):
        repository = os.path.join(self.small_disk("8m", "other"), "repo")
        self.ok("init", "--repository", repository, "--config", "small.toml", "--yes")
        # Compresses far better the first time than what comes then: the estimate is too low.
        file = self.make("other.db", "CREATE TABLE t(v)", "INSERT INTO t VALUES (zeroblob(9000000))")
        self.snapshot(file, "--repository", repository)
        self.make("other.db", "UPDATE t SET v = randomblob(9000000)")
        done = self.fails(1, "snapshot", "--database", file, "--repository", repository)
        self.assertRegex(self.said(done), r"dbrollback: could not write AT/other/repo/snapshots/ID/data-0000.seg.*: "
                                          r"No space left on device\n"
                                          r"  state: nothing was changed\n"
                                          r"  next:  free some room on that disk, or choose another one\n$")
        self.assertEqual(len(os.listdir(os.path.join(repository, "snapshots"))), 1)
        self.ok("verify", "--all", "--repository", repository)


class NoFolder(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.taken = self.snapshot(self.make("app.db"))

    def test_a_folder_that_is_not_there(self):
        message = ("dbrollback: there is no folder AT/nope\n"
                   "  state: nothing was changed\n"
                   "  next:  make it first, or choose another path\n")
        self.refuses(1, message, "export", self.taken, "nope/copy.db")
        with self.unchanged():
            self.says(1, message, "restore", self.taken, "--into", "nope/copy.db", "--database", "app.db")

    def test_a_folder_that_may_not_be_written(self):
        os.chmod(self.path("dbrollback.toml"), 0o644)
        os.system(f"chmod -R a+rX '{self.repo}'")
        with self.as_nobody():
            self.refuses(1, "dbrollback: could not write into AT: Permission denied\n"
                            "  state: nothing was changed\n"
                            "  next:  run this command as an account that may write into it\n",
                         "export", self.taken, "copy.db")

    def test_a_file_that_is_there_is_never_overwritten_by_an_export(self):
        self.make("copy.db")
        self.refuses(4, "dbrollback: copy.db exists already\n"
                        "  state: nothing was changed\n"
                        "  next:  choose another path, or remove that file first\n", "export", self.taken, "copy.db")


dbr.main()
