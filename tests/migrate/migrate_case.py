"""What the tests of `migrate` beside other tools share: databases of both kinds, what is in them in a form that can be
compared, and one small set of migrations that each tool gets in its own files.

A tool that is not installed skips its tests: tests/migrate/install-tools installs all of them."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

FOLDER = os.environ.get("DBROLLBACK_MIGRATION_TOOLS") or os.path.join(
    os.environ.get("DBROLLBACK_BUILD") or os.path.join(dbr.SOURCE, "build", "release"), "migration-tools")


class Migration:
    def __init__(self, name, up, down, in_transaction=True):
        self.name, self.up, self.down, self.in_transaction = name, up, down, in_transaction


def migrations(engine, concurrently=True):
    """Four: a table, one that refers to it, a trigger whose body has semicolons, and an index outside a transaction.
    Each is a list of statements; `concurrently`: the last one refuses a transaction, in PostgreSQL."""
    is_postgres = engine == "postgres"
    key = "serial PRIMARY KEY" if is_postgres else "INTEGER PRIMARY KEY"
    alone = " CONCURRENTLY" if is_postgres and concurrently else ""
    trigger = ["CREATE TRIGGER orders_note AFTER INSERT ON orders\nBEGIN\n"
               "  UPDATE orders SET note = 'a; b' WHERE id = NEW.id;\n"
               "  UPDATE customers SET email = lower(email) WHERE id = NEW.customer;\nEND;"]
    no_trigger = ["DROP TRIGGER orders_note;"]
    if is_postgres:
        trigger = ["CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
                   "  NEW.note := 'a; b';\n  RETURN NEW;\nEND;\n$$;",
                   "CREATE TRIGGER orders_note BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note();"]
        no_trigger = ["DROP TRIGGER orders_note ON orders;", "DROP FUNCTION note();"]
    return [
        Migration("customers", [f"CREATE TABLE customers (\n  id {key},\n  email text NOT NULL -- where; to\n);",
                                "INSERT INTO customers (email) VALUES ('A@x'), ('it''s; B@x');"],
                  ["DROP TABLE customers;"]),
        Migration("orders", [f"CREATE TABLE orders (\n  id {key},\n  customer int NOT NULL REFERENCES customers (id),\n"
                             "  note text\n);",
                             "CREATE INDEX orders_customer ON orders (customer);"], ["DROP TABLE orders;"]),
        Migration("trigger", [*trigger, "INSERT INTO orders (customer) VALUES (1), (2);"],
                  [*no_trigger, "DELETE FROM orders;"]),
        Migration("index", [f"CREATE INDEX{alone} orders_by_note ON orders (note);"],
                  [f"DROP INDEX{alone} orders_by_note;"], in_transaction=False)]


class SqliteTarget:
    """A file. `registry`: another one beside it with the tool's tables."""
    engine = "sqlite"

    def __init__(self, file, registry=None):
        self.file = self.url = file
        self.registry = os.path.join(os.path.dirname(file), registry) if registry else file
        sqlite3.connect(file).close()

    def run(self, sql):
        connection = sqlite3.connect(self.file)
        connection.executescript(sql)
        connection.close()

    def rows(self, sql, file=None):
        found = dbr.rows(file or self.file, sql)
        return [tuple(None if value is None else str(value) for value in row) for row in found]

    def table(self, name, times=()):
        """All rows of a tool's table in the order that they were written in; of times only their type."""
        if not os.path.exists(self.registry):
            return None
        columns = [row[1] for row in dbr.rows(self.registry, f"PRAGMA table_info({name})")]
        shown = [f"typeof({each})" if each in times else f"{each}, typeof({each})" for each in columns]
        return columns and self.rows(f"SELECT {', '.join(shown)} FROM {name} ORDER BY rowid", self.registry)

    def schema(self, own=()):
        """All of it; of the tool's own tables what they are, however that is written."""
        made = [row[1:] for row in self.rows("SELECT tbl_name, type, name, sql FROM sqlite_schema ORDER BY type, name")
                if row[0] not in own and not row[0].startswith("sqlite_")]
        if not os.path.exists(self.registry):
            return made, None
        tables = []
        for name in own:
            columns = dbr.rows(self.registry, f"PRAGMA table_info({name})")
            columns = [(row[1], row[2].lower(), *row[3:]) for row in columns]
            keys = dbr.rows(self.registry, f"PRAGMA foreign_key_list({name})")
            unique = sorted((*dbr.rows(self.registry, f"PRAGMA index_info({index[1]})"), *index[1:4]) for index
                            in dbr.rows(self.registry, f"PRAGMA index_list({name})"))
            tables.append((name, columns, keys, unique))
        return made, tables


