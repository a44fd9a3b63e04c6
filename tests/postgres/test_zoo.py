# slow
"""The tests' own servers and their zoo: every kind is there, what PostgreSQL's tools make of it is known, and nothing of
them is left behind."""
import difflib
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres, processes

import census
import zoo


class Zoo(postgres.Case):
    parameters = {"extensions": zoo.EXTENSIONS}

    def second_server(self):
        """The names of databases are random: those of several tests live on it side by side."""
        server = postgres.shared_server(cluster_name="the second", **self.parameters)
        zoo.prepare(server)
        return server

    def setUp(self):
        super().setUp()
        self.major, tools = self.server.version // 10000, self.server.client_version()
        # From version 15 on, pg_dump writes LOCALE_PROVIDER into CREATE DATABASE, which older servers do not know, and takes
        # it for granted that not everybody may create in the schema public. Their own pg_dump does neither.
        self.create = not self.major < 15 <= tools
        self.refused = f"pg_dump {tools} refuses a server of version {self.major}" if tools < self.major else None

    def restored(self, database):
        """What pg_dump and pg_restore make of a database on a second server: that server, and what pg_restore said."""
        if self.refused:
            raise unittest.SkipTest(self.refused)
        other, archive = self.second_server(), self.path("archive")
        self.server.client("pg_dump", "-Fc", "--create", "-f", archive, "-d", self.server.url(database))
        if self.create:
            return other, other.client("pg_restore", "--create", "-d", other.url("postgres"), archive, check=False)
        # TimeZone and bytea_output are the database's in a dump, and without --create they do not come along.
        self.server.psql("postgres", f"ALTER DATABASE {postgres.quoted(database)} RESET ALL;")
        encoding = self.server.value(database, "SELECT current_setting('server_encoding')")
        other.create(database, template="template0", encoding=encoding, lc_collate="C", lc_ctype="C")
        return other, other.client("pg_restore", "-d", other.url(database), archive, check=False)

    def differences(self, database, other):
        """The lines that are only in one of both dumps."""
        lines = [server.dump(database, create=self.create).split("\n") for server in (self.server, other)]
        return [line[:200] for line in difflib.unified_diff(*lines, lineterm="", n=0)
                if not line.startswith(("@@", "---", "+++"))]

    def test_no_kind_is_missing(self):
        zoo.load(self.server, self.database)
        found = census.count(self.server, self.database)
        self.assertEqual([kind for kind, number in found.items() if number == 0], [])
        self.assertEqual(self.query("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"),
                         [(f"indexes.{zoo.INVALID_INDEX}",), ("parts.by_range_half",)])

    def test_pg_dump_and_pg_restore_bring_it_back(self):
        zoo.load(self.server, self.database)
        other, done = self.restored(self.database)
        self.assertEqual((done.exit, done.err), (0, ""))
        self.assertEqual(self.differences(self.database, other),
                         [] if self.create else ["+GRANT CREATE ON SCHEMA public TO PUBLIC;"])
        # What is equal in both dumps is not all that there was.
        for sql, before, after in (
                ("SELECT to_regclass('extensions.added_to_extension')::text", "extensions.added_to_extension", None),
                ("SELECT n::text FROM views.stale", "100", "102")):
            self.assertEqual((self.server.value(self.database, sql), other.value(self.database, sql)), (before, after))
        # pg_dump says nothing about the index that it leaves out: the dumps are equal, the databases are not.
        before, after = (census.count(server, self.database) for server in (self.server, other))
        lost = {kind for kind in before if before[kind] and not after[kind]}
        of_database = set() if self.create else {kind for kind in lost if "database" in kind or kind == "connection limit"}
        self.assertEqual(lost - of_database, {"invalid index", "default not stored in rows", "dropped column"})

    def test_what_they_do_not_bring_back(self):
        database = zoo.load_beyond_pg_dump(self.server)
        other, done = self.restored(database)
        self.assertEqual(done.exit, 1)
        self.assertIn('language "of_the_system" does not exist', done.err)
        lines = self.differences(database, other)
        self.assertIn("-COPY public.adopted (own, name, id) FROM stdin;", lines)
        self.assertIn("+COPY public.adopted (id, name, own) FROM stdin;", lines)

    def test_other_encodings(self):
        for load in (zoo.load_latin1, zoo.load_sql_ascii):
            with self.subTest(load.__name__):
                database = load(self.server)
                other, done = self.restored(database)
                self.assertEqual((done.exit, done.err), (0, ""))
                self.assertEqual(self.differences(database, other), [])

    def test_many_and_large(self):
        zoo.load(self.server, self.database)
        zoo.add_large_objects(self.server, self.database, 200)
        zoo.add_tables(self.server, self.database, 50)
        zoo.add_large_value(self.server, self.database, 3)
        zoo.add_large_value(self.server, self.database, 1)
        self.assertEqual(self.query("SELECT count(*) FROM pg_largeobject_metadata WHERE oid >= 5000000"), [("200",)])
        self.assertEqual(self.query("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'"), [("50",)])
        self.assertEqual(self.query('SELECT id, length(v) >> 20 FROM "values".large_value ORDER BY id'),
                         [("1", "3"), ("2", "1")])


class Shared(postgres.Case):
    """The databases of others that everybody tries first."""

    def test_pagila(self):
        schema, data = dbr.shared("pagila-schema.sql"), dbr.shared("pagila-data.sql")
        self.psql("", "-f", schema, "-f", data)
        self.assertEqual(self.query("SELECT count(*) FROM rental"), [("16044",)])

    def test_chinook(self):
        with open(dbr.shared("chinook-postgres.sql"), encoding="utf-8") as file:
            _, _, tables = file.read().partition("\\c chinook;")
        self.psql(tables)
        self.assertEqual(self.query("SELECT count(*) FROM track"), [("3503",)])


