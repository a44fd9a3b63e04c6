"""Migrations that dbmate, sql-migrate and node-pg-migrate have run, and run again after us: in turns, both ways."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(__file__))
import migrate_case  # noqa: E402
from migrate_case import dbr  # noqa: E402


def lines(statements):
    return "\n".join(statements) + "\n"


class Dbmate(migrate_case.Tool):
    name = "dbmate"
    tables = ("schema_migrations",)

    def find(self):
        return self.program_of("dbmate", os.path.join(migrate_case.FOLDER, "node_modules/@dbmate/linux-x64/bin/dbmate"))

    def write(self, migrations):
        for number, each in enumerate(migrations, 1):
            option = "" if each.in_transaction else " transaction:false"
            self.case.write(f"2026010{number}000000_{each.name}.sql",
                            f"-- What it is for.\n\n-- migrate:up{option}\n{lines(each.up)}\n"
                            f"-- migrate:down{option}\n{lines(each.down)}")

    def dbmate(self, *words, folder=None, **keywords):
        if self.is_postgres:
            url = f"postgres://postgres@/{self.target.database}?socket={self.target.server.folder}&sslmode=disable"
        else:
            url = f"sqlite:{self.target.file}"
        return self.run("--url", url, "--no-dump-schema", "--migrations-dir", folder or self.folder, *words, **keywords)

    def up(self, count=None):
        if count is None:
            self.dbmate("up")
            return
        some = self.case.path("some")  # it always applies all that it finds
        os.makedirs(some)
        for name in sorted(os.listdir(self.folder))[:count]:
            shutil.copy(os.path.join(self.folder, name), some)
        self.dbmate("up", folder=some)
        shutil.rmtree(some)

    def down(self, count):
        for _ in range(count):
            self.dbmate("rollback")

    def assert_nothing_pending(self):
        self.case.assertIn("Pending: 0", self.dbmate("status", "--exit-code").out)


class SqlMigrate(migrate_case.Tool):
    name = "sql-migrate"
    tables = ("gorp_migrations",)
    times = ("applied_at",)

    def find(self):
        return self.program_of("sql-migrate")

    def write(self, migrations):
        for number, each in enumerate(migrations, 1):
            option = "" if each.in_transaction else " notransaction"
            self.case.write(f"{number}-{each.name}.sql", f"-- +migrate Up{option}\n{self.blocks(each.up)}\n"
                                                         f"-- +migrate Down{option}\n{self.blocks(each.down)}")

    @staticmethod
    def blocks(statements):
        return lines(f"-- +migrate StatementBegin\n{each}\n-- +migrate StatementEnd" if each.count(";") > 1 else each
                     for each in statements)

    def sql_migrate(self, *words):
        source = self.target.url
        if self.is_postgres:
            source = (f"host={self.target.server.folder} port={self.target.server.port} dbname={self.target.database} "
                      "user=postgres sslmode=disable")
        file = self.case.path("dbconfig.yml")
        migrate_case.write(file, f"development:\n  dialect: {'postgres' if self.is_postgres else 'sqlite3'}\n"
                                 f"  datasource: {source}\n  dir: {self.folder}\n")
        return self.run(words[0], f"-config={file}", *words[1:])

    def up(self, count=None):
        self.sql_migrate("up", f"-limit={count or 0}")

    def down(self, count):
        self.sql_migrate("down", f"-limit={count}")

    def assert_nothing_pending(self):
        told = [line.split("|")[2].strip() for line in self.sql_migrate("status").out.split("\n") if ".sql" in line]
        self.case.assertEqual(len(told), 4)
        self.case.assertNotIn("no", told)


class NodePgMigrate(migrate_case.Tool):
    name = "node-pg-migrate"
    tables = ("pgmigrations",)
    times = ("run_on",)
    concurrently = False  # its SQL files cannot ask for no transaction

    def find(self):
        return self.program_of("node-pg-migrate",
                               os.path.join(migrate_case.FOLDER, "node_modules/.bin/node-pg-migrate"))

    def write(self, migrations):
        for number, each in enumerate(migrations, 1):
            self.case.write(f"176722560000{number}_{each.name}.sql",
                            f"-- Up Migration\n{lines(each.up)}\n-- Down Migration\n{lines(each.down)}")

    def node(self, *words):
        server = self.target.server
        return self.run(*words, "--migrations-dir", self.folder,
                        env={"PGHOST": server.folder, "PGPORT": str(server.port), "PGUSER": "postgres",
                             "PGDATABASE": self.target.database})

    def up(self, count=None):
        self.node("up", *([str(count)] if count else []))

    def down(self, count):
        self.node("down", str(count))

    def assert_nothing_pending(self):
        self.case.assertIn("No migrations to run!", self.node("up", "--dry-run").out)


class DbmateOnSqlite(migrate_case.BothWays, migrate_case.Case):
    tool = Dbmate


class DbmateOnPostgres(migrate_case.BothWays, migrate_case.Case):
    tool, engine = Dbmate, "postgres"


class SqlMigrateOnSqlite(migrate_case.BothWays, migrate_case.Case):
    tool = SqlMigrate


class SqlMigrateOnPostgres(migrate_case.BothWays, migrate_case.Case):
    tool, engine = SqlMigrate, "postgres"


class NodePgMigrateOnPostgres(migrate_case.BothWays, migrate_case.Locks, migrate_case.Case):
    tool, engine = NodePgMigrate, "postgres"

    def keys(self):
        return [7241865325823964]  # its option --lock-value


if __name__ == "__main__":
    dbr.main()