class PostgresTarget:
    engine = "postgres"

    def __init__(self, server):
        self.server = server
        self.database = server.fresh("migrate")
        self.url = server.url(self.database)

    def run(self, sql):
        self.server.psql(self.database, sql)

    def rows(self, sql):
        return self.server.query(self.database, sql)

    def table(self, name, times=()):
        columns = [each for each, in self.rows("SELECT attname FROM pg_attribute WHERE NOT attisdropped AND attnum > 0 "
                                               f"AND attrelid = to_regclass('{name}') ORDER BY attnum")]
        shown = [f"{each} IS NULL" if each in times else each for each in columns]
        return columns and self.rows(f"SELECT {', '.join(shown)} FROM {name} ORDER BY ctid")

    def schema(self, own=()):  # noqa: ARG002
        return self.server.dump(self.database, "--schema-only", "--no-comments", create=False)


class Tool:
    """Another tool, as its users run it. What it is asked to do it does on self.target, from self.folder."""
    name = ""
    tables = ()  # its own
    times = ()   # columns of those that say when
    registry = None
    concurrently = True

    def __init__(self, case, target):
        self.case, self.target = case, target
        self.folder = case.path("migrations")
        self.program = self.find()

    def find(self):
        raise NotImplementedError

    @classmethod
    def program_of(cls, name, *places):
        found = next((each for each in places if os.access(each, os.X_OK)), None) or shutil.which(name)
        if found is None:
            raise unittest.SkipTest(f"{name} is not installed: run tests/migrate/install-tools")
        return found

    @property
    def is_postgres(self):
        return self.target.engine == "postgres"

    def run(self, *words, status=0, env=None, cwd=None):
        environment = dict(self.case.environment, **(env or {}))
        done = dbr.Run(subprocess.run([self.program, *words], env=environment, cwd=cwd or self.case.at, check=False,
                                      stdin=subprocess.DEVNULL, capture_output=True, timeout=120))
        if status is not None:
            self.case.assertEqual(done.exit, status, f"{self.name} {words}: {done!r}")
        return done

    def state(self):
        """What the tool would find: everything in the database but the times."""
        content = [self.target.rows(f"SELECT * FROM {table} ORDER BY id") for table in ("customers", "orders")
                   if self.target.rows(f"SELECT 1 WHERE {self.has(table)}")]
        return {"schema": self.target.schema(self.tables), "content": content,
                **{table: self.target.table(self.name_of(table), self.times) for table in self.tables}}

    def name_of(self, table):
        return table

    def has(self, table):
        return (f"to_regclass('{table}') IS NOT NULL" if self.is_postgres
                else f"EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '{table}')")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Case(dbr.Case):
    """self.app is a database that dbrollback is configured for, with self.folder as its migrations."""
    engine = "sqlite"
    file = "app.db"
    registry = None  # of a tool whose tables are in a file beside that one: its name

    def setUp(self):
        super().setUp()
        for name in [name for name in self.environment if name.startswith(("PG", "SQITCH", "DATABASE", "DBMATE"))]:
            del self.environment[name]
        self.folder = self.path("migrations")
        self.app = self.target("app")
        self.configure('migrations = "migrations"\n')
        self.init()

    def target(self, name):
        if self.engine == "postgres":
            return PostgresTarget(postgres.shared_server())
        return SqliteTarget(os.path.join(tempfile.mkdtemp(prefix=name, dir=self.at), self.file), self.registry)

    def configure(self, more):
        self.environment["APP_URL"] = self.app.url
        write(self.path("dbrollback.toml"), f"[database.app]\nurl = 'env:APP_URL'\n{more}")

    def write(self, name, text):
        write(os.path.join(self.folder, name), text)

    def status(self):
        return self.ok("migrate", "status", "--json").json

    def states(self):
        """The states of the migrations in their order."""
        return [each["state"] for each in self.status()["migrations"]]

    def up(self, *words):
        """The versions that an up of ours applies."""
        return [step["version"] for step in self.ok("migrate", "up", "--json", *words).json["steps"]]

    def down(self, to):
        return [step["version"] for step in self.ok("migrate", "down", "--yes", "--json", "--to", to).json["steps"]]


