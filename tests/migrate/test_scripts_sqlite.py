"""What SQLite's scripts may hold, and what must come of it: tables that are made again, rows that must not go with them,
what refuses a transaction, mistakes, and locks."""
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import script_case  # noqa: E402

TABLES = """CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, v);
CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE);
INSERT INTO p (v) VALUES ('a'), ('b');
INSERT INTO c (p) VALUES (1), (2), (2);"""
REBUILD = """CREATE TABLE new_p (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT NOT NULL);
INSERT INTO new_p SELECT id, v FROM p;
DROP TABLE p;
ALTER TABLE new_p RENAME TO p;"""


class Rebuilds(script_case.Sqlite):
    def setUp(self):
        super().setUp()
        self.dbmate(TABLES)
        self.up()

    def assert_rebuilt(self):
        self.assertEqual(self.query("SELECT * FROM p"), [(1, "a"), (2, "b")])
        self.assertEqual(self.query("SELECT p FROM c ORDER BY id"), [(1, ), (2, ), (2, )])
        self.assertEqual(self.query("PRAGMA foreign_key_check"), [])
        self.assertIn("NOT NULL", self.one("SELECT sql FROM sqlite_schema WHERE name = 'p'"))

    def test_with_and_without_pragmas(self):
        for number, script in enumerate((REBUILD, f"PRAGMA foreign_keys = off;\n{REBUILD}\nPRAGMA foreign_keys = on;",
                                         f"PRAGMA foreign_keys=OFF;\n{REBUILD}\nPRAGMA foreign_key_check;"), 2):
            with self.subTest(number):
                self.dbmate(script, first=number)
                step = self.up("--json").json["steps"][0]
                self.assertTrue(step["in_transaction"])
                self.assert_rebuilt()

    def test_in_a_transaction_of_its_own(self):
        script = f"PRAGMA foreign_keys=OFF;\nBEGIN;\n{REBUILD}\nCOMMIT;\nPRAGMA foreign_keys=ON;"
        self.dbmate(script, first=2)
        self.assert_says(self.error(4, "up"), "2_m.sql:3: BEGIN would end", "transaction:false")
        self.dbmate(script, alone=True, first=2)
        self.up()
        self.assert_rebuilt()

    def test_with_foreign_keys_on(self):
        """Outside a transaction they can be on, and take the children away."""
        self.dbmate(f"PRAGMA foreign_keys=ON;\n{REBUILD}", alone=True, first=2)
        said = self.error(6, "up")
        self.assert_says(said, "2_m.sql deletes 3 rows of c, which it does not name", "make it again with them off")
        self.assertEqual(self.applied(), ["1"])

    def test_orphans(self):
        for number, script in enumerate(("DELETE FROM p WHERE id = 2;", "INSERT INTO c (p) VALUES (8), (9);",
                                         "DROP TABLE c;\nCREATE TABLE c (p REFERENCES p);\nINSERT INTO c VALUES (8), (9);")):
            with self.subTest(number):
                self.dbmate(script, first=2)
                said = self.error(4, "up")
                self.assert_says(said, "2_m.sql leaves rows without what they refer to: 2 rows of table c",
                                 "nothing of 2_m is applied", "delete those rows in the script too")
                self.assertEqual((self.one("SELECT count(*) FROM p"), self.one("SELECT count(*) FROM c"), self.applied()),
                                 (2, 3, ["1"]))
        self.dbmate("DELETE FROM p WHERE id = 2;\nDELETE FROM c WHERE p = 2;", first=2)
        self.up()

    def test_orphans_that_were_there(self):
        connection = sqlite3.connect(self.database)
        connection.execute("INSERT INTO c (p) VALUES (7), (8)")
        connection.commit()
        connection.close()
        self.dbmate("DELETE FROM c WHERE p = 8;", first=2)
        self.up()
        self.assertEqual(self.one("SELECT count(*) FROM c"), 4)

    def test_triggers_may_delete(self):
        self.dbmate("CREATE TRIGGER gone AFTER DELETE ON p BEGIN DELETE FROM c WHERE p = OLD.id; END;",
                    "DELETE FROM p WHERE id = 2;", first=2)
        self.up()
        self.assertEqual(self.query("SELECT p FROM c"), [(1, )])


