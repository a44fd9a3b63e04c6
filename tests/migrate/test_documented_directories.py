"""Diesel and Prisma, whose migrations are directories, from whose states we go on, and which would go on from ours:
their tables as documented_tools.py writes them by hand."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import documented_tools  # noqa: E402
import migrate_case  # noqa: E402
from migrate_case import dbr  # noqa: E402


class Diesel(migrate_case.BothWays):
    tool = documented_tools.Diesel

    def test_a_migration_without_a_way_back(self):
        self.it.up()
        os.remove(os.path.join(self.folder, "2026-01-03-100000_trigger", "down.sql"))
        before = self.it.state()
        said = self.fails(4, "migrate", "down", "--to", "none", "--yes").err
        self.assertIn("2026-01-03-100000_trigger", said)
        self.assertEqual(self.it.state(), before)
        self.assertEqual(self.down("20260103100000"), ["20260104100000"])

    def test_a_migration_that_another_release_brought(self):
        self.it.up()
        self.it.target.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20270101100000');")
        self.assertEqual(self.states(), ["applied"] * 4 + ["missing"])
        self.assertEqual(self.up(), [])
        self.assertIn("20270101100000", self.fails(4, "migrate", "down", "--to", "none", "--yes").err)


class DieselOnSqlite(Diesel, migrate_case.Case):
    pass


class DieselOnPostgres(Diesel, migrate_case.Case):
    engine = "postgres"


class Prisma(migrate_case.BothWays):
    tool = documented_tools.Prisma

    def test_a_failed_migration(self):
        self.it.up(1)
        self.it.fail(2)
        self.assertEqual(self.states(), ["applied", "failed", "pending", "pending"])
        name = self.it.title(2)
        for words in (["up"], ["down", "--to", "none", "--yes"]):
            self.assertIn(f"migrate resolve {name} --applied", self.fails(4, "migrate", *words).err)
        self.ok("migrate", "resolve", name, "--reverted")
        self.assertEqual(self.states(), ["applied"] + ["pending"] * 3)
        self.assertEqual(self.up(), self.versions[1:])
        self.it.assert_nothing_pending()

    def test_a_failed_migration_that_is_in_effect(self):
        self.it.up(1)
        self.it.fail(2)
        self.it.target.run("\n".join(self.written[1].up))
        self.ok("migrate", "resolve", self.it.title(2), "--applied")
        # As `prisma migrate resolve --applied` leaves it: the row that failed is rolled back, and another one is there.
        found = self.app.rows("SELECT rolled_back_at IS NOT NULL, finished_at IS NOT NULL FROM _prisma_migrations "
                              f"WHERE migration_name = '{self.it.title(2)}' ORDER BY finished_at IS NULL")
        yes, no = ("t", "f") if self.engine == "postgres" else ("1", "0")
        self.assertEqual(found, [(no, yes), (yes, no)])
        self.assertEqual(self.up(), self.versions[2:])

    def test_a_row_that_was_rolled_back(self):
        """`prisma migrate resolve --rolled-back`: it is pending, and its next row stands beside the old one."""
        self.it.up(1)
        self.it.fail(2)
        self.it.target.run(f"UPDATE _prisma_migrations SET rolled_back_at = {self.it.now} WHERE finished_at IS NULL;")
        self.assertEqual(self.states(), ["applied"] + ["pending"] * 3)
        self.assertEqual(self.up(), self.versions[1:])
        self.assertEqual(len(self.app.rows("SELECT 1 FROM _prisma_migrations")), 5)

    def test_a_script_that_has_changed(self):
        self.it.up()
        self.write(f"{self.it.title(1)}/migration.sql", self.it.text(1).replace("\n", "\r\n"))
        self.assertEqual([each["note"] for each in self.status()["migrations"]], [None] * 4)
        self.write(f"{self.it.title(1)}/migration.sql", self.it.text(1) + "-- more")
        notes = [each["note"] for each in self.status()["migrations"]]
        self.assertIn("changed", notes[0])
        self.assertEqual(notes[1:], [None] * 3)


class PrismaOnSqlite(Prisma, migrate_case.Case):
    pass


class PrismaOnPostgres(Prisma, migrate_case.Locks, migrate_case.Case):
    engine = "postgres"

    def keys(self):
        return [72707369]  # flavour/postgres.rs, acquire_lock


if __name__ == "__main__":
    dbr.main()
