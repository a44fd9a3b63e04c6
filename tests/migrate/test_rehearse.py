"""`migrate rehearse`: what does not come back is named with its table, its column and its number, and nothing else is; the
verdicts are kept, and neither the live database nor anything beside it is touched."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import script_case  # noqa: E402
from script_case import dbr, postgres  # noqa: E402



class Rehearse:
    """Beside script_case.Words. A schema that both engines have, rehearsed in each."""
    people = ("CREATE TABLE people (id INTEGER PRIMARY KEY, name text, email text, code text, born text)",
              "INSERT INTO people VALUES (1, 'Ann', 'a@x', '007', 'x'), (2, 'Bob', 'b@x', '8', 'y'), (3, 'Cy', NULL, '9', 'z')")
    notes = ("CREATE TABLE notes (what text)", "INSERT INTO notes VALUES ('one'), ('two'), ('two'), (NULL)")

    def setUp(self):
        super().setUp()
        self.sql(*self.people, *self.notes)
        place = self.path("tmp")
        os.mkdir(place)
        os.chmod(self.at, 0o711)  # a server for proofs is not run as root
        os.chmod(place, 0o777)
        self.environment["TMPDIR"] = place
        self.left = lambda: os.listdir(place)

    def take(self):
        return self.ok("snapshot", "--json").json["id"]

    def rehearse(self, status, *words):
        """Each migration's verdict and losses, by its version."""
        done = self.run_it("migrate", "rehearse", "--json", *words)
        self.assertEqual(done.exit, status, repr(done))
        self.assertEqual(done.json["lossless"], status == 0)
        self.assertEqual(self.left(), [])
        self.rehearsed_on = done.json["snapshot"]
        return {each["version"]: each for each in done.json["migrations"]}

    def assert_losses(self, rehearsal, *expected):
        """(object, words of the problem, rows); those of the schema alone have 0 rows."""
        self.assertEqual(rehearsal["verdict"], "lossy" if expected else "lossless", rehearsal)
        found = [(each["object"], each["problem"], each["rows"]) for each in rehearsal["losses"]]
        self.assertEqual([(name, rows) for name, _, rows in found], [(name, rows) for name, _, rows in expected], found)
        for (_, problem, _), (_, words, _) in zip(found, expected):
            self.assertIn(words, problem)

    def table(self, name, column=None):
        return f'table "{self.prefix}{name}"' + (f', column "{column}"' if column else "")

    # Both engines:

    def test_each_verdict(self):
        self.dbmate(("ALTER TABLE people DROP COLUMN email;", "ALTER TABLE people ADD COLUMN email text;"),
                    (f"UPDATE people SET code = {self.as_number};", "SELECT 1;"),
                    ("ALTER TABLE people RENAME COLUMN born TO birth;", "SELECT 1;"),
                    ("DELETE FROM notes WHERE what = 'two';", "INSERT INTO notes VALUES ('two');"),
                    ("DELETE FROM people WHERE id = 3;", "SELECT 1;"),
                    ("INSERT INTO people (id, name) VALUES (50, 'new');", "SELECT 1;"),
                    ("INSERT INTO notes VALUES ('new');", "SELECT 1;"),
                    ("DROP TABLE notes;", "SELECT 1;"))
        before = self.held()
        self.take()
        found = self.rehearse(3)
        self.assert_losses(found["1"], (self.table("people"), "columns are in another order", 0),
                           (self.table("people", "email"), "2 values changed", 2))
        self.assert_losses(found["2"], (self.table("people", "code"), "1 value changed", 1))
        self.assert_losses(found["3"], (self.table("people"), 'column "born" removed', 0),
                           (self.table("people"), 'column "birth" added', 0),
                           (self.table("people", "born"), "3 values lost", 3))
        self.assert_losses(found["4"], (self.table("notes"), "1 row lost or changed", 1))
        self.assert_losses(found["5"], (self.table("people"), "1 row lost", 1))
        self.assert_losses(found["6"], (self.table("people"), "1 row too many", 1))
        self.assert_losses(found["7"], (self.table("notes"), "1 row too many", 1))
        self.assert_losses(found["8"], (self.table("notes"), "removed", 0), (self.table("notes"), "3 rows lost", 3))
        self.assertEqual(self.held(), before)

    def test_lossless(self):
        self.dbmate(("ALTER TABLE people ADD COLUMN age int;", "ALTER TABLE people DROP COLUMN age;"),
                    ("CREATE TABLE made (id int PRIMARY KEY); INSERT INTO made VALUES (1);", "DROP TABLE made;"),
                    ("CREATE INDEX by_name ON people (name);", "DROP INDEX by_name;"),
                    ("CREATE TABLE mails AS SELECT id, email FROM people; UPDATE people SET email = NULL;",
                     "UPDATE people SET email = (SELECT m.email FROM mails m WHERE m.id = people.id); DROP TABLE mails;"),
                    ("ALTER TABLE people RENAME COLUMN name TO called;", "ALTER TABLE people RENAME COLUMN called TO name;"),
                    ("CREATE VIEW named AS SELECT id FROM people;", "DROP VIEW named;"),
                    ("DELETE FROM notes WHERE what = 'two';", "INSERT INTO notes VALUES ('two'), ('two');"),
                    ("INSERT INTO notes VALUES ('three');", "DELETE FROM notes WHERE what = 'three';"))
        self.take()
        for version, rehearsal in self.rehearse(0).items():
            with self.subTest(version):
                self.assert_losses(rehearsal)

    def test_no_way_back(self):
        self.golang("CREATE TABLE made (id int);", ("ALTER TABLE made ADD COLUMN c int;", "SELECT 1;\nDROP TABLE nowhere;"),
                    ("CREATE TABLE other (id int);", "DROP TABLE other;"))
        self.take()
        found = self.rehearse(3)
        self.assertEqual([each["verdict"] for each in found.values()], ["no way back", "no way back", "lossless"])
        self.assertEqual(found["1"]["problem"], "it has no down script")
        self.assert_says(found["2"]["problem"], "2_m.down.sql:2", "DROP TABLE nowhere", "nowhere")
        self.assertNotIn(self.path("tmp"), found["2"]["problem"])
        said = self.fails(3, "migrate", "rehearse").out
        self.assert_says(said, "no way back  1_m", "no way back  2_m", "lossless  3_m", "it has no down script", "2_m.down.sql:2")

    def test_an_up_that_fails(self):
        self.dbmate("CREATE TABLE made (id int);", "SELECT 1;\nINSERT INTO nowhere VALUES (1);", "SELECT 1;")
        self.take()
        before = self.held()
        said = self.error(1, "rehearse")
        self.assert_says(said, "2_m.sql:3", "nowhere", "the live database was not touched")
        self.assertNotIn(self.path("tmp"), said)
        self.assertEqual(self.held(), before)
        self.assertEqual(self.left(), [])

    def test_verdicts_are_kept(self):
        self.dbmate(("ALTER TABLE people DROP COLUMN email;", "ALTER TABLE people ADD COLUMN email text;"),
                    ("CREATE TABLE made (id int);", "DROP TABLE made;"))
        taken = self.take()
        self.rehearse(3)
        folder = os.path.join(self.repo, "rehearsals")
        kept = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                each = json.load(file)
            kept[each["version"]] = each
            self.assertEqual(name, each["scripts"] + ".json")
            self.assertEqual((each["snapshot"], each["database"]), (taken, "app"))
            self.assertTrue([key for key in each if "checksum" in key or "seal" in key or "hash" in key or "xxh" in key], each)
        self.assertEqual({version: each["verdict"] for version, each in kept.items()}, {"1": "lossy", "2": "lossless"})
        self.assertEqual([each["rows"] for each in kept["1"]["losses"]], [0, 2])
        self.rehearse(3)
        self.assertEqual(len(os.listdir(folder)), 2)
        self.dbmate(("ALTER TABLE people DROP COLUMN email;", "ALTER TABLE people ADD COLUMN email text; SELECT 1;"))
        self.rehearse(3)
        self.assertEqual(len(os.listdir(folder)), 3)
        self.ok("verify", "--all")

    def test_which_snapshot_and_how_far(self):
        self.dbmate(("DELETE FROM people;", "SELECT 1;"), ("CREATE TABLE made (id int);", "DROP TABLE made;"))
        first = self.take()
        self.sql("INSERT INTO people (id) VALUES (4), (5)")
        second = self.take()
        self.assertEqual([each["losses"][0]["rows"] for each in self.rehearse(3, "--to", "1").values()], [5])
        self.assertEqual(self.rehearsed_on, second)
        found = self.rehearse(3, "--to", "1", "--snapshot", first)
        self.assertEqual((list(found), found["1"]["losses"][0]["rows"]), (["1"], 3))
        self.assertEqual(self.rehearsed_on, first)
        self.fails(2, "migrate", "rehearse", "--to", "9")
        self.up("--to", "1")
        self.assertEqual(list(self.rehearse(3)), ["1", "2"])  # what is pending in the snapshot
        self.take()
        self.assertEqual(list(self.rehearse(0)), ["2"])  # the tool's own table is there, and disturbs nothing
        self.up()
        self.take()
        self.assertEqual(self.rehearse(0), {})

    def test_tables_named_like_the_tools_own(self):
        self.sql("CREATE TABLE schema_migrations_old (id int)", "INSERT INTO schema_migrations_old VALUES (1), (2)")
        self.dbmate("SELECT 1;", ("DELETE FROM schema_migrations_old;", "SELECT 1;"))
        self.up("--to", "1")
        self.take()
        self.assert_losses(self.rehearse(3)["2"], (self.table("schema_migrations_old"), "2 rows lost", 2))

    def test_no_snapshot(self):
        self.dbmate("SELECT 1;")
        self.assert_says(self.error(2, "rehearse"), "dbrollback snapshot")

    def test_interrupted(self):
        self.dbmate((self.endless, "SELECT 1;"))
        self.take()
        before = self.held()
        process = self.background("migrate", "rehearse")
        self.wait_until(self.left, "a copy")
        time.sleep(2)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(self.left(), [])
        self.assertEqual(self.held(), before)
        self.assertFalse(os.path.exists(os.path.join(self.repo, "rehearsals")))


