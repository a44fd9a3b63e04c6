"""What PostgreSQL's scripts may hold, and what must come of it: what refuses a transaction, what ends one, quotes, COPY,
settings that outlive their script, mistakes, and the way down."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import script_case  # noqa: E402

PROCEDURE = """CREATE TABLE t (a int);
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO t VALUES (1);
  COMMIT;
  INSERT INTO t VALUES (2);
END $$;"""


class OutsideATransaction(script_case.Postgres):
    def test_what_refuses_one_needs_no_marker(self):
        self.dbmate("CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);", "VACUUM ANALYZE t;",
                    "CREATE TYPE mood AS ENUM ('ok');",
                    "ALTER TYPE mood ADD VALUE 'sad';\nCREATE TABLE moods (m mood);\nINSERT INTO moods VALUES ('sad');")
        steps = self.up("--json").json["steps"]
        self.assertEqual([step["in_transaction"] for step in steps], [False, False, True, False])
        self.assertEqual((self.invalid(), self.one("SELECT m FROM moods"), self.applied()), ([], "sad", ["1", "2", "3", "4"]))
        self.assertEqual(self.one("SELECT last_analyze IS NOT NULL FROM pg_stat_user_tables WHERE relname = 't'"), "t")
        self.assertIsNone(self.status()["unfinished"])

    def test_commit_in_a_file_with_markers_is_refused(self):
        self.dbmate(("CREATE TABLE t (a int);\nCOMMIT;\nCREATE TABLE u (a int);", "DROP TABLE t;\nROLLBACK;"))
        said = self.error(4, "up")
        self.assert_says(said, "1_m.sql:3: COMMIT would end the transaction", "nothing of it was run",
                         "-- migrate:up transaction:false")
        self.assertEqual(self.exists("t", "u"), [False, False])
        self.file("1_m.sql", "-- migrate:up transaction:false\nCREATE TABLE t (a int);\nCOMMIT;\n"
                             "-- migrate:down\nDROP TABLE t;\nROLLBACK;\n")
        self.up()
        self.assert_says(self.error(4, "down", "--yes", "--to", "none"), "1_m.sql:6: ROLLBACK",
                         "-- migrate:down transaction:false")
        self.assertEqual((self.exists("t"), self.applied()), ([True], ["1"]))

    def test_commit_in_a_file_without_markers(self):
        self.golang("CREATE TABLE t (a int);\nCOMMIT;\nCREATE TABLE u (a int);", "BEGIN;\nCREATE TABLE v (a int);\nCOMMIT;")
        steps = self.up("--json").json["steps"]
        self.assertEqual([step["in_transaction"] for step in steps], [False, True])
        self.assertEqual((self.exists("t", "u", "v"), self.query("SELECT * FROM schema_migrations")),
                         ([True] * 3, [("2", "f")]))

    def test_a_transaction_of_its_own(self):
        self.golang("CREATE TABLE t (a int);\nBEGIN;\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1 / 0);\nCOMMIT;\n"
                    "CREATE TABLE u (a int);")
        said = self.error(6, "up")
        self.assert_says(said, "1_m.up.sql:4: statement 4 of 6 (INSERT t) failed: division by zero",
                         "statement 1 of 6 is in effect")
        self.assertEqual(self.query("SELECT * FROM t"), [])
        left = self.status()["unfinished"]
        self.assertEqual((left["done"], left["line"], left["statement"]), (1, 2, "BEGIN to its end"))
        self.assertIn("line 4, INSERT t: division by zero", left["problem"])
        self.ok("migrate", "resume", "--skip")
        self.assertEqual((self.exists("u"), self.query("SELECT * FROM t")), ([True], []))
        self.assertEqual(self.query("SELECT * FROM schema_migrations"), [("1", "f")])

    def test_code_that_commits(self):
        self.dbmate(PROCEDURE, "CALL fill();")
        said = self.error(6, "up")
        self.assert_says(said, "2_m.sql:2: statement 1 of 1 (CALL fill) failed: invalid transaction termination",
                         "nothing of 2_m is applied; 1 migration before it, the last 1_m, is applied",
                         "if this CALL ends the transaction itself", "-- migrate:up transaction:false")
        self.assertEqual(self.query("SELECT * FROM t"), [])
        self.dbmate("CALL fill();", alone=True, first=2)
        self.up()
        self.assertEqual(self.one("SELECT count(*) FROM t"), "2")

    def test_code_that_commits_without_markers(self):
        self.golang(PROCEDURE, "CALL fill();", "DO $$ BEGIN INSERT INTO t VALUES (3); COMMIT; END $$;")
        self.up()
        self.assertEqual((self.one("SELECT sum(a) FROM t"), self.query("SELECT * FROM schema_migrations")),
                         ("6", [("3", "f")]))
        self.golang("SELECT 1;\nCALL fill();", first=4)
        self.assert_says(self.error(1, "up"), "4_m.up.sql:2", "into a migration of its own")
        self.assertEqual(self.one("SELECT sum(a) FROM t"), "6")

    def test_a_transaction_left_open(self):
        for write in (lambda text: self.golang(text), lambda text: self.dbmate(text, alone=True)):
            with self.subTest():
                write("CREATE TABLE t (a int);\nBEGIN;\nCREATE TABLE u (a int);")
                self.assert_says(self.error(2, "up"), "BEGIN begins a transaction that the script does not end",
                                 "nothing of the file was run")
                self.assertEqual(self.exists("t", "u"), [False, False])
                self.clear()
                self.configure()
        self.golang("CREATE TABLE t (a int);\nBEGIN;\nCREATE TABLE u (a int);\nCOMMIT AND CHAIN;\nCREATE TABLE v (a int);")
        self.assert_says(self.error(6, "up"), "not ended, and was rolled back")
        self.assertEqual(self.exists("t", "u", "v"), [True, True, False])

    def test_a_down_outside_a_transaction(self):
        """golang-migrate's table names the version that a down goes to while it is dirty."""
        self.golang(("CREATE TABLE t (a int);", "DROP TABLE t;\nVACUUM;\nSELECT 1 / 0;"))
        self.up()
        self.assert_says(self.error(6, "down", "--yes", "--to", "none"), "1_m.down.sql:3",
                         "statements 1 to 2 of 3 are in effect")
        self.assertEqual(self.query("SELECT * FROM schema_migrations"), [("-1", "t")])
        status = self.status()
        self.assertEqual([(each["name"], each["state"]) for each in status["migrations"]], [("1_m", "failed")])
        self.assertEqual((status["unfinished"]["direction"], status["unfinished"]["done"]), ("down", 2))
        self.assert_says(self.error(4, "up"), "an earlier run is unfinished: down of 1_m", "statements 1 to 2 of 3")
        self.file("1_m.down.sql", "DROP TABLE t;\nVACUUM;\nSELECT 1;")
        self.ok("migrate", "resume")
        self.assertEqual((self.query("SELECT * FROM schema_migrations"), self.states()), ([], ["pending"]))

    def test_a_down_mended_by_hand(self):
        for is_applied in ("--applied", "--reverted"):
            with self.subTest(is_applied):
                self.golang(("CREATE TABLE IF NOT EXISTS t (a int);", "DROP TABLE t;"),
                            ("CREATE TABLE IF NOT EXISTS u (a int);", "DROP TABLE u;\nVACUUM;\nSELECT 1 / 0;"))
                self.up()
                self.error(6, "down", "--yes", "--to", "1")
                self.ok("migrate", "resolve", "2", is_applied)
                self.assertEqual(self.states(), ["applied", "applied" if is_applied == "--applied" else "pending"])
                self.assertEqual(self.query("SELECT * FROM schema_migrations"),
                                 [("2" if is_applied == "--applied" else "1", "f")])

    def test_resumed_with_what_was_set(self):
        self.dbmate("CREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1 / 0);\n"
                    "CREATE TABLE u (a int);", alone=True)
        self.error(6, "up")
        self.ok("migrate", "resume", "--skip")
        self.assertEqual(self.exists("s.t", "s.u", "public.u"), [True, True, False])

    def test_files_that_changed_meanwhile(self):
        self.dbmate("CREATE TABLE t (a int);\nSELECT 1 / 0;", alone=True)
        self.error(6, "up")
        self.dbmate("CREATE TABLE other (a int);\nSELECT 1;", alone=True)
        self.assert_says(self.error(4, "resume"), "the first statement of 1_m.sql changed since it was run",
                         "migrate resolve 1 --applied")
        self.dbmate("CREATE TABLE t (a int);\nSELECT 1;", alone=True)
        self.ok("migrate", "resume")
        self.assertEqual(self.applied(), ["1"])