class Server(unittest.TestCase):
    def server(self, **parameters):
        server = postgres.Server(**parameters)
        self.addCleanup(server.close)
        return server

    def gone(self, folder, pids):
        """Whether a server's processes and its folder are gone, within a moment."""
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            if not os.path.exists(folder) and not any(processes.alive(pid) for pid in pids):
                return True
            time.sleep(0.05)
        return False

    def segments(self):
        """The ids of the machine's shared memory."""
        with open("/proc/sysvipc/shm", encoding="utf-8") as file:
            return [line.split()[1] for line in file]

    def test_parameters(self):
        server = self.server(tcp=True, wal_level="logical", max_connections=23, hba=["host all asked 127.0.0.1/32 reject"])
        self.assertEqual(server.query("postgres", "SELECT current_setting('wal_level'), current_setting('max_connections')"),
                         [("logical", "23")])
        said = server.client("psql", "-X", "-c", "SELECT 1", "-d", server.tcp_url("postgres", "asked"), check=False)
        self.assertIn("pg_hba.conf rejects connection", said.err)
        server.client("psql", "-X", "-c", "SELECT 1", "-d", server.tcp_url("postgres"))

    def test_values_come_back_as_they_are(self):
        server = postgres.shared_server()
        value = "a\\N\\t\t\n\r\b\f\v\\\\é🦓"
        self.assertEqual(server.query("postgres", f"SELECT {postgres.literal(value)}, '', NULL, '\\N'"),
                         [(value, "", None, "\\N")])
        self.assertEqual(server.query("postgres", "SELECT 1 WHERE false"), [])

    def test_names(self):
        server = postgres.shared_server()
        name, user = 'a "b" \'c\' /d?é%20', 'u "v"@/:'
        server.role(user)
        server.create(name, owner=user, connection_limit=5)
        self.assertEqual(server.query(name, "SELECT current_database(), current_user", user=user), [(name, user)])
        self.assertIn(name, server.databases())
        if server.client_version() < server.version // 10000:
            raise unittest.SkipTest("pg_dump refuses this server")
        made = server.dump(name)
        self.assertIn("\nALTER DATABASE DATABASE OWNER TO", made)
        self.assertNotIn('a "b"', made.replace('""', '"'))

    def test_a_server_that_is_stopped_or_killed_starts_again(self):
        server = self.server()
        server.psql("postgres", "CREATE TABLE t AS SELECT 1 AS a")
        for end in (server.stop, server.quit, server.crash):
            pids = [server.process.pid, *processes.children(server.process.pid)]
            self.assertGreater(len(pids), 4)
            end()
            self.assertFalse(any(processes.alive(pid) for pid in pids))
            server.start()
            self.assertEqual(server.query("postgres", "SELECT a FROM t"), [("1",)])

    def test_nothing_is_left_of_it(self):
        for end in ("close", "crash"):
            server = self.server()
            pids = [server.process.pid, *processes.children(server.process.pid)]
            segment = processes.lines_of(server.data)[6].split()[1]
            self.assertIn(segment, self.segments())
            getattr(server, end)()
            server.close()
            self.assertTrue(self.gone(server.folder, pids))
            self.assertNotIn(segment, self.segments())

    def test_nothing_is_left_after_the_test_was_killed(self):
        for signal_number in (signal.SIGKILL, signal.SIGTERM):
            program = subprocess.Popen([sys.executable, "-B", "-c", f"""if True:
                import sys, time
                sys.path.insert(0, {os.path.dirname(os.path.dirname(postgres.__file__))!r})
                from support import postgres
                server = postgres.Server()
                print(server.folder, server.process.pid, flush=True)
                server.query("postgres", "SELECT pg_sleep(600)")
                """], stdout=subprocess.PIPE, text=True)
            folder, pid = program.stdout.readline().split()
            pids = [int(pid), *processes.children(pid)]
            self.assertTrue(os.path.exists(folder) and len(pids) > 4)
            program.send_signal(signal_number)
            program.wait()
            program.stdout.close()
            self.assertTrue(self.gone(folder, pids), signal_number)

    def test_without_a_server_the_test_is_skipped(self):
        test = "import sys; sys.path.insert(0, %r)\nfrom support import dbr, postgres, postmaster\n" \
               "postmaster.installed = lambda program: []\nclass T(postgres.Case):\n  def test(self): pass\ndbr.main()"
        environment = {name: value for name, value in os.environ.items() if name != "DBROLLBACK_PG_BIN"}
        done = subprocess.run([sys.executable, "-B", "-c", test % os.path.dirname(os.path.dirname(postgres.__file__))],
                              env=environment, check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn("apt-get install postgresql", done.stderr)


class Normalised(unittest.TestCase):
    def test_a_name_in_a_row_is_data(self):
        text = "CREATE DATABASE db WITH;\nCOPY t (a) FROM stdin;\nb\nALTER DATABASE db\na\n\\.\n\\restrict x\n" \
               "-- Name: db; Type: DATABASE;"
        self.assertEqual(postgres.dump.normalised(text, "db"), "CREATE DATABASE DATABASE WITH;\nCOPY t (a) FROM stdin;\nb\n"
                         "ALTER DATABASE db\na\n\\.\n-- Name: DATABASE; Type: DATABASE;")
        self.assertIn("ALTER DATABASE db\na\nb\n", postgres.dump.normalised(text, "db", in_order=False))


if __name__ == "__main__":
    dbr.main()
