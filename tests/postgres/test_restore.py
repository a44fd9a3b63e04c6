# slow
"""Restores to a PostgreSQL server: a new database is built beside the live one, compared with the snapshot, and put into
its place. What comes back, what stays aside, what is refused before anything is changed, and what nobody ever sees."""
import glob
import os
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import zoo  # noqa: E402
from server_case import NEW, OLD, WHICH  # noqa: E402

OWN_DISK = re.compile(r"warning: the repository \S+ is (?:on the database's own disk|in memory).*\n")
SECRET = "s3cret-of-the-shop"


class Restores(server_case.Case):
    def test_there_and_back(self):
        self.prepare()
        self.assertIn(self.taken, self.ok("list").out)
        shown = self.ok("show", "latest").out
        for word in ("public.t", "2,000", self.database):
            self.assertIn(word, shown)
        self.prove_here()
        for level in ("stored", "content", "restored"):
            self.assertIn(f"{level}, ", self.ok("verify", "latest", "--level", level).out)

        dry = self.ok("restore", "latest", "--dry-run")
        self.assertIn("in whose place a new database comes", dry.out)
        self.assertIn("dry run: nothing was changed", dry.out)
        self.fails(4, "restore", "latest")  # nobody has said yes
        self.assert_unchanged()

        restored = self.ok("restore", "latest", "--yes", "--json").json
        self.assertEqual(self.held(), self.old)
        self.assertEqual(self.beside(), [restored["kept_database"]])
        self.assertRegex(self.ok("list").out, rf"beside app there is {restored['kept_database']}, [0-9.]+ MB, replaced .*ago")
        self.assertNotIn("beside", self.ok("list", env={"APP_URL": "postgresql://postgres@127.0.0.1:1/app"}).out)
        self.assertEqual(self.held(restored["kept_database"]), self.new)
        self.assertEqual((restored["verified"], restored["limits"], restored["rows"]), (True, [], 2300))
        self.assertEqual(self.query("SELECT nextval('public.numbers')"), [("9",)])
        self.psql("SELECT setval('public.numbers', 8) \\g /dev/null")

        undone = self.ok("restore", "--undo", "--yes", "--json").json
        self.assertEqual(undone["restored"], restored["kept_database"])
        self.assertEqual(self.held(), self.new)
        self.assertEqual(self.beside(), [undone["kept_database"]])
        self.assertEqual(self.held(undone["kept_database"]), self.old)

        self.assertIn(undone["kept_database"], self.ok("restore", "latest", "--dry-run").err, "its size is somebody's disk")
        self.ok("restore", "--discard-old", "--dry-run")
        self.fails(4, "restore", "--discard-old")
        self.assertEqual(self.beside(), [undone["kept_database"]])
        self.ok("restore", "--discard-old", "--yes")
        self.assert_unchanged()
        self.assertIn("no database that a restore replaced is kept", self.fails(4, "restore", "--undo", "--yes").err)

    def test_undo_says_what_was_written_since(self):
        self.prepare()
        self.ok("restore", "latest", "--yes")
        self.assertIn("nothing was written since then", self.ok("restore", "--undo", "--dry-run").out)
        self.psql("UPDATE t SET v = 'newer' WHERE id <= 10; INSERT INTO lines (t, price) SELECT 1, 1 FROM "
                  "generate_series(1, 5); DELETE FROM lines WHERE id <= 2; CREATE TABLE added AS SELECT 1 AS a")
        wanted = [rf"{re.escape(table)} +{rows}\b"
                  for table, rows in (("public.t", 10), ("public.lines", 7), ("public.added", 1))]
        deadline = time.monotonic() + 10  # before version 15 a process of the server's collects what others count
        while True:
            said = self.ok("restore", "--undo", "--dry-run").out
            if time.monotonic() > deadline or all(re.search(each, said) for each in wanted):
                break
        for each in wanted:
            self.assertRegex(said, each)
        self.assertIn("stays in the database that is replaced now", said)
        self.ok("restore", "--undo", "--yes")
        self.assertIn("is not known: it was put back itself", self.ok("restore", "--undo", "--dry-run").out)

    def test_into_another_database(self):
        self.prepare()
        other = self.database + "_other"
        self.ok("restore", "latest", "--into", "env:OTHER_URL", env={"OTHER_URL": self.server.url(other)})
        self.assertEqual(self.held(other), self.old)
        self.assertEqual(self.beside(other), [])
        self.server.psql(other, server_case.CHANGE)
        self.fails(4, "restore", "latest", "--into", self.server.url(other))
        self.assertEqual(self.held(other), self.new)
        self.ok("restore", "latest", "--into", self.server.url(other), "--yes")
        self.assertEqual(self.held(other), self.old)
        self.assertEqual([self.held(kept) for kept in self.beside(other)], [self.new])
        self.assert_unchanged()

    def test_the_way_back_of_another_database(self):
        """What is said after a restore into another database is about that one."""
        self.prepare()
        other = self.database + "_other"
        into = ["--into", self.server.url(other)]
        self.ok("restore", "latest", *into)
        self.ok("restore", "latest", "--yes")
        said = self.ok("restore", "latest", *into, "--yes").out
        self.assertIn(f"restore --undo --into '{self.server.url(other)}'", said)
        self.assertIn(f"restore --discard-old --into '{self.server.url(other)}'", said)
        kept, live = self.beside(other), self.beside()
        self.assertEqual(self.ok("restore", "--undo", *into, "--dry-run", "--json").json["restored"], kept[0])
        self.ok("restore", "--undo", *into, "--yes")
        self.assertEqual(self.beside(), live)
        shown = self.ok("restore", "--discard-old", *into, "--dry-run", "--json").json
        self.assertEqual(([each["name"] for each in shown["databases"]], shown["dropped"]), (self.beside(other), False))
        self.assertTrue(self.ok("restore", "--discard-old", *into, "--yes", "--json").json["dropped"])
        self.assertEqual((self.beside(other), self.beside()), ([], live))
        self.fails(4, "restore", "--undo", *into, "--dry-run")
        done = self.ok("restore", "latest", "--in-place", *into, "--yes").out
        self.assertRegex(done, rf"restore \S+ --into '{re.escape(self.server.url(other))}' --in-place")
        for words in (["latest"], ["--tables", "public.t"], ["--discard-old"], ["--in-place"], ["--into", "file.db"]):
            self.assertIn("--undo takes the whole database", self.fails(2, "restore", "--undo", *words, "--yes").err)
        self.assertEqual(self.beside(), live)

    def test_without_the_variable_of_its_url(self):
        self.prepare()
        del self.environment["APP_URL"]
        for words in (["restore", "latest"], ["restore", "--undo"], ["diff", "latest", "live"]):
            self.assertIn("APP_URL is not set", self.fails(2, *words).err)

    def test_one_after_the_other_within_a_second(self):
        self.prepare()
        self.ok("restore", "latest", "--yes")
        for number in range(6):
            self.ok("restore", "--undo", "--yes")
            self.assertEqual(self.server.psql(self.database, WHICH).out, (OLD if number % 2 else NEW) + "\n")
        self.assertEqual(len(self.beside()), 1)

    def test_under_clients_that_come_back_all_the_time(self):
        self.prepare()
        seen, stop = [[] for _ in range(3)], threading.Event()
        idle = subprocess.Popen([self.server.program("psql"), "-X", "-d", self.url, "-c", "BEGIN", "-c", WHICH, "-f", "-"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(server_case.Case.end, idle)
        idle.stdout.readline()  # in a transaction that has read, and stays

        def ask(answers):
            while not stop.is_set():  # a refused or ended session is nothing to these: they connect again
                words = ["-c", WHICH, "-c", "SELECT pg_sleep(0.01)"] * 3
                answers += [line for line in self.psql("", *words, check=False).out.split("\n") if line]

        threads = [threading.Thread(target=ask, args=(answers,)) for answers in seen]
        for thread in threads:
            thread.start()
        try:
            restored = self.ok("restore", "latest", "--yes", "--json").json
            time.sleep(0.5)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        for answers in seen:
            self.assertEqual(set(answers), {OLD, NEW}, "one client saw something that there never was")
            first_old = answers.index(OLD)
            self.assertNotIn(NEW, answers[first_old:], "once the old rows are back, they stay")
        self.assertLess(restored["downtime_ms"], 1000)
        self.assertGreaterEqual(restored["sessions_ended"], 1)

    def test_the_wrong_engine(self):
        self.prepare()
        file = self.make("shop.db")
        other = self.snapshot(file)
        for words, what in (([other, "--into", self.url], "SQLite"), ([self.taken, "--into", self.path("new.db")], "PostgreSQL"),
                            ([self.taken, "--into", file], "PostgreSQL")):
            with self.subTest(words):
                done = self.fails(2, "restore", *words, "--yes")
                self.assertIn(what, done.err)
                self.assertIn("state: nothing was changed", done.err)
        self.assertFalse(os.path.exists(self.path("new.db")))
        self.assertEqual(dbr.rows(file, "SELECT count(*) FROM t"), [(2,)])
        self.assert_unchanged()

    def test_a_damaged_snapshot(self):
        self.prepare()
        segment, = glob.glob(os.path.join(self.repo, "snapshots", self.taken, "data-0000.seg"))
        os.chmod(segment, 0o600)
        with open(segment, "r+b") as file:
            file.seek(os.path.getsize(segment) // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 0x10]))
        done = self.fails(3, "restore", self.taken, "--yes")
        self.assertIn("nothing was changed", done.err)
        self.assert_unchanged()

    def test_an_archive_that_is_gone(self):
        self.prepare()
        archive, = glob.glob(os.path.join(self.repo, "snapshots", self.taken, "schema.pgdump.zst"))
        os.remove(archive)
        self.fails(3, "restore", self.taken, "--yes")
        self.assert_unchanged()

    def test_an_archive_that_was_never_whole(self):
        """Stored as it came, from a pg_dump that lost the end of what it wrote."""
        programs = os.path.dirname(self.server.program("pg_dump"))
        bin_folder = self.path("bin")
        os.mkdir(bin_folder)
        os.symlink(os.path.join(programs, "pg_restore"), os.path.join(bin_folder, "pg_restore"))
        with open(os.path.join(bin_folder, "pg_dump"), "w", encoding="utf-8") as script:
            script.write(f"""#!/bin/sh
                [ "$1" = --version ] && exec {programs}/pg_dump --version
                {programs}/pg_dump "$@" | head --bytes=-200
                """)
        os.chmod(script.name, 0o700)
        self.configure(f"pg_bin = '{bin_folder}'\n")
        self.prepare()
        self.ok("verify", "latest", "--level", "stored")
        for level in ("content", "restored"):
            done = self.fails(3, "verify", "latest", "--level", level)
            self.assertIn("schema.pgdump", done.out + done.err)

    def test_interrupted_while_rows_are_loaded(self):
        self.prepare(server_case.SLOW_ROWS.format(rows=5000, seconds=0.01))
        process = self.background("restore", "latest", "--yes")
        self.wait_for_rows("SELECT FROM pg_stat_activity WHERE datname LIKE '%\\_restoring\\_%' AND query LIKE 'COPY%slow%'",
                        process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn(b"dbrollback: interrupted\n  state: nothing was changed", err)
        self.assert_unchanged()


class Roles(server_case.Case):
    """Who is no superuser restores what is his own."""

    def setUp(self):
        super().setUp()
        self.server.role("restore_owner", "LOGIN CREATEDB")
        self.server.role("restore_tenant", "LOGIN")

    def prepare_for(self, role):
        """The same database, and all in it, belongs to this role, which takes the snapshot too."""
        self.give_to(role)
        self.url = self.environment["APP_URL"] = self.server.url(self.database, role)
        self.prepare(user=role)

    def test_an_owner_who_may_create_databases(self):
        self.prepare_for("restore_owner")
        done = self.ok("restore", "latest", "--yes")
        self.assertEqual(OWN_DISK.sub("", done.err), "")
        self.assertEqual(self.held(), self.old)
        self.assertEqual([self.held(kept) for kept in self.beside()], [self.new])
        self.assertEqual(OWN_DISK.sub("", self.ok("restore", "--undo", "--yes").err), "")
        self.ok("restore", "--discard-old", "--yes")
        self.assert_unchanged()

    def test_an_owner_who_may_not(self):
        self.prepare_for("restore_tenant")
        for words in (["--dry-run"], ["--yes"]):
            done = self.fails(1, "restore", "latest", *words)
            self.assertIn("CREATEDB", done.err)
            self.assertIn("restore_tenant", done.err)
            self.assertIn("state: nothing was changed", done.err)
            self.assert_unchanged()

    def test_another_role_for_it(self):
        """admin_url names who makes databases for a role that may not."""
        self.prepare_for("restore_tenant")
        self.environment["ADMIN_URL"] = self.server.url("postgres")
        self.configure("admin_url = 'env:ADMIN_URL'\n")
        self.ok("restore", "latest", "--yes")
        self.assertEqual(self.held(), self.old)


class Obstacles(server_case.Case):
    parameters = {"max_prepared_transactions": 5, "wal_level": "logical"}

    def test_a_prepared_transaction(self):
        self.prepare()
        self.psql("BEGIN; SELECT 1 \\g /dev/null\nPREPARE TRANSACTION 'half done';")
        self.addCleanup(self.psql, "ROLLBACK PREPARED 'half done'", check=False)
        self.assertIn("half done", self.ok("restore", "latest", "--dry-run").err)
        done = self.fails(4, "restore", "latest", "--yes")
        for words in ("half done", "prepared-transactions", "state: nothing was changed"):
            self.assertIn(words, done.err)
        self.assert_unchanged()
        # The server itself refuses to rename such a database, whatever we are told.
        done = self.fails(5, "restore", "latest", "--yes", "--despite", "prepared-transactions")
        self.assertIn("half done", done.err)
        self.assertIn("nothing was changed", done.err)
        self.assert_unchanged()
        self.psql("ROLLBACK PREPARED 'half done'")
        self.ok("restore", "latest", "--yes")
        self.assertEqual(self.held(), self.old)

    def test_a_slot(self):
        self.prepare()
        slot = "of_" + self.database
        self.psql(f"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput') \\g /dev/null")
        done = self.fails(4, "restore", "latest", "--yes")
        for words in (slot, "logical-slots", "state: nothing was changed"):
            self.assertIn(words, done.err)
        self.assert_unchanged()
        kept = self.ok("restore", "latest", "--yes", "--json", "--despite", "logical-slots").json["kept_database"]
        self.assertEqual(self.held(), self.old)
        self.assertEqual(self.server.query("postgres", f"SELECT database FROM pg_replication_slots WHERE slot_name = '{slot}'"),
                         [(kept,)])
        self.server.psql(kept, f"SELECT pg_drop_replication_slot('{slot}') \\g /dev/null")

    def test_no_such_obstacle(self):
        self.prepare()
        self.assertIn("prepared-transactions", self.fails(2, "restore", "latest", "--yes", "--despite", "prepared").err)
        self.assert_unchanged()


class Extensions(server_case.Case):
    parameters = {"extensions": zoo.EXTENSIONS}

    def test_a_server_that_lacks_one(self):
        self.prepare("CREATE SCHEMA e; CREATE EXTENSION zoo_config SCHEMA e;\nINSERT INTO e.settings VALUES ('sound', 'moo');\n")
        plain = postgres.shared_server()
        there = plain.databases()
        for words in (["--dry-run"], ["--yes"]):
            done = self.fails(4, "restore", "latest", "--into", plain.url(self.database), *words)
            self.assertIn("the extension zoo_config 1.0 is not installed on it", done.err)
            self.assertIn("state: nothing was changed", done.err)
            self.assertEqual(plain.databases(), there)
        self.ok("restore", "latest", "--yes")
        self.assertEqual(self.held(), self.old)
        self.assertEqual(self.query("SELECT name FROM e.settings ORDER BY 1"), [("colour",), ("legs",), ("sound",)])


class Watcher(threading.Thread):
    """Reads the arguments of all processes and the environment of those that a command starts, all the time."""

    def __init__(self, secret, parent):
        super().__init__()
        self.secret, self.parent, self.ended = secret.encode(), parent, threading.Event()
        self.found, self.programs = set(), set()

    def run(self):
        while not self.ended.is_set():
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    self.look(pid)
                except OSError:  # it is gone
                    pass

    def look(self, pid):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            arguments = file.read()
        if self.secret in arguments:
            self.found.add(arguments)
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            parent = file.read().rpartition(")")[2].split()[1]
        if parent == str(self.parent):
            # Between fork and exec it is a copy of the command, which was told the password by its own environment.
            program = os.readlink(f"/proc/{pid}/exe")
            with open(f"/proc/{pid}/environ", "rb") as file:
                environment = file.read()
            if program != os.path.realpath(dbr.BINARY) and program == os.readlink(f"/proc/{pid}/exe"):
                self.programs.add(os.path.basename(program))
                if self.secret in environment:
                    self.found.add(program + ": environment")


class Passwords(server_case.Case):
    parameters = {"tcp": True, "password_encryption": "scram-sha-256",
                  "hba": ("host all restore_secret 127.0.0.1/32 scram-sha-256",)}

    def watched(self, *words):
        process = self.background(*words)
        watcher = Watcher(SECRET, process.pid)
        watcher.start()
        out, err = process.communicate(timeout=120)
        watcher.ended.set()
        watcher.join()
        self.assertEqual(process.returncode, 0, err)
        self.assertNotIn(SECRET.encode(), out + err)
        self.assertEqual(watcher.found, set())
        return watcher.programs

    def test_are_nowhere(self):
        self.server.role("restore_secret", f"LOGIN SUPERUSER PASSWORD '{SECRET}'")
        self.psql(server_case.CONTENT)
        self.environment["APP_URL"] = self.server.tcp_url(self.database, "restore_secret", SECRET)
        self.environment["TMPDIR"] = self.at
        os.chmod(self.at, 0o711)  # the temporary server of a proof runs as another account
        self.prove_here()
        self.assertIn("pg_dump", self.watched("snapshot", "--verbose"))
        self.assertIn("pg_restore", self.watched("restore", "latest", "--yes", "--verbose"))
        for words in (["restore", "--undo", "--yes", "--json"], ["list", "--json"], ["show", "latest", "--json"],
                      ["doctor", "--verbose"], ["verify", "latest", "--level", "restored"]):
            self.watched(*words)
        for folder, folders, files in os.walk(self.at):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(SECRET.encode(), file.read(), os.path.join(folder, name))
            self.assertEqual([name for name in folders if "login" in name], [])


if __name__ == "__main__":
    dbr.main()