class Text(script_case.Postgres):
    def test_bodies(self):
        self.dbmate("CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $body$ BEGIN\n-- it's; a\nRETURN 'a;' || $$b;$$; "
                    "END $body$;\nCREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
                    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1; SELECT 2';\n/* ; /* ; */ ; */ SELECT E'\\';';")
        self.assertEqual(len(self.up("--json").json["steps"][0]["statements"]), 4)
        self.assertEqual(self.query("SELECT f(), g()"), [("a;b;", "2")])

    def test_copy(self):
        self.dbmate("CREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n1\ta;b\n2\t\\N\n-- migrate:no\n3\tc\n\\.\n"
                    "INSERT INTO t VALUES (4);")
        said = self.error(1, "up")
        self.assert_says(said, "1_m.sql:3: statement 2 of 3 (COPY t) failed: invalid input syntax for type integer")
        self.assertEqual(self.exists("t"), [False])
        self.dbmate("CREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n1\ta;b\n2\t\\N\n\\.\nINSERT INTO t VALUES (4);")
        self.assertEqual(self.up("--json").json["steps"][0]["statements"][1]["rows"], 2)
        self.assertEqual(self.query("SELECT * FROM t ORDER BY a"), [("1", "a;b"), ("2", None), ("4", None)])

    def test_large(self):
        row = "INSERT INTO t (b) VALUES ('" + "x" * 80 + "');\n"
        values = ",\n".join(f"({i}, '{'y' * 80}')" for i in range(50_000))
        self.dbmate("CREATE TABLE t (a int, b text);\n" + row * 45_000, "INSERT INTO t VALUES\n" + values + ";")
        self.up()
        self.assertEqual(self.query("SELECT count(a), count(*) FROM t"), [("50000", "95000")])

    def test_line_ends_and_marks(self):
        self.file("1_m.sql", b"-- migrate:up\r\nCREATE TABLE t (a int);\r\n\r\nINSERT INTO t VALUES (1);\r\n"
                             b"-- migrate:down\r\nDROP TABLE t;\r\n")
        self.file("2_m.sql", b"-- migrate:up\r\nSELECT 1;\r\nSELECT nothing;\r\n-- migrate:down\r\n")
        self.assert_says(self.error(6, "up"), "2_m.sql:3: statement 2 of 2 (SELECT) failed", '"nothing" does not exist')
        self.assertEqual(self.one("SELECT a FROM t"), "1")
        self.clear()
        self.psql("DROP TABLE t, schema_migrations")
        self.golang(b"\xef\xbb\xbfCREATE TABLE t (a int);\r\nCREATE TABLE u (a int)\r\n")
        self.up()
        self.assertEqual(self.exists("t", "u"), [True, True])

    def test_only_comments(self):
        self.dbmate("-- nothing yet;\n/* ; */\n;;")
        self.assertEqual(self.up("--json").json["steps"][0]["statements"], [])
        self.assertEqual(self.applied(), ["1"])
        self.down("none")
        self.assertEqual(self.applied(), [])


class Settings(script_case.Postgres):
    def test_search_path(self):
        for number, change in enumerate(("SET search_path = s", "SELECT set_config('search_path', 's', false)"), 1):
            for alone in (False, True):
                with self.subTest(change, alone=alone):
                    version = 2 * number + alone
                    self.psql("DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; DROP TABLE IF EXISTS t, u")
                    self.dbmate(f"{change};\nCREATE TABLE t (a int);", alone=alone, first=10 * version)
                    self.dbmate("CREATE TABLE u (a int);", first=10 * version + 1)
                    self.up()
                    self.assertEqual(self.exists("s.t", "public.t", "s.u", "public.u", "s.schema_migrations"),
                                     [True, False, False, True, False])
                    self.assertEqual(self.applied()[-2:], [f"{version}0", f"{version}1"])

    def test_role(self):
        self.server.role("weak")
        self.psql("GRANT CREATE ON SCHEMA public TO weak")
        for alone in (False, True):
            self.dbmate(f"SET ROLE weak;\nCREATE TABLE t{alone:d} (a int);", alone=alone, first=1 + 2 * alone)
            self.dbmate(f"CREATE TABLE u{alone:d} (a int);", first=2 + 2 * alone)
            self.up()
            self.assertEqual(self.query("SELECT relname, relowner::regrole FROM pg_class WHERE relkind = 'r' AND relname ~ "
                                        f"'^[tu]{alone:d}$' ORDER BY 1"),
                             [(f"t{alone:d}", "weak"), (f"u{alone:d}", "postgres")])
        self.assertEqual(self.applied(), ["1", "2", "3", "4"])

    def test_the_role_of_the_login(self):
        """ALTER ROLE … SET role is how deployments own what they make."""
        self.server.role("owner_of_all", "NOLOGIN")
        self.server.role("deploys", "LOGIN IN ROLE owner_of_all")
        self.psql("ALTER ROLE deploys SET role = owner_of_all; GRANT CREATE ON SCHEMA public TO owner_of_all")
        self.environment["APP_URL"] = self.server.url(self.database, "deploys")
        self.dbmate("CREATE TABLE t (a int);", "SET ROLE NONE;\nSELECT 1;", "CREATE TABLE u (a int);")
        self.up()
        self.assertEqual(self.query("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname IN "
                                    "('t', 'u', 'schema_migrations')"), [("owner_of_all", )])


class Mistakes(script_case.Postgres):
    def test_in_the_third(self):
        good = ("CREATE TABLE t (a int);", "CREATE TABLE u (a int);")
        self.dbmate(*good, "CREATE TABLE v (a int);\nCREATE TABEL w (a int);")
        said = self.error(6, "up")
        self.assert_says(said, '3_m.sql:3: statement 2 of 2 (CREATE tabel) failed: syntax error at or near "TABEL"',
                         "nothing of 3_m is applied; 2 migrations before it, the last 2_m, are applied",
                         "mend it, then run the command again")
        self.assertEqual((self.exists("t", "u", "v"), self.applied()), ([True, True, False], ["1", "2"]))
        self.dbmate("CREATE TABLE v (a int);\nINSERT INTO nowhere VALUES (1);", first=3)
        self.assert_says(self.error(1, "up"), '(INSERT nowhere) failed: relation "nowhere" does not exist', "mend it")
        self.dbmate("CREATE TABLE v (a int);", first=3)
        self.up()
        self.assertEqual((self.exists("v"), self.applied()), ([True], ["1", "2", "3"]))

    def test_at_the_commit(self):
        self.dbmate("CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t DEFERRABLE INITIALLY DEFERRED);\n"
                    "INSERT INTO t VALUES (1, 7);")
        self.assert_says(self.error(1, "up"), "1_m.sql: the COMMIT of its transaction failed: ", "foreign key",
                         "nothing of 1_m is applied")
        self.assertEqual(self.exists("t"), [False])

    def test_down(self):
        self.golang(("CREATE TABLE t (a int);", "DROP TABLE t;"), "CREATE TABLE u (a int);",
                    ("CREATE TABLE v (a int);", "DROP TABLE v;"))
        self.up("--to", "2_m")
        self.assertEqual((self.exists("u", "v"), self.applied()), ([True, False], ["2"]))
        self.assert_says(self.error(2, "down"), "--to VERSION", "--to none")
        self.assert_says(self.error(4, "down", "--yes", "--to", "3_m"), "3_m is not applied")
        self.assert_says(self.error(2, "down", "--yes", "--to", "9"), "there is no migration 9")
        self.assert_says(self.error(4, "down", "--to", "1"), "needs a confirmation", "--yes")
        self.up()
        self.assert_says(self.error(4, "down", "--yes", "--to", "1_m"), "2_m has no down script", "nothing was changed")
        self.assertEqual(self.exists("t", "u", "v"), [True, True, True])
        self.down("2_m")
        self.assertEqual((self.exists("u", "v"), self.applied()), ([True, False], ["2"]))
        self.assert_says(self.down("2").out, "nothing is to be reverted")


class Secrets(script_case.Postgres):
    parameters = {"tcp": True}

    def test_nothing_shows_a_password(self):
        self.server.role("with_password", "LOGIN SUPERUSER")
        self.environment["APP_URL"] = self.server.tcp_url(self.database, "with_password", "topsecret")
        self.dbmate("CREATE TABLE t (a int);\nCREATE ROLE with_password PASSWORD 'topsecret';")
        said = [self.error(1, "up")]
        self.assert_says(said[0], "statement 2 of 2 (CREATE ROLE with_password) failed")
        self.dbmate("VACUUM t;\nSELECT 'topsecret', pg_sleep(10);", alone=True)
        said.append(self.error(6, "up"))
        said.append(self.ok("migrate", "status").out)
        self.ok("migrate", "resolve", "1", "--reverted")
        self.dbmate("SELECT 'topsecret', pg_sleep(10);")
        run = self.background("migrate", "up")
        self.wait_until(self.backends, "the statement runs")
        status = self.run_it("migrate", "status")
        self.assert_says(status.err, "SELECT")
        self.end(run)
        said += [repr(status), self.fails(5, "migrate", "up", "--json").out]
        self.environment["APP_URL"] = self.server.tcp_url("nowhere", "with_password", "topsecret")
        said.append(self.error(1, "up", "--verbose"))
        for folder, _, names in os.walk(self.repo):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    said.append(file.read().decode(errors="replace"))
        self.assertEqual([text for text in said if "topsecret" in text], [])


if __name__ == "__main__":
    dbr.main()