class BothWays:
    """Tests of a tool and us in turns, for a Case with `tool`. What it alone leaves in another database is what has to
    be in ours."""
    tool = Tool

    def setUp(self):
        super().setUp()
        self.it = self.tool(self, self.app)
        self.it.write(migrations(self.engine, self.tool.concurrently))
        self.alone = self.tool(self, self.target("alone"))
        self.versions = [each["version"] for each in self.status()["migrations"]]
        self.assertEqual(len(self.versions), 4)

    def assert_same(self):
        self.assertEqual(self.it.state(), self.alone.state())

    def assert_all_applied(self):
        self.assertEqual(self.states(), ["applied"] * 4)
        self.assertEqual(self.up(), [])

    def test_we_go_up(self):
        self.assertEqual(self.up(), self.versions)
        self.it.assert_nothing_pending()
        before = self.it.state()
        self.it.up()
        self.assertEqual(self.it.state(), before)
        self.alone.up()
        self.assert_same()

    def test_it_goes_up(self):
        self.assertEqual(self.states(), ["pending"] * 4)
        self.it.up()
        before = self.it.state()
        self.assert_all_applied()
        self.assertEqual(self.status()["version"], self.versions[-1])
        self.assertEqual(self.it.state(), before)

    def test_we_go_down_and_it_up_again(self):
        self.up()
        self.assertEqual(self.down(self.versions[1]), self.versions[:1:-1])
        self.assertEqual(self.down("none"), self.versions[1::-1])
        self.alone.up()
        self.alone.down(2)
        self.alone.down(2)
        self.assert_same()
        self.it.up()
        self.assert_all_applied()
        self.alone.up()
        self.assert_same()

    def test_half_by_it_and_half_by_us(self):
        self.it.up(2)
        self.assertEqual(self.states(), ["applied"] * 2 + ["pending"] * 2)
        self.assertEqual(self.up(), self.versions[2:])
        self.it.assert_nothing_pending()
        self.alone.up(2)
        self.alone.up()
        self.assert_same()
        self.assertEqual(self.down(self.versions[0]), self.versions[:0:-1])
        self.alone.down(3)
        self.assert_same()

    def test_half_by_us_and_half_by_it(self):
        self.assertEqual(self.up("--to", self.versions[1]), self.versions[:2])
        self.it.up()
        self.assert_all_applied()
        self.alone.up(2)
        self.alone.up()
        self.assert_same()
        self.assertEqual(self.down(self.versions[2]), self.versions[3:])
        self.it.down(1)
        self.assertEqual(self.states(), ["applied"] * 2 + ["pending"] * 2)
        self.alone.down(1)
        self.alone.down(1)
        self.assert_same()

    def test_it_goes_down_after_we_went_up(self):
        self.up()
        self.it.down(1)
        self.assertEqual(self.states(), ["applied"] * 3 + ["pending"])
        self.it.down(3)
        self.assertEqual(self.states(), ["pending"] * 4)
        self.alone.up()
        self.alone.down(1)
        self.alone.down(3)
        self.assert_same()
        self.assertEqual(self.up(), self.versions)
        self.alone.up()
        self.assert_same()


class Locks:
    """PostgreSQL: while the tool runs, we do not, and say so."""

    def keys(self):
        raise NotImplementedError

    def test_its_lock(self):
        server = self.app.server
        for key in self.keys():
            with self.subTest(key), subprocess.Popen(
                    [server.program("psql"), "-X", "-q", "-A", "-t", "-d", self.app.url], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, env=self.environment) as psql:
                psql.stdin.write(f"SELECT 'held' FROM pg_advisory_lock({key});\n".encode())
                psql.stdin.flush()
                self.assertEqual(psql.stdout.readline(), b"held\n")
                self.fails(5, "migrate", "up", "--lock-timeout", "100ms")
                self.assertEqual(self.states(), ["pending"] * 4)
                psql.stdin.close()
        self.assertEqual(self.up(), self.versions)