class Scripts(script_case.Sqlite):
    def test_what_refuses_a_transaction(self):
        self.dbmate("CREATE TABLE t (a);\nVACUUM;", "PRAGMA journal_mode = WAL;\nCREATE TABLE u (a);", "CREATE TABLE v (a);")
        steps = self.up("--json").json["steps"]
        self.assertEqual([step["in_transaction"] for step in steps], [False, False, True])
        self.assertEqual((self.one("PRAGMA journal_mode"), self.exists("t", "u", "v"), self.applied()),
                         ("wal", [True] * 3, ["1", "2", "3"]))

    def test_commit(self):
        self.dbmate("CREATE TABLE t (a);\nCOMMIT;\nCREATE TABLE u (a);")
        self.assert_says(self.error(4, "up"), "1_m.sql:3: COMMIT", "nothing of it was run")
        self.assertEqual(self.exists("t", "u"), [False, False])
        self.dbmate("BEGIN IMMEDIATE;\nCREATE TABLE t (a);\nEND;")
        self.assertTrue(self.up("--json").json["steps"][0]["in_transaction"])
        self.assertEqual((self.exists("t"), self.applied()), ([True], ["1"]))

    def test_mistakes(self):
        self.dbmate("CREATE TABLE t (a);", "CREATE TABLE u (a);", "CREATE TABLE v (a);\nCREATE TABEL w (a);")
        self.assert_says(self.error(6, "up"), '3_m.sql:3: statement 2 of 2 (CREATE TABEL) failed: near "TABEL": syntax error',
                         "nothing of 3_m is applied; 2 migrations before it, the last 2_m, are applied", "mend it")
        self.assertEqual((self.exists("t", "u", "v"), self.applied()), ([True, True, False], ["1", "2"]))
        self.dbmate("CREATE TABLE v (a);\nINSERT INTO v VALUES (1, 2);", first=3)
        self.assert_says(self.error(1, "up"), "table v has 1 columns but 2 values were supplied")
        self.dbmate("CREATE TABLE v (a);", first=3)
        self.up()
        self.assertEqual(self.applied(), ["1", "2", "3"])

    def test_outside_a_transaction(self):
        self.dbmate("CREATE TABLE t (a);\nBEGIN;\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1, 2);\nCOMMIT;\n"
                    "CREATE TABLE u (a);", alone=True)
        self.assert_says(self.error(6, "up"), "1_m.sql:5: statement 4 of 6 (INSERT t) failed", "statement 1 of 6 is in effect")
        self.assertEqual((self.query("SELECT * FROM t"), self.status()["unfinished"]["done"]), ([], 1))
        self.dbmate("CREATE TABLE t (a);\nBEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\nCREATE TABLE u (a);", alone=True)
        self.ok("migrate", "resume")
        self.assertEqual((self.query("SELECT * FROM t"), self.exists("u"), self.applied()), ([(1, )], [True], ["1"]))

    def test_settings_go_with_their_script(self):
        self.dbmate("PRAGMA recursive_triggers = ON;\nPRAGMA foreign_keys = ON;\nVACUUM;", "CREATE TABLE t (a);", TABLES,
                    "DROP TABLE p;\nDROP TABLE c;")
        self.up()
        self.assertEqual(self.exists("t", "p", "c"), [True, False, False])

    def test_conflict_clauses(self):
        """Two that end the transaction as they fail."""
        for number, fails in enumerate(("INSERT OR ROLLBACK INTO t VALUES (1);", "INSERT INTO u VALUES (1);")):
            with self.subTest(number):
                self.dbmate("CREATE TABLE t (a PRIMARY KEY);\nINSERT INTO t VALUES (1);\nCREATE TABLE u (a);\nCREATE TRIGGER no "
                            f"BEFORE INSERT ON u BEGIN SELECT RAISE(ROLLBACK, 'no; more'); END;\n{fails}")
                self.assert_says(self.error(1, "up"), "statement 5 of 5", "nothing of 1_m is applied")
                self.assertEqual(self.exists("t", "u"), [False, False])

    def test_large(self):
        row = "INSERT INTO t (b) VALUES ('" + "x" * 80 + "');\n"
        values = ",\n".join(f"({i}, '{'y' * 80}')" for i in range(50_000))
        self.dbmate("CREATE TABLE t (a, b);\n" + row * 45_000, "INSERT INTO t VALUES\n" + values + ";")
        self.up()
        self.assertEqual(self.query("SELECT count(a), count(*) FROM t"), [(50_000, 95_000)])

    def test_text(self):
        self.file("1_m.sql", b"-- migrate:up\r\nCREATE TABLE t (a);\r\nINSERT INTO t VALUES ('a;''b');\r\n-- migrate:down\r\n"
                             b"DROP TABLE t;\r\n")
        self.dbmate("-- only; comments\n/* ; */;", first=2)
        self.up()
        self.assertEqual((self.query("SELECT * FROM t"), self.applied()), ([("a;'b", )], ["1", "2"]))
        self.down("none")
        self.assertEqual((self.exists("t"), self.applied()), ([False], []))


