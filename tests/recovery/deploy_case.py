"""The world of the tests of deploys and ways back: a database of either kind, a repository, migrations as each release
carries them, and an application that needs the schema of its release. `class Something(deploy_case.Words)` has tests, and
one class beside it for each kind of database; `deploy_case.both(globals(), Something)` makes those two."""
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres, postmaster  # noqa: E402

from crash import worlds  # noqa: E402
import documents  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
FAULTY = worlds.FAULTY
PEOPLE, ORDERS, SPLIT = "20261001_people", "20261002_orders", "20261101_split"


def migrations(engine):
    """Up and down of each, by name. The last one splits a column in two: each side of it needs an application of its own."""
    key = "serial PRIMARY KEY" if engine == "postgres" else "INTEGER PRIMARY KEY"
    first, last = (("split_part(name, ' ', 1)", "split_part(name, ' ', 2)") if engine == "postgres" else
                   ("substr(name, 1, instr(name, ' ') - 1)", "substr(name, instr(name, ' ') + 1)"))
    return {
        PEOPLE: (f"CREATE TABLE people (id {key}, name text);\n"
                 "INSERT INTO people (name) VALUES ('Ann Lee'), ('Bob Ray'), ('Cy Fox');", "DROP TABLE people;"),
        ORDERS: (f"CREATE TABLE orders (id {key}, person int NOT NULL REFERENCES people (id), note text);\n"
                 "INSERT INTO orders (person, note) VALUES (1, 'first'), (2, 'second');", "DROP TABLE orders;"),
        SPLIT: ("ALTER TABLE people ADD COLUMN first_name text;\nALTER TABLE people ADD COLUMN last_name text;\n"
                f"UPDATE people SET first_name = {first}, last_name = {last};\nALTER TABLE people DROP COLUMN name;",
                "ALTER TABLE people ADD COLUMN name text;\nUPDATE people SET name = first_name || ' ' || last_name;\n"
                "ALTER TABLE people DROP COLUMN first_name;\nALTER TABLE people DROP COLUMN last_name;")}


V1, V2 = (PEOPLE, ORDERS), (PEOPLE, ORDERS, SPLIT)