class OnPostgres(Rehearse, script_case.Postgres):
    """On the same server, which needs no other one to be started; some on a temporary one."""
    prefix = "public."
    as_number = "code::int"
    endless = "SELECT pg_sleep(600);"

    def sql(self, *statements):
        self.psql(";\n".join(statements) + ";")

    def setUp(self):
        super().setUp()
        if self._testMethodName not in ("test_interrupted", "test_lossless", "test_an_up_that_fails"):
            self.environment["DBROLLBACK_SCRATCH_URL"] = self.server.url("postgres")

    def held(self):
        return self.server.dump(self.database), self.server.databases()

    def rehearse(self, status, *words):
        found = super().rehearse(status, *words)
        self.assertEqual([name for name in self.server.databases() if "dbrollback" in name or f"{self.database}_" in name], [])
        return found

    def test_defaults_and_types(self):
        self.sql("CREATE TABLE keys (id int PRIMARY KEY, token uuid DEFAULT gen_random_uuid())",
                 "INSERT INTO keys SELECT generate_series(1, 9)",
                 "CREATE TABLE codes (id int PRIMARY KEY, code text)",
                 "INSERT INTO codes VALUES (1, '007'), (2, '12'), (3, '0')",
                 "CREATE TABLE plain (a int, b numeric(10, 2))", "INSERT INTO plain VALUES (1, 1.25), (1, 1.25), (2, 3)")
        self.dbmate(("ALTER TABLE keys DROP COLUMN token;",
                     "ALTER TABLE keys ADD COLUMN token uuid DEFAULT gen_random_uuid();"),
                    ("ALTER TABLE codes ALTER code TYPE int USING code::int;", "ALTER TABLE codes ALTER code TYPE text;"),
                    ("ALTER TABLE plain ALTER b TYPE int;", "ALTER TABLE plain ALTER b TYPE numeric(10, 2);"),
                    ("ALTER TABLE codes ALTER code TYPE varchar(10);", "SELECT 1;"))
        self.take()
        found = self.rehearse(3)
        self.assert_losses(found["1"], (self.table("keys", "token"), "9 values changed", 9))
        self.assert_losses(found["2"], (self.table("codes", "code"), "1 value changed", 1))
        self.assert_losses(found["3"], (self.table("plain"), "2 rows lost or changed", 2))
        self.assert_losses(found["4"], (self.table("codes"), 'column "code" changed from integer to character varying(10)', 0))

    def test_what_is_not_lost(self):
        self.sql("CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, "
                 "s serial, twice int GENERATED ALWAYS AS (a * 2) STORED)", "INSERT INTO made (a) VALUES (1), (2), (3)",
                 "CREATE TABLE parts (id int, v text) PARTITION BY RANGE (id)",
                 "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)", "INSERT INTO parts VALUES (1, 'a')",
                 "CREATE TABLE sized (id int)", "CREATE TABLE below () INHERITS (sized)", "INSERT INTO below VALUES (1), (2)")
        self.dbmate(("ALTER TABLE made DROP COLUMN twice;",
                     "ALTER TABLE made ADD COLUMN twice int GENERATED ALWAYS AS (a * 2) STORED;"),
                    ("ALTER TABLE made ADD COLUMN b int;\nUPDATE made SET b = 1;", "ALTER TABLE made DROP COLUMN b;"),
                    ("INSERT INTO made (a) VALUES (4);", "DELETE FROM made WHERE a = 4;"),
                    ("CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);\nINSERT INTO parts VALUES (11, 'b');",
                     "DROP TABLE parts_2;"),
                    ("DELETE FROM below WHERE id = 1;", "SELECT 1;"),
                    ("ALTER TABLE made DROP COLUMN s;", "SELECT 1;"))
        self.dbmate(("CREATE INDEX CONCURRENTLY made_a ON made (a);", "DROP INDEX CONCURRENTLY made_a;"), first=7, alone=True)
        self.take()
        found = self.rehearse(3)
        for version in "12347":
            with self.subTest(version):
                self.assert_losses(found[version])
        self.assert_losses(found["5"], (self.table("below"), "1 row lost or changed", 1))
        self.assert_losses(found["6"], (self.table("made"), 'column "s" removed', 0),
                           ('sequence "public.made_s_seq"', "removed", 0),
                           (self.table("made", "s"), "4 values lost, with their column", 4))

    def test_odd_names(self):
        self.sql('CREATE SCHEMA "My Sales"', 'CREATE TABLE "My Sales"."Odd ""N" ("The Id" int PRIMARY KEY, "V V" text)',
                 """INSERT INTO "My Sales"."Odd ""N" VALUES (1, E'a\\tb\\n'), (2, '\\N'), (3, NULL)""",
                 f'ALTER DATABASE {postgres.quoted(self.database)} SET search_path = "My Sales"')
        self.dbmate(('UPDATE "Odd ""N" SET "V V" = NULL;', "SELECT 1;"),
                    ('ALTER TABLE "Odd ""N" ADD COLUMN x int;', 'ALTER TABLE "Odd ""N" DROP COLUMN x;'))
        self.take()
        found = self.rehearse(3)
        loss, = found["1"]["losses"]
        self.assertEqual((loss["rows"], loss["problem"]), (2, "2 values changed"))
        self.assert_says(loss["object"], 'Odd ""N', "V V")
        self.assert_losses(found["2"])

    def test_a_deferred_constraint(self):
        self.sql("CREATE TABLE child (of int REFERENCES people DEFERRABLE INITIALLY DEFERRED)")
        self.dbmate(("SELECT 1;", "INSERT INTO child VALUES (99);"))
        self.take()
        problem = self.rehearse(3)["1"]["problem"]
        self.assert_says(problem, "1_m.sql", "COMMIT", "violates foreign key")