class Locks(script_case.Sqlite):
    def hold(self):
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        self.addCleanup(connection.close)
        return connection

    def test_held_too_long(self):
        self.dbmate("")
        self.up()
        self.dbmate(("CREATE TABLE t (a);", "DROP TABLE t;"), first=2)
        holder = self.hold()
        said = self.error(5, "up", "--attempts", "2", "--lock-timeout", "200ms")
        self.assert_says(said, "app.db is locked by", "trying again (2 of 2)", "--lock-timeout")
        holder.execute("ROLLBACK")
        self.assertEqual(self.exists("t"), [False])
        self.up()
        holder.execute("BEGIN IMMEDIATE")
        self.assert_says(self.error(5, "down", "--yes", "--to", "1", "--attempts", "2", "--lock-timeout", "200ms"),
                         "nothing of 2_m is reverted, after 2 attempts")
        holder.execute("ROLLBACK")
        self.assertEqual((self.exists("t"), self.applied()), ([True], ["1", "2"]))

    def test_given_in_time(self):
        self.dbmate("CREATE TABLE t (a);")
        self.up()
        self.dbmate("CREATE TABLE u (a);", first=2)
        holder = self.hold()
        run = self.background("migrate", "up", "--attempts", "30", "--lock-timeout", "200ms")
        time.sleep(1)
        self.assertIsNone(run.poll())
        holder.execute("ROLLBACK")
        _, err = run.communicate(timeout=30)
        self.assertEqual((run.returncode, self.exists("u")), (0, [True]), err)

    def test_a_reader_keeps_it_from_committing(self):
        self.dbmate("CREATE TABLE t (a);\nINSERT INTO t VALUES (1);")
        self.up()
        reader = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(reader.close)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        self.dbmate("CREATE TABLE u (a);", first=2)
        self.error(5, "up", "--attempts", "2", "--lock-timeout", "200ms")
        reader.execute("ROLLBACK")
        self.assertEqual((self.exists("u"), self.applied()), ([False], ["1"]))
        self.up()

    def test_two_runs(self):
        self.ok("init", "--repository", self.path("other"), "--yes")
        numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500000) "
        self.dbmate(f"CREATE TABLE t (a);\nINSERT INTO t {numbers} SELECT i FROM n;")
        runs = [self.background("migrate", "up", "--lock-timeout", "30s", env={"DBROLLBACK_REPOSITORY": self.path(each)})
                for each in ("repo", "other")]
        said = [run.communicate(timeout=60)[1].decode() for run in runs]
        self.assertIn(sorted(run.returncode for run in runs), ([0, 0], [0, 4]), said)
        self.assertEqual((self.one("SELECT count(*) FROM t"), self.applied()), (500_000, ["1"]))


if __name__ == "__main__":
    dbr.main()
