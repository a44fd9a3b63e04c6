"""What is said to type next leads out of where one is: files that are gone, folders of another tool, states that a restore
brings back."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import script_case  # noqa: E402


class HalfWay:
    """A first migration that is applied, and a second that is left half way: its first statement is in effect."""

    def half_way(self):
        self.dbmate("CREATE TABLE t (a int);")
        self.up()
        self.dbmate("INSERT INTO t VALUES (1); SELECT nothing;", alone=True, first=2)
        self.error(6, "up")
        self.assertEqual(self.status()["unfinished"]["done"], 1)

    def test_the_file_is_gone(self):
        self.half_way()
        os.remove(self.path("migrations", "2_m.sql"))
        self.error(4, "up")
        self.ok("migrate", "resolve", "2", "--reverted")
        self.assertIsNone(self.status()["unfinished"])
        self.up()
        self.half_way_again_and_applied()

    def half_way_again_and_applied(self):
        self.dbmate("INSERT INTO t VALUES (2); SELECT nothing;", alone=True, first=2)
        self.error(6, "up")
        os.remove(self.path("migrations", "2_m.sql"))
        self.ok("migrate", "resolve", "2", "--applied")
        self.assertEqual(self.states(), ["applied", "missing"])
        self.assertIn("has no such migration", self.up().err)
        self.ok("migrate", "resolve", "2", "--reverted")
        self.assertEqual(self.states(), ["applied"])

    def test_a_restore_and_back(self):
        self.dbmate("CREATE TABLE t (a int);")
        self.up()
        self.ok("snapshot")
        self.dbmate("INSERT INTO t VALUES (1); SELECT nothing;", alone=True, first=2)
        self.error(6, "up")
        restored = self.ok("restore", "latest", "--yes", "--json").json
        self.assertIsNone(self.status()["unfinished"], "what was half way is undone")
        self.back(restored)
        self.assertEqual(self.status()["unfinished"]["done"], 1, "and it is half way again")
        self.dbmate("INSERT INTO t VALUES (1); SELECT 1;", alone=True, first=2)
        self.ok("migrate", "resume")
        self.assertEqual([a for a, in self.query("SELECT a FROM t")], [self.number(1)], "not twice")

    def test_an_empty_down(self):
        self.dbmate(("CREATE TABLE t (a int);", ""))
        self.up()
        self.assertIn("the down of 1_m is empty", self.down("none").err)

    def test_folders_of_others(self):
        self.dbmate("CREATE TABLE t (a int);")
        self.configure("migrations_format = 'diesel'\n")
        self.assert_says(self.error(2, "up"), "no file in", "is a migration of diesel")
        self.configure()
        self.clear()
        self.assert_says(self.error(2, "up"), "there is no migration in")

    def test_a_link_within_the_folder(self):
        self.dbmate("CREATE TABLE t (a int);")
        os.symlink("1_m.sql", self.path("migrations", "2_m.sql"))
        self.assertEqual(self.states(), ["pending", "pending"])
        os.symlink("/etc/passwd", self.path("migrations", "3_m.sql"))
        self.assert_says(self.error(2, "up"), "is a link that leads out of the folder")

    def test_places_that_were_typed(self):
        self.half_way()
        os.rename(self.path("migrations"), self.path("elsewhere"))
        said = self.error(4, "up", "--migrations", "elsewhere", "--database", "app")
        self.assertIn("`dbrollback migrate resume --migrations elsewhere --database app`", said)
        said = self.ok("migrate", "status", "--migrations", "elsewhere").out
        self.assertIn("dbrollback migrate resume --migrations elsewhere", said)


class OnSqlite(HalfWay, script_case.Sqlite):
    number = staticmethod(int)

    def back(self, restored):
        self.ok("restore", restored["snapshot_before"], "--yes")


class OnPostgres(HalfWay, script_case.Postgres):
    number = staticmethod(str)

    def back(self, restored):
        self.assertTrue(restored["kept_database"])
        self.ok("restore", "--undo", "--yes")

    def test_not_utf8(self):
        self.file("1_m.sql", b"-- migrate:up\nSELECT 1;\nSELECT 'caf\xe9';\n-- migrate:down\nSELECT 1;\n")
        self.assert_says(self.error(2, "up"), "1_m.sql:3: is not UTF-8")

    def test_the_tools_own_table_is_dropped(self):
        self.dbmate("CREATE TABLE t (a int); DROP TABLE schema_migrations;")
        said = self.error(1, "up")
        self.assert_says(said, "after 1_m.sql, the table of dbmate could not be written", "nothing of 1_m is applied")
        self.assertEqual(self.exists("t"), [False])


if __name__ == "__main__":
    dbr.main()
