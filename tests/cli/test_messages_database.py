"""What commands say about a database that they cannot use, or had to mend first."""
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from cli.messages import OWN_DISK  # noqa: E402
from support import dbr  # noqa: E402

HOLD = "import sqlite3, sys\n" \
       "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n" \
       "connection.execute('BEGIN EXCLUSIVE')\n" \
       "print('ready', flush=True)\n" \
       "input()\n"
SPILL = "import sqlite3, sys\n" \
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n" \
        "connection.execute('PRAGMA cache_size = 2')\n" \
        "connection.execute('BEGIN')\n" \
        "connection.execute('UPDATE t SET v = 1')\n" \
        "print('ready', flush=True)\n" \
        "input()\n"


class UnusableDatabase(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()

    def test_no_such_file(self):
        self.refuses(1, "dbrollback: there is no file AT/nope.db\n"
                        "  state: nothing was changed\n"
                        "  next:  look whether the path is right: `--database`, or `url` in dbrollback.toml\n",
                     "snapshot", "--database", "nope.db")

    def test_a_folder(self):
        os.mkdir(self.path("app.db"))
        self.refuses(1, "dbrollback: AT/app.db is not a file\n"
                        "  state: nothing was changed\n"
                        "  next:  look whether the path is right: `--database`, or `url` in dbrollback.toml\n",
                     "snapshot", "--database", "app.db")

    def test_not_a_database(self):
        with open(self.path("notes.txt"), "w") as file:
            file.write("Notes of the meeting, which are not a database.\n")
        self.refuses(1, "dbrollback: AT/notes.txt is not an SQLite database: its first bytes are 'Notes of the mee'\n"
                        "  state: nothing was changed\n"
                        "  next:  look whether this is the right file; `dbrollback restore` can put a snapshot in its place\n",
                     "snapshot", "--database", "notes.txt")

    def test_first_bytes_that_are_not_text_are_shown_harmlessly(self):
        with open(self.path("app.db"), "wb") as file:
            file.write(b"\x1b[2J\x00\xff" + b"garbage " * 100)
        done = self.fails(1, "snapshot", "--database", "app.db")
        self.assertIn(r"its first bytes are '\x1B[2J\x00\xFFgarbage ga'", done.err)
        self.assertNotIn("\x1b", done.err)

    def test_an_encrypted_database(self):
        with open(self.path("app.db"), "wb") as file:
            file.write(os.urandom(4096 * 4))
        self.refuses(1, "dbrollback: AT/app.db seems to be encrypted (SQLCipher, SEE): no part of it is readable\n"
                        "  state: nothing was changed\n"
                        "  next:  dbrollback needs an unencrypted database; SQLCipher's sqlcipher_export() makes an "
                        "unencrypted copy\n",
                     "snapshot", "--database", "app.db")

    def test_a_damaged_database(self):
        file = self.big("app.db", 2000)
        with open(file, "r+b") as damaged:
            damaged.seek(4096 * 3)
            damaged.write(b"\xa5" * 4096 * 40)
        done = self.says(1, OWN_DISK + "dbrollback: AT/app.db is damaged: database disk image is malformed\n"
                                       "  state: nothing was changed\n"
                                       "  next:  `dbrollback list` shows the snapshots that could be restored in its place\n",
                         "snapshot", "--database", "app.db")
        self.assertEqual(done.out, "")
        self.assertEqual(self.ok("list", "--json").json["snapshots"], [])

    def test_locked_past_the_timeout_names_who_holds_the_lock(self):
        file = self.make("app.db")
        bystander = sqlite3.connect(file)  # has it open, and holds nothing
        self.addCleanup(bystander.close)
        holder = self.other_process(HOLD, file)
        with open(f"/proc/{holder.pid}/comm") as comm:
            name = comm.read().strip()
        done = self.refuses(5, "dbrollback: AT/app.db is locked by process PID NAME\n"
                               "  state: nothing was changed\n"
                               "  next:  wait until it is done, or give a longer --lock-timeout, then run this command "
                               "again\n",
                            "snapshot", "--database", "app.db", "--lock-timeout", "200ms")
        self.assertIn(f"is locked by process {holder.pid} {name}\n", done.err)
        holder.communicate(b"\n")
        self.ok("snapshot", "--database", "app.db", "--lock-timeout", "200ms")

    def test_a_database_that_this_account_may_not_read(self):
        file = self.make("app.db")
        os.chmod(file, 0o600)
        os.chmod(self.path("dbrollback.toml"), 0o644)
        subprocess.run(["chmod", "-R", "a+rwX", self.repo], check=True)
        with self.as_nobody():
            self.refuses(1, "dbrollback: could not open AT/app.db: Permission denied\n"
                            "  state: nothing was changed\n"
                            "  next:  run this command as an account that may open it\n",
                         "snapshot", "--database", "app.db")


class Leftovers(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()

    def test_a_hot_journal_is_rolled_back_and_mentioned(self):
        file = self.big("app.db", 5000)
        writer = self.other_process(SPILL, file)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        self.assertGreater(os.path.getsize(file + "-journal"), 512)
        done = self.says(0, "note: a process that crashed left a hot journal beside AT/app.db: SQLite rolls its unfinished "
                            "transaction back before anything is read\n" + OWN_DISK,
                         "snapshot", "--database", "app.db", "--json")
        self.assertEqual(done.json["rows"], 5000)
        self.ok("export", done.json["id"], "copy.db")
        self.assertEqual(dbr.rows(self.path("copy.db"), "SELECT count(DISTINCT v) FROM t"), [(5000,)])

    def test_a_hot_journal_that_this_account_may_not_roll_back(self):
        file = self.big("app.db", 5000)
        writer = self.other_process(SPILL, file)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        os.chmod(self.path("dbrollback.toml"), 0o644)
        subprocess.run(["chmod", "-R", "a+rwX", self.repo], check=True)
        with self.as_nobody():
            self.refuses(1, "note: a process that crashed left a hot journal beside AT/app.db: SQLite rolls its unfinished "
                            "transaction back before anything is read\n"
                            "dbrollback: AT/app.db has a journal that a crashed process left, and this account may not "
                            "roll it back\n"
                            "  state: nothing was changed\n"
                            "  next:  run this command as an account that may write the database and its folder\n",
                         "snapshot", "--database", "app.db")

    def leftover_wal(self):
        """app.db with a -wal beside it that nobody has open, and that holds the second row."""
        live = self.make("live.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)")
        connection = sqlite3.connect(live)
        connection.execute("INSERT INTO t VALUES (2)")
        connection.commit()
        for suffix in ("", "-wal"):
            shutil.copy(live + suffix, self.path("app.db" + suffix))
        connection.close()

    def test_a_leftover_wal_is_read_and_left_alone(self):
        self.leftover_wal()
        with open(self.path("app.db-wal"), "rb") as file:
            wal = file.read()
        done = self.says(0, "note: a -wal is beside AT/app.db and no process has it open: what was committed in it is read "
                            "too\n" + OWN_DISK,
                         "snapshot", "--database", "app.db", "--json")
        self.assertEqual(done.json["rows"], 2)
        with open(self.path("app.db-wal"), "rb") as file:
            self.assertEqual(file.read(), wal)

    def test_a_restore_beside_a_leftover_wal_keeps_both_files_aside(self):
        self.leftover_wal()
        taken = self.snapshot("app.db")
        done = self.ok("restore", taken, "--database", "app.db", "--yes")
        self.assertIn("which cannot be used as it is: a journal that no process is using lies beside it, and it is not "
                      "known whether they belong together\n", done.out)
        kept = sorted(glob.glob(self.path("app.db.before-restore-*")))
        self.assertEqual(["-wal" if name.endswith("-wal") else "" for name in kept], ["", "-wal"])
        self.assertEqual(dbr.rows(self.path("app.db"), "SELECT v FROM t ORDER BY v"), [(1,), (2,)])


dbr.main()