class OnSqlite(Rehearse, script_case.Sqlite):
    prefix = ""
    as_number = "CAST(code AS INTEGER)"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"

    def sql(self, *statements):
        connection = dbr.sqlite3.connect(self.database)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def held(self):
        with open(self.database, "rb") as file:
            return file.read(), sorted(name for name in os.listdir(self.at) if name.startswith("app.db"))

    def test_types(self):
        """A value is more than its text."""
        self.sql("CREATE TABLE any (id INTEGER PRIMARY KEY, v)",
                 "INSERT INTO any VALUES (1, '7'), (2, 8), (3, x'61'), (4, 'a'), (5, 0.1), (6, NULL), (7, 'a' || char(0) || 'b')")
        self.dbmate(("UPDATE any SET v = CAST(v AS INTEGER) WHERE id = 1;", "SELECT 1;"),
                    ("UPDATE any SET v = CAST(v AS TEXT) WHERE id = 3;", "SELECT 1;"),
                    ("UPDATE any SET v = 0.1 + 1e-16 WHERE id = 5;", "SELECT 1;"),
                    ("UPDATE any SET v = 'a' || char(0) || 'c' WHERE id = 7;", "SELECT 1;"),
                    ("UPDATE any SET v = '' WHERE id = 6;", "SELECT 1;"),
                    ("UPDATE any SET v = v;", "SELECT 1;"))
        self.take()
        found = self.rehearse(3)
        for version in "12345":
            with self.subTest(version):
                self.assert_losses(found[version], (self.table("any", "v"), "1 value changed", 1))
        self.assert_losses(found["6"])

    def test_random_default(self):
        self.sql("CREATE TABLE keys (id INTEGER PRIMARY KEY, token)", "INSERT INTO keys VALUES (1, 11), (2, 12)")
        self.dbmate(("CREATE TABLE k AS SELECT id FROM keys; DROP TABLE keys; ALTER TABLE k RENAME TO keys;",
                     "CREATE TABLE k (id INTEGER PRIMARY KEY, token); INSERT INTO k SELECT id, random() FROM keys; "
                     "DROP TABLE keys; ALTER TABLE k RENAME TO keys;"))
        self.take()
        losses = self.rehearse(3)["1"]["losses"]
        self.assertIn((self.table("keys", "token"), "2 values changed", 2),
                      [(each["object"], each["problem"], each["rows"]) for each in losses])

    def test_generated_and_without_rowid(self):
        self.sql("CREATE TABLE g (a INTEGER, b AS (a * 2) STORED, c TEXT, PRIMARY KEY (a, c)) WITHOUT ROWID",
                 "INSERT INTO g (a, c) VALUES (1, 'x'), (1, 'y'), (2, 'x')",
                 "CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT, v)", "INSERT INTO numbered (v) VALUES (1), (2)")
        self.dbmate(("ALTER TABLE g ADD COLUMN d; UPDATE g SET d = 1;", "ALTER TABLE g DROP COLUMN d;"),
                    ("INSERT INTO numbered (v) VALUES (3);", "DELETE FROM numbered WHERE v = 3;"),
                    ("DELETE FROM g WHERE c = 'x';", "INSERT INTO g (a, c, d) VALUES (1, 'x', 1);"))
        self.take()
        found = self.rehearse(3)
        self.assert_losses(found["1"])
        self.assert_losses(found["2"])
        self.assert_losses(found["3"], (self.table("g"), "1 row lost", 1))


if __name__ == "__main__":
    dbr.main()
