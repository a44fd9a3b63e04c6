"""What the tests of scripts share: a database of either kind, migrations that are written as a test goes, and words for what
is in the database afterwards, as plain SQL tells it."""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402


class Words:
    """Beside dbr.Case. Migrations are numbered as they are written: the first is version 1."""

    def prepare(self, url):
        self.environment["APP_URL"] = url
        os.mkdir(self.path("migrations"))
        self.configure()
        self.init()

    def configure(self, more=""):
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write(f"[database.app]\nurl = 'env:APP_URL'\nmigrations = 'migrations'\n{more}")

    def file(self, name, text):
        """A file of the folder, or its new text."""
        with open(self.path("migrations", name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def clear(self):
        for name in os.listdir(self.path("migrations")):
            os.remove(self.path("migrations", name))

    def dbmate(self, *scripts, alone=False, first=1):
        """A file of dbmate for each script: its up, or a pair of up and down."""
        option = " transaction:false" if alone else ""
        for number, script in enumerate(scripts, first):
            up, down = (script, "SELECT 1;") if isinstance(script, str) else script
            self.file(f"{number}_m.sql", f"-- migrate:up{option}\n{up}\n-- migrate:down{option}\n{down}\n")

    def golang(self, *scripts, first=1):
        """Files of golang-migrate; a script without a pair has no down."""
        for number, script in enumerate(scripts, first):
            for direction, text in zip(("up", "down"), script if isinstance(script, tuple) else (script, )):
                self.file(f"{number}_m.{direction}.sql", text)
        self.configure("migrations_format = 'golang-migrate'\n")

    # What is run.

    def up(self, *words, **keywords):
        return self.ok("migrate", "up", *words, **keywords)

    def down(self, to, *words, **keywords):
        return self.ok("migrate", "down", "--yes", "--to", to, *words, **keywords)

    def error(self, status, action, *words, **keywords):
        """What a failing run says, as people read it: on one line, and never with what is secret."""
        done = self.fails(status, "migrate", action, *words, **keywords)
        self.assertEqual(done.out, "")
        return " ".join(done.err.split())

    def assert_says(self, text, *parts):
        for part in parts:
            self.assertIn(part, text)

    def status(self):
        """`migrate status --json`, which changes nothing."""
        return self.ok("migrate", "status", "--json").json

    def states(self):
        return [each["state"] for each in self.status()["migrations"]]


class Postgres(Words, postgres.Case):
    def setUp(self):
        super().setUp()
        self.prepare(self.url)
        self.addCleanup(self.drop)

    def drop(self):
        self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(self.database)} (FORCE)")

    def one(self, sql):
        """The one value of a query, as text."""
        return self.server.value(self.database, sql)

    def exists(self, *names):
        return [self.one(f"SELECT to_regclass({postgres.literal(name)}) IS NOT NULL") == "t" for name in names]

    def applied(self, table="public.schema_migrations"):
        """The versions in the tool's table, by plain SQL."""
        return [version for version, in self.query(f"SELECT version FROM {table} ORDER BY 1")]

    def invalid(self):
        return [name for name, in self.query("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid ORDER BY 1")]

    def session(self, sql=""):
        """psql with a transaction open, in which `sql` was run; it goes with the test, or by .end()."""
        process = subprocess.Popen([self.server.program("psql"), "-X", "-q", "-d", self.url], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.end, process)
        process.stdin.write(f"BEGIN;\n{sql};\n\\echo ready\n")
        process.stdin.flush()
        said = process.stdout.readline()
        while said not in ("ready\n", ""):
            said = process.stdout.readline()
        self.assertEqual(said, "ready\n")
        return process

    def backends(self, state="active"):
        """Of scripts."""
        return [int(pid) for pid, in self.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
            f"application_name = 'dbrollback migrate' AND state = '{state}' AND pid <> pg_backend_pid()")]


class Sqlite(Words, dbr.Case):
    def setUp(self):
        super().setUp()
        self.database = self.make("app.db", "PRAGMA foreign_keys = ON")
        self.prepare(self.database)

    def query(self, sql):
        return dbr.rows(self.database, sql)

    def one(self, sql):
        return self.query(sql)[0][0]

    def exists(self, *names):
        return [bool(self.query(f"SELECT 1 FROM sqlite_schema WHERE name = '{name}'")) for name in names]

    def applied(self, table="schema_migrations"):
        return [version for version, in self.query(f"SELECT version FROM {table} ORDER BY 1")]


def kill(process):
    process.send_signal(signal.SIGKILL)
    return process.communicate(timeout=60)
