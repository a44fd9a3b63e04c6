"""What commands say about a repository that they cannot use, that is a risk, or that somebody else is using."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from cli.messages import IN_MEMORY, OWN_DISK  # noqa: E402
from support import dbr  # noqa: E402

NAME = os.path.basename(dbr.BINARY)[:15]  # as the kernel keeps it
BUSY = ("dbrollback: {} is running: process PID NAME\n"
        "  state: nothing was changed\n"
        "  next:  wait until it is done, then run this command again\n")


class UnusableRepository(messages.Case):
    def test_no_repository(self):
        database = self.make("app.db")
        message = ("dbrollback: there is no repository at AT/repo\n"
                   "  state: nothing was changed\n"
                   "  next:  make one with `dbrollback init --repository AT/repo`, or give the right --repository; if its "
                   "disk is not mounted, mount it first\n")
        for words in (["snapshot", "--database", database], ["list"], ["verify", "--all"], ["restore", "latest"],
                      ["prune", "--yes"], ["catalog", "rebuild"]):
            with self.subTest(words[0]):
                self.refuses(2, message, *words)

    def test_a_folder_that_is_something_else_is_no_place_for_one(self):
        os.mkdir(self.repo)
        self.make("repo/precious.db")
        self.refuses(4, "dbrollback: AT/repo holds something else already\n"
                        "  state: nothing was changed\n"
                        "  next:  choose an empty or a new folder for the repository\n",
                     "init", "--repository", self.repo, "--yes")

    def test_a_repository_of_a_newer_format(self):
        self.init()
        database = self.make("app.db")
        marker = os.path.join(self.repo, "dbrollback.repository")
        with open(marker) as file:
            document = json.load(file)
        document["format"]["version"] = 2
        with open(marker, "w") as file:
            json.dump(document, file)
        message = ("dbrollback: the repository at AT/repo is of format 2; this program knows format 1\n"
                   "  state: nothing was changed\n"
                   "  next:  use the dbrollback that made it, or a newer one\n")
        self.refuses(1, message, "list")
        self.refuses(1, message, "snapshot", "--database", database)

    def test_a_marker_file_that_is_cut_off(self):
        self.init()
        os.truncate(os.path.join(self.repo, "dbrollback.repository"), 20)
        self.refuses(3, "dbrollback: AT/repo/dbrollback.repository is cut off or damaged: it is not JSON\n"
                        "  state: nothing was changed\n"
                        "  next:  make a new repository with `dbrollback init --repository PATH`, and move "
                        "AT/repo/snapshots into it: the snapshots may well be whole\n", "list")

    def test_the_way_out_of_a_damaged_marker_works(self):
        self.init()
        taken = self.snapshot(self.make("app.db"))
        with open(os.path.join(self.repo, "dbrollback.repository"), "r+") as file:
            file.write("garbage")
        self.fails(3, "list")
        new = self.path("new")
        self.ok("init", "--repository", new, "--config", "new.toml", "--yes")
        shutil.rmtree(os.path.join(new, "snapshots"), ignore_errors=True)
        shutil.move(os.path.join(self.repo, "snapshots"), new)
        self.ok("verify", taken, "--repository", new)
        self.assertEqual([each["id"] for each in self.ok("list", "--repository", new, "--json").json["snapshots"]], [taken])


class NotWritable(messages.Case):
    message = ("dbrollback: the repository AT/repo cannot be written by this account\n"
               "  state: nothing was changed\n"
               "  next:  run this command as the account that owns the repository, or make one that a group shares with "
               "`dbrollback init --group NAME`\n")

    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("app.db")
        self.taken = self.snapshot(self.database)
        os.chmod(self.path("dbrollback.toml"), 0o644)
        subprocess.run(["chmod", "-R", "a+rX", self.repo], check=True)

    def test_commands_that_write_say_so_at_once(self):
        with self.as_nobody():
            for words in (["snapshot", "--database", self.database], ["pin", self.taken], ["unpin", self.taken],
                          ["catalog", "rebuild"]):
                with self.subTest(words[0]):
                    self.refuses(1, self.message, *words)

    def test_a_restore_that_cannot_keep_the_state_before_changes_nothing(self):
        subprocess.run(["chmod", "-R", "a+rwX", self.database], check=True)
        with self.as_nobody(), self.unchanged():
            self.says(1, self.message, "restore", self.taken, "--database", self.database, "--yes")

    def test_reading_needs_no_permission_to_write(self):
        os.mkdir(self.path("mine"), 0o777)
        os.chmod(self.path("mine"), 0o777)
        with self.as_nobody():
            self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 1)
            self.ok("show", self.taken)
            self.ok("diff", self.taken, "--database", self.database)
            self.ok("restore", self.taken, "--database", self.database, "--into", "mine/copy.db")
            self.ok("export", self.taken, "mine/export.db")
            self.assertIn("warning: the outcome could not be kept with the snapshot: ", self.ok("verify", self.taken).err)
        self.assertEqual(dbr.rows(self.path("mine/copy.db"), "SELECT v FROM t"), [("a",), ("b",)])

    def test_a_repository_that_may_not_even_be_looked_at(self):
        os.chmod(self.repo, 0o700)
        with self.as_nobody():
            self.refuses(1, "dbrollback: could not look at AT/repo/dbrollback.repository: Permission denied\n"
                            "  state: nothing was changed\n"
                            "  next:  run this command as an account that may look at it\n", "list")

    def test_a_disk_that_is_mounted_read_only(self):
        disk = self.small_disk()
        repository = os.path.join(disk, "repo")
        self.ok("init", "--repository", repository, "--config", "other.toml", "--yes")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        self.refuses(1, "dbrollback: the repository AT/small/repo is on a disk that is mounted read-only\n"
                        "  state: nothing was changed\n"
                        "  next:  mount it for writing, or give another --repository\n",
                     "snapshot", "--database", self.database, "--repository", repository)


class RiskyRepository(messages.Case):
    def test_on_the_databases_own_disk_is_a_warning(self):
        self.init()
        if os.stat(self.at).st_dev == os.stat("/dev/shm").st_dev:
            self.skipTest("the temporary folder is in memory, not on a disk")
        self.says(0, OWN_DISK, "snapshot", "--database", self.make("app.db"))

    def test_in_memory_is_a_warning(self):
        disk = self.small_disk("8m")
        repository = os.path.join(disk, "repo")
        self.ok("init", "--repository", repository, "--yes")
        self.says(0, IN_MEMORY.format("AT/small/repo"), "snapshot", "--database", self.make("app.db"),
                  "--repository", repository)

    def test_quiet_keeps_the_warning(self):
        self.init()
        self.says(0, OWN_DISK, "snapshot", "--database", self.make("app.db"), "--quiet")


class TwoAtOnce(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.big("app.db", 200_000)
        self.other = self.make("other.db")
        self.taken = self.snapshot(self.other)

    def test_a_second_snapshot_of_the_same_database_is_busy_and_names_the_first(self):
        first = self.stopped_snapshot(self.database)
        done = self.refuses(5, BUSY.format("another snapshot, restore or migration of AT/app.db"), "snapshot", "--database",
                            self.database)
        self.assertIn(f"is running: process {first.pid} {NAME}\n", done.err)
        first.send_signal(signal.SIGCONT)
        self.assertEqual(first.wait(60), 0)

    def test_a_prune_waits_for_it_and_gives_up(self):
        first = self.stopped_snapshot(self.database)
        self.snapshot(self.other)
        done = self.says(5, BUSY.format("another command on this repository"), "prune", "--yes", "--keep-last", "1",
                         "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--lock-timeout", "200ms")
        self.assertIn(f"process {first.pid} {NAME}\n", done.err)
        self.assertEqual(len([each for each in self.held_ids() if each != self.taken]), 2)

    def test_a_snapshot_of_another_database_goes_on_beside_it(self):
        first = self.stopped_snapshot(self.database)
        self.ok("snapshot", "--database", self.other)
        first.send_signal(signal.SIGCONT)
        self.assertEqual(first.wait(60), 0)
        self.ok("verify", "--all")

    def test_one_that_was_killed_blocks_nobody_and_is_swept_away(self):
        first = self.stopped_snapshot(self.database)
        [unfinished] = [each for each in self.held_ids() if each != self.taken]
        self.assertIn(f"{unfinished} is unfinished: it is being written, or its writer died", self.ok("doctor").out)
        first.kill()
        first.wait()
        done = self.ok("snapshot", "--database", self.database, "--json")
        self.assertIn(f"note: removed {unfinished}, which a snapshot that was cut off had left unfinished\n", done.err)
        self.assertEqual(self.held_ids(), sorted([self.taken, done.json["id"]]))

    def test_an_interrupted_snapshot_publishes_nothing_and_the_next_one_works(self):
        for number, name in ((signal.SIGINT, "ctrl-C"), (signal.SIGTERM, "kill"), (signal.SIGHUP, "a lost terminal")):
            with self.subTest(name):
                first = self.stopped_snapshot(self.database)
                first.send_signal(number)
                first.send_signal(signal.SIGCONT)
                out, err = first.communicate(timeout=60)
                self.assertEqual((first.returncode, out, self.normal(err.decode())),
                                 (1, b"", OWN_DISK +
                                  "note: stopping and leaving everything as it was; interrupt again to end at once\n"
                                  "dbrollback: interrupted\n"
                                  "  state: nothing was published or changed\n"
                                  "  next:  run the command again when you are ready\n"))
                self.assertEqual(self.held_ids(), [self.taken])
        self.snapshot(self.database)
        self.assertEqual(dbr.rows(self.database, "PRAGMA integrity_check"), [("ok",)])

    def test_a_second_interrupt_ends_at_once(self):
        first = self.stopped_snapshot(self.database)
        first.send_signal(signal.SIGINT)
        first.send_signal(signal.SIGCONT)
        time.sleep(0.001)
        first.send_signal(signal.SIGINT)
        self.assertIn(first.wait(60), (1, -signal.SIGINT))
        self.snapshot(self.database)
        self.assertEqual(len(self.held_ids()), 2)


dbr.main()
