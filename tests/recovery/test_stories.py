"""The three stories of docs/stories.md, as they are told there: a migration that fails half way, one that works but whose
application does not, and damage that is noticed later."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402


class Stories(deploy_case.Words):
    def setUp(self):
        super().setUp()
        self.first = documents.release_of(self.deployed("v1"))
        self.assertEqual(self.runs(), "v1")
        self.add_orders("before")

    def test_a_migration_fails_half_way(self):
        """Of three migrations the first is applied, the second fails, and nobody gets to the third."""
        self.migrations.update({
            "20261102_prices": ("ALTER TABLE orders ADD COLUMN price int;\nUPDATE orders SET price = 5;",
                                "ALTER TABLE orders DROP COLUMN price;"),
            "20261103_fails": ("CREATE TABLE half (id int);\nINSERT INTO nowhere VALUES (1);", "DROP TABLE half;"),
            "20261104_never": ("CREATE TABLE never (id int);", "DROP TABLE never;")})
        self.release("v3", (*deploy_case.V1, "20261102_prices", "20261103_fails", "20261104_never"), 1)
        before = self.schema(), self.counts(), self.notes(), self.applied()

        failed = self.deploy("v3", status=6)
        self.assert_says(failed, "20261103", "20261102", "nowhere", "dbrollback rollback")
        self.assertEqual(self.applied(), ["20261001", "20261002", "20261102"])
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v3", "failed")])
        self.assert_says(self.run_it("status"), "v3", "failed")
        self.assertEqual(self.runs(), "v1", "it was never stopped: its migrations come first")

        plan = self.plan()
        self.assertEqual(documents.proposed(plan), "reverse")
        self.assertEqual(documents.losses(documents.way(plan, "reverse")), {})
        self.roll_back()
        self.assertEqual((self.schema(), self.counts(), self.notes(), self.applied()), before)
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v3", "rolled_back")])
        self.assert_fingerprint_is_that_of_v1()
        self.assertTrue(self.is_ready())
        self.assert_started_well()
        self.assertEqual({start["version"] for start in self.starts()}, {"v1"})

    def assert_fingerprint_is_that_of_v1(self):
        """By what the next deploy finds before its migrations."""
        after = documents.release_of(self.deployed("v1", "--no-app"))
        self.assertEqual(documents.fingerprints(after)[0], documents.fingerprints(self.first)[1])

    def test_the_application_is_broken(self):
        """Its migration works, and people order meanwhile: their orders are kept."""
        self.release("v2", deploy_case.V2, 2, broken="unready")
        before = self.schema()
        self.rehearse("v2")
        failed = self.deploy("v2", "--on-unhealthy", "leave", status=6)
        self.assert_says(failed, "503", "dbrollback rollback")
        self.assertEqual(self.states()[-1], ("v2", "migrated"))
        self.add_orders("while v2 was broken", "another")
        counted, notes = self.counts(), self.notes()

        plan = self.plan()
        self.assertEqual(documents.proposed(plan), "reverse")
        self.roll_back()
        self.assertEqual((self.counts(), self.notes()), (counted, notes), "what people wrote is kept")
        self.assertEqual(self.one("SELECT name FROM people WHERE id = (SELECT person FROM orders "
                                  "WHERE note = 'another')"), "First1 Last1")
        self.assertEqual(self.schema(), before)
        self.assertEqual((self.runs(), self.is_ready()), ("v1", True))
        self.assertEqual(self.states()[-1], ("v2", "rolled_back"))
        self.assert_started_well("v1", "v2", "v1")
        self.assert_fingerprint_is_that_of_v1()

    def test_damage_is_noticed_later(self):
        """The release was healthy; a day later names are gone that no down script brings back."""
        self.deployed("v2")
        at_snapshot = {"people": 4, "orders": 3}
        self.add_orders("after the deploy", "and another", "and one more")
        self.sql("UPDATE people SET first_name = '?', last_name = '?'")
        now = self.counts()

        estimated = self.plan("--strategy", "restore")
        exact = self.plan("--strategy", "restore", "--exact")
        expected = {table: now[table] - at_snapshot[table] for table in now}
        lost = documents.losses(documents.way(estimated, "restore"))
        for table, rows in expected.items():
            self.assertTrue(lost[table][1], "it is marked as an estimate")
            self.assertGreaterEqual(lost[table][0], rows, "updates may be counted too, and rows that were written twice")
        lost = documents.losses(documents.way(exact, "restore"))
        self.assertEqual({table: lost[table] for table in expected},
                         {table: (rows, False) for table, rows in expected.items()})
        done = self.roll_back("--strategy", "restore", "--to", "v1", "--json").json
        self.assertTrue(documents.is_healthy(done))

        lost = {table: now[table] - count for table, count in self.counts().items()}
        self.assertEqual(lost, expected, "what was said to be lost is what is lost")
        self.assertEqual(self.counts(), at_snapshot)
        self.assertEqual([name for name, in self.query("SELECT name FROM people ORDER BY id")],
                         ["Ann Lee", "Bob Ray", "Cy Fox", "First0 Last0"])
        self.assertEqual((self.runs(), self.is_ready()), ("v1", True))
        self.assert_started_well("v1", "v2", "v1")
        self.assert_fingerprint_is_that_of_v1()


deploy_case.both(globals(), Stories)
del Stories

if __name__ == "__main__":
    dbr.main()