class Words:
    """Beside Sqlite or Postgres below."""
    rto = "60s"
    more_app = ""  # of the configuration, in [app]
    more = ""      # after everything else
    within = "5s"
    app_table = True

    # The world.

    def prepare(self):
        self.environment["APP_URL"] = self.url
        for name in [name for name in self.environment if name.startswith(("DATABASE", "DBMATE", "GIT_"))]:
            del self.environment[name]
        self.app = self.path("app")
        self.folder = self.path("db", "migrations")
        os.makedirs(self.folder)
        os.makedirs(os.path.join(self.app, "releases"))
        self.addCleanup(self.end_application)
        self.port = postmaster.free_port()
        self.write_text(os.path.join(self.app, "app.json"), json.dumps(
            {"engine": self.engine, "url": self.url, "port": self.port, "test": os.getpid()}))
        self.migrations = migrations(self.engine)
        self.release("v1", V1, 1)
        self.release("v2", V2, 2)
        self.configure()
        self.init()

    @staticmethod
    def write_text(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def release(self, version, carried, schema, broken=""):
        """A release of the application, and the migrations in its sources."""
        self.carried = {**getattr(self, "carried", {}), version: carried}
        self.write_text(os.path.join(self.app, "releases", version, "release.json"), json.dumps(
            {"version": version, "schema": schema, "broken": broken}))

    def control(self, *words):
        return [sys.executable, "-ISB", os.path.join(HERE, "app_control.py"), self.app, *words]

    @property
    def health_url(self):
        return f"http://127.0.0.1:{self.port}/api/health"

    def app_section(self):
        vector = lambda *words: json.dumps(self.control(*words))
        return (f"[app]\nfolder = 'app'\ntimeout = '20s'\nrto = '{self.rto}'\nversion = {vector('version')}\n"
                f"stop = [{vector('stop')}]\nswitch = [{vector('switch', '{version}')}]\nstart = [{vector('start')}]\n"
                f"{self.more_app}"
                f"[[health]]\nurl = '{self.health_url}'\nstatus = 200\n"
                f"json = {{ status = 'ok', 'database.ok' = true }}\nwithin = '{self.within}'\n")

    def configure(self):
        self.write_text(self.path("dbrollback.toml"),
                        "[database.app]\nurl = 'env:APP_URL'\nmigrations = 'db/migrations'\nmigrations_format = 'dbmate'\n"
                        + (self.app_section() if self.app_table else "") + self.more)

    def checkout(self, version):
        """The folder of the migrations as the sources of this release have it."""
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        for name in self.carried[version]:
            up, down = self.migrations[name]
            self.write_text(os.path.join(self.folder, f"{name}.sql"),
                            f"-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n")

    # What is run.

    def deploy(self, version, *words, status=0, **keywords):
        """A pipeline's deploy: the release's sources, then the command."""
        self.checkout(version)
        return self.fails(status, "deploy", "--app-version", version, *words, **keywords)

    def rehearse(self, version):
        """Its downs are proven to bring everything back, so that they are the way that is proposed."""
        self.checkout(version)
        self.ok("migrate", "rehearse")

    def deployed(self, version, *words):
        """A deploy that must succeed, as its document."""
        return self.deploy(version, "--json", *words).json

    def plan(self, *words):
        return self.ok("rollback", "--dry-run", "--json", *words).json

    def roll_back(self, *words, status=0, **keywords):
        return self.fails(status, "rollback", "--yes", *words, **keywords)

    def releases(self):
        return documents.releases(self.ok("releases", "--json").json)

    def states(self):
        return [(documents.version(each), documents.state(each)) for each in self.releases()]

    def last_release(self):
        return self.releases()[-1]

    def report(self, run="latest"):
        return self.ok("report", run, "--format", "json").json

    @staticmethod
    def said(done):
        """What a run said, on one line: where lines are wrapped is not the matter."""
        return " ".join((done.out + " " + done.err).split())

    def assert_says(self, done, *parts):
        for part in parts:
            self.assertIn(part, self.said(done))

    # The application.

    def control_it(self, *words):
        """What somebody does to it by hand."""
        subprocess.run(self.control(*words), check=True, stdout=subprocess.DEVNULL)

    def end_application(self):
        """SIGKILL for the server of this test, however it was started."""
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                    if any(word.endswith(b"app_server.py") for word in words) and self.app.encode() in words:
                        os.kill(int(name), signal.SIGKILL)

    def runs(self):
        """The version of the application that answers; None: none does."""
        found = self.get("/version")
        return found and found["version"]

    def is_ready(self):
        found = self.get("/api/health")
        return found is not None and found["status"] == "ok"

    def get(self, path):
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def starts(self):
        """What each start of the application found."""
        path = os.path.join(self.app, "starts.log")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def assert_started_well(self, *versions):
        """The application was only ever started against the schema that it needs; `versions`: exactly these starts."""
        columns = {1: {"id", "name"}, 2: {"id", "first_name", "last_name"}}
        for start in self.starts():
            self.assertEqual(set(start["columns"]), columns[start["schema"]], f"{start['version']} was started against that")
        if versions:
            self.assertEqual([start["version"] for start in self.starts()], list(versions))

    # The database, by plain SQL.

    def count(self, table):
        return int(self.one(f"SELECT count(*) FROM {table}"))

    def counts(self):
        return {table: self.count(table) for table in ("people", "orders")}

    def add_orders(self, *notes):
        """Orders that the application takes."""
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        for number, note in enumerate(notes):
            body = json.dumps({"first": f"First{number}", "last": f"Last{number}", "note": note})
            connection.request("POST", "/orders", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 201)
        connection.close()

    def notes(self):
        return sorted(note for note, in self.query("SELECT note FROM orders"))

    def schema_needs(self):
        """Which schema an application needs for what is there."""
        return 1 if self.has_column("people", "name") else 2

    def applied(self):
        """The versions in the tool's table."""
        return [version for version, in self.query("SELECT version FROM schema_migrations ORDER BY 1")]


class Sqlite(dbr.Case):
    engine = "sqlite"

    def setUp(self):
        super().setUp()
        self.url = self.database = self.path("app.db")
        sqlite3.connect(self.database).close()
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
        self.prepare()

    def query(self, sql):
        return dbr.rows(self.database, sql)

    def one(self, sql):
        return self.query(sql)[0][0]

    def has_column(self, table, column):
        return column in [row[1] for row in self.query(f"PRAGMA table_info({table})")]

    def quiet(self):
        """Until nothing of a killed run is left in the server."""

    def sql(self, text):
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection:
            connection.executescript(text)

    def schema(self):
        """All of it but the tool's table, in words that do not depend on how a column came there."""
        found = []
        for kind, name in self.query("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND "
                                     "name <> 'schema_migrations' ORDER BY 1, 2"):
            found.append((kind, name, [row[1:] for row in self.query(f"PRAGMA table_info({name})")],
                          self.query(f"PRAGMA foreign_key_list({name})")))
        return found

    def keep_world(self):
        """Everything as it is now, for `put_world_back`; no application runs."""
        for name in ("repo", "app", "app.db", "app.db-wal", "app.db-shm"):
            copy(self.path(name), self.path("kept", name))

    def put_world_back(self):
        for name in ("repo", "app", "app.db", "app.db-wal", "app.db-shm"):
            copy(self.path("kept", name), self.path(name))


class Postgres(postgres.Case):
    engine = "postgres"

    def setUp(self):
        super().setUp()
        self.addCleanup(self.drop_all)
        self.environment["DBROLLBACK_SCRATCH_URL"] = self.server.url("postgres")  # sooner than a server for each proof
        self.prepare()

    def drop_all(self):
        """Other tests share the server."""
        for name in self.server.databases():
            if name.startswith(self.database):
                self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)} (FORCE)", check=False)

    def one(self, sql):
        return self.server.value(self.database, sql)

    def has_column(self, table, column):
        return bool(self.query(f"SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('{table}') AND "
                               f"attname = '{column}' AND NOT attisdropped"))

    def quiet(self):
        """Until nothing of a killed run is left in the server."""
        busy = ("SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                f"datname LIKE '{self.database}%' AND application_name LIKE 'dbrollback%'")
        self.wait_until(lambda: not self.server.query("postgres", busy), "the server has noticed")

    def sql(self, text):
        self.server.psql(self.database, text)

    def schema(self):
        """All of it but the tool's table, in words that do not depend on how a column came there."""
        made = self.server.dump(self.database, "--schema-only", "--no-comments", "--exclude-table=schema_migrations",
                                create=False)
        return re.sub(r"\s+", " ", made)

    def keep_world(self):
        for name in ("repo", "app"):
            copy(self.path(name), self.path("kept", name))
        self.server.psql("postgres", f"CREATE DATABASE {self.database}_kept TEMPLATE {self.database}")

    def put_world_back(self):
        for name in ("repo", "app"):
            copy(self.path("kept", name), self.path(name))
        for name in self.server.databases():
            if name.startswith(self.database) and name != f"{self.database}_kept":
                self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)} (FORCE)")
        self.server.psql("postgres", f"CREATE DATABASE {self.database} TEMPLATE {self.database}_kept")


def copy(source, target):
    """A file or a folder as it is there, or its absence."""
    if os.path.isdir(target):
        shutil.rmtree(target)
    elif os.path.exists(target):
        os.remove(target)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        shutil.copytree(source, target, symlinks=True)
    elif os.path.exists(source):
        shutil.copy2(source, target)


def is_point_of_recovery(name):
    """Whether a crash point is one of deploys and ways back, each of whose steps has two."""
    return bool(re.fullmatch(r"step \w+ (begun|done)", name)) or name in worlds.points_in_the_code("engine/recovery")


def both(names, *classes, engines=None):
    """A test case on SQLite and one on PostgreSQL for each of these classes of tests; or on some `engines` only."""
    for each in classes:
        for engine in engines or (Sqlite, Postgres):
            name = each.__name__ + engine.__name__
            names[name] = type(name, (each, engine), {"__module__": names["__name__"]})
