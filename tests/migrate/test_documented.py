"""golang-migrate and goose, from whose states we go on, and which would go on from ours: their tables as
documented_tools.py writes them by hand."""
import os
import shutil
import sys
import zlib

sys.path.insert(0, os.path.dirname(__file__))
import documented_tools  # noqa: E402
import migrate_case  # noqa: E402
from migrate_case import dbr  # noqa: E402


class GolangMigrate(migrate_case.BothWays):
    tool = documented_tools.GolangMigrate

    def dirty(self, version):
        """Refused, with a command that mends it; returns what that names."""
        before = self.it.state()
        for words in (["up"], ["down", "--to", "none", "--yes"]):
            said = self.fails(4, "migrate", *words).err
            self.assertIn(f"migrate resolve {version} --applied", said)
            self.assertIn("--reverted", said)
        self.assertEqual(self.it.state(), before)

    def test_dirty_after_an_up(self):
        self.it.up(1)
        for mend, left in (("--applied", 2), ("--reverted", 1)):
            self.it.set_version(2, True)
            self.assertEqual(self.states(), ["applied", "failed", "pending", "pending"])
            self.dirty(2)
            self.ok("migrate", "resolve", "2", mend)
            self.alone.make_tables()
            self.alone.set_version(left, False)
            self.assertEqual(self.it.state()["schema_migrations"], self.alone.state()["schema_migrations"])
        self.assertEqual(self.up(), ["2", "3", "4"])

    def test_dirty_after_the_last_down(self):
        """Then its version is -1."""
        self.it.up(1)
        self.it.set_version(-1, True)
        self.dirty(1)
        self.ok("migrate", "resolve", "1", "--applied")
        self.assertEqual(self.states(), ["applied"] + ["pending"] * 3)
        self.it.set_version(-1, True)
        self.ok("migrate", "resolve", "1", "--reverted")
        self.assertEqual(self.it.state()["schema_migrations"], [])
        self.assertEqual(self.states(), ["pending"] * 4)

    def test_what_it_sees_of_a_script_that_fails(self):
        """In a transaction nothing; outside of one a version that is dirty, until that is mended."""
        self.it.target.run("CREATE TABLE orders (id int);")
        self.fails(6, "migrate", "up")
        self.assertEqual([row[0] for row in self.app.rows("SELECT version, dirty FROM schema_migrations")], ["1"])
        self.it.target.run("DROP TABLE orders;")
        self.up("--to", "3")
        self.it.target.run("CREATE INDEX orders_by_note ON orders (note);")
        said = self.fails(6 if self.engine == "postgres" else 1, "migrate", "up").err
        if self.engine == "postgres":
            self.assertIn("migrate resume", said)
            self.assertEqual(self.app.rows("SELECT version, dirty FROM schema_migrations"), [("4", "t")])
            self.fails(4, "migrate", "up")
            self.it.target.run("DROP INDEX orders_by_note;")
            self.ok("migrate", "resume")
        else:
            self.it.target.run("DROP INDEX orders_by_note;")
            self.up()
        self.assertEqual(self.states(), ["applied"] * 4)
        self.alone.up()
        self.assert_same()


class GolangMigrateOnSqlite(GolangMigrate, migrate_case.Case):
    pass


class GolangMigrateOnPostgres(GolangMigrate, migrate_case.Locks, migrate_case.Case):
    engine = "postgres"

    def keys(self):
        # database/util.go: of a URL's path, or of the database's name.
        names = [f"public\0schema_migrations\0{slash}{self.app.database}" for slash in ("", "/")]
        return [(zlib.crc32(name.encode()) * 1486364155) % 2**32 for name in names]

    def fails_on_the_way_down(self, to, index):
        """A down outside a transaction that fails and goes on, and one that is mended by hand."""
        before = [row for row in self.app.rows("SELECT version, dirty FROM schema_migrations")]
        for mended_by in (["resume"], ["resolve", before[0][0], "--reverted"]):
            definition = self.app.rows(f"SELECT pg_get_indexdef('{index}'::regclass)")[0][0]
            self.app.run(f"DROP INDEX {index};")
            self.assertIn("migrate resume", self.fails(6, "migrate", "down", "--to", to, "--yes").err)
            self.assertEqual(self.app.rows("SELECT dirty FROM schema_migrations"), [("t",)])
            self.assertIn("migrate resume", self.fails(4, "migrate", "up").err)
            self.assertIsNotNone(self.status()["unfinished"])
            if mended_by == ["resume"]:
                self.app.run(definition)
            self.ok("migrate", *mended_by)
            self.assertIsNone(self.status()["unfinished"])
            self.assertEqual(self.app.rows("SELECT version, dirty FROM schema_migrations"),
                             [] if to == "none" else [(to, "f")])
            if mended_by == ["resume"]:
                self.assertEqual(self.up(), [before[0][0]])

    def test_a_down_that_fails(self):
        self.it.up()
        self.fails_on_the_way_down("3", "orders_by_note")

    def test_a_down_of_the_first_one_that_fails(self):
        shutil.rmtree(self.folder)
        self.write("1_first.up.sql", "CREATE TABLE IF NOT EXISTS first (a int);\n"
                                     "CREATE INDEX CONCURRENTLY firsts ON first (a);\n")
        self.write("1_first.down.sql", "DROP INDEX CONCURRENTLY firsts;\n")
        self.up()
        self.fails_on_the_way_down("none", "firsts")


class Goose(migrate_case.BothWays):
    tool = documented_tools.Goose

    def test_rows_of_older_releases(self):
        """They reverted by a row that says false."""
        self.it.up(2)
        self.app.run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, false);\nDROP TABLE orders;")
        self.assertEqual(self.states(), ["applied"] + ["pending"] * 3)
        self.assertEqual(self.up(), ["2", "3", "4"])
        self.assertEqual(self.app.rows("SELECT version_id FROM goose_db_version ORDER BY id"),
                         [(each,) for each in ("0", "1", "2", "2", "2", "3", "4")])

    def test_migrations_that_came_late(self):
        """What is pending before others that are applied, `up` applies too, and status says so."""
        self.it.up(2)
        self.app.run("DELETE FROM goose_db_version WHERE version_id = 1;")
        status = self.status()
        self.assertEqual([each["state"] for each in status["migrations"]], ["pending", "applied", "pending", "pending"])
        self.assertTrue(status["warnings"])


class GooseOnSqlite(Goose, migrate_case.Case):
    pass


class GooseOnPostgres(Goose, migrate_case.Locks, migrate_case.Case):
    engine = "postgres"

    def keys(self):
        return [4097083626]  # lock/session_locker_options.go


if __name__ == "__main__":
    dbr.main()
