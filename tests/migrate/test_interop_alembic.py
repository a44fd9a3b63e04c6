"""Migrations that are code, run by their tool's own command: Alembic, beside itself and by us."""
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import migrate_case  # noqa: E402
from migrate_case import dbr  # noqa: E402

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine, pool
with create_engine(os.environ["ALEMBIC_URL"], poolclass=pool.NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = {revision!r}, {before!r}
def upgrade():
    {up}
def downgrade():
    {down}
"""
ALONE = "with op.get_context().autocommit_block(): op.execute({!r})"


def revisions(engine):
    alone = " CONCURRENTLY" if engine == "postgres" else ""
    return [("one", "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), "
                    "sa.Column('name', sa.Text))", "op.drop_table('users')"),
            ("two", "op.add_column('users', sa.Column('email', sa.Text)); "
                    "op.execute(\"INSERT INTO users (name) VALUES ('a; b')\")",
             "op.execute('DELETE FROM users'); op.execute('ALTER TABLE users DROP COLUMN email')"),
            ("three", ALONE.format(f"CREATE INDEX{alone} by_email ON users (email)"),
             ALONE.format(f"DROP INDEX{alone} by_email"))]


class Alembic(migrate_case.Case):
    tables = ("alembic_version",)

    def setUp(self):
        super().setUp()
        if shutil.which("alembic") is None:
            raise unittest.SkipTest("alembic is not installed: run tests/migrate/install-tools")
        migrate_case.write(self.path("alembic.ini"), f"[alembic]\nscript_location = {self.folder}\n")
        self.write("env.py", ENV)
        os.makedirs(os.path.join(self.folder, "versions"))
        before = None
        for revision, up, down in revisions(self.engine):
            self.revision(revision, before, up, down)
            before = revision
        self.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        self.environment["ALEMBIC_URL"] = self.url_of(self.app)
        self.commands()

    def revision(self, revision, before, up, down):
        self.write(f"versions/{revision}.py", REVISION.format(revision=revision, before=before, up=up, down=down))

    def commands(self, more=', down_command = ["alembic", "downgrade", "{version}"], latest = "head"'):
        self.configure(f'migrate = {{ command = ["alembic", "upgrade", "{{version}}"]{more} }}\n')

    @staticmethod
    def url_of(target):
        if target.engine == "postgres":
            return f"postgresql+psycopg2://postgres@/{target.database}?host={target.server.folder}"
        return f"sqlite:///{target.file}"

    def alembic(self, *words, target=None):
        tool = migrate_case.Tool.__new__(migrate_case.Tool)  # for how it is run
        tool.case, tool.name, tool.program = self, "alembic", shutil.which("alembic")
        return tool.run(*words, env={"ALEMBIC_URL": self.url_of(target or self.app)}).out

    def state(self, target):
        has_users = (target.rows("SELECT 1 WHERE to_regclass('users') IS NOT NULL") if target.engine == "postgres"
                     else target.rows("SELECT 1 FROM sqlite_schema WHERE name = 'users'"))
        return (target.schema(self.tables), target.table("alembic_version"),
                has_users and target.rows("SELECT * FROM users"))

    def assert_as_alone(self, *commands):
        """The same as Alembic alone leaves."""
        alone = self.target("alone")
        for each in commands:
            self.alembic(*each, target=alone)
        self.assertEqual(self.state(self.app), self.state(alone))

    def version(self):
        return self.status()["version"]

    def moved(self, *words):
        done = self.ok("migrate", *words, "--json").json
        return done["from"], done["to"]

    def test_we_go_up(self):
        self.assertIsNone(self.version())
        self.assertEqual(self.moved("up"), (None, "three"))
        self.assertIn("three (head)", self.alembic("current"))
        before = self.state(self.app)
        self.alembic("upgrade", "head")
        self.assertEqual(self.moved("up"), ("three", "three"))
        self.assertEqual(self.state(self.app), before)
        self.assert_as_alone(["upgrade", "head"])

    def test_it_goes_up(self):
        self.alembic("upgrade", "head")
        before = self.state(self.app)
        status = self.status()
        self.assertEqual((status["version"], status["format"]), ("three", "command"))
        self.assertEqual(status["table"], "alembic_version")
        self.assertEqual(self.moved("up"), ("three", "three"))
        self.assertEqual(self.state(self.app), before)

    def test_down_and_up_again(self):
        self.moved("up")
        self.assertEqual(self.moved("down", "--to", "one", "--yes"), ("three", "one"))
        self.assert_as_alone(["upgrade", "head"], ["downgrade", "one"])
        self.assertEqual(self.moved("down", "--to", "base", "--yes"), ("one", None))
        self.alembic("upgrade", "head")
        self.assertEqual(self.version(), "three")
        self.assert_as_alone(["upgrade", "head"])

    def test_half_and_half(self):
        self.assertEqual(self.moved("up", "--to", "two"), (None, "two"))
        self.alembic("upgrade", "head")
        self.assertEqual(self.version(), "three")
        self.alembic("downgrade", "one")
        self.assertEqual(self.version(), "one")
        self.assertEqual(self.moved("up"), ("one", "three"))
        self.assert_as_alone(["upgrade", "head"], ["downgrade", "one"], ["upgrade", "head"])

    def test_a_revision_that_fails(self):
        self.revision("four", "three", "op.execute('CREATE TABLE fine (a int)')", "op.drop_table('fine')")
        self.revision("five", "four", "op.execute('SELECT nothing_of_it FROM users')", "pass")
        said = self.fails(6, "migrate", "up").err
        self.assertIn("nothing_of_it", said)
        self.assertIn("four", said)
        self.assertEqual(self.version(), "four")
        self.assertIn("four", self.fails(1, "migrate", "up").err)
        self.revision("five", "four", "op.execute('SELECT name FROM users')", "pass")
        self.assertEqual(self.moved("up"), ("four", "five"))

    def test_what_the_configuration_lacks(self):
        self.commands(more="")
        self.assertIn("--to", self.fails(2, "migrate", "up").err)
        self.assertIsNone(self.version())
        self.assertEqual(self.moved("up", "--to", "head"), (None, "three"))
        self.assertIn("down_command", self.fails(2, "migrate", "down", "--to", "one", "--yes").err)
        self.assertEqual(self.version(), "three")

    def test_two_heads(self):
        """Several rows are a version too."""
        self.revision("other", "two", "op.execute('CREATE TABLE fine (a int)')", "op.drop_table('fine')")
        self.assertEqual(self.moved("up", "--to", "heads"), (None, "other, three"))
        self.assertEqual(len(self.alembic("current").split("\n")), 3)


class AlembicOnPostgres(Alembic):
    engine = "postgres"


if __name__ == "__main__":
    dbr.main()
