"""The drill of a release: A, B, A, B on one database. At each stop: whose fingerprint it has, what is counted, and what was
collected on the way."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402


class Drill(deploy_case.Words):
    def prepare(self):
        self.more_app = ("evidence = [['tail', '-n', '1', 'starts.log'], ['cat', 'no-such-file'], "
                         f"'http://127.0.0.1:{{port}}/api/health']\n")
        super().prepare()

    def configure(self):
        self.more_app = self.more_app.replace("{port}", str(self.port))
        super().configure()

    def stop_at(self, version, fingerprint, counts):
        self.assertEqual((self.runs(), self.is_ready()), (version, True))
        self.assertEqual(self.counts(), counts)
        self.assertEqual(self.schema_needs(), 1 if version == "v1" else 2)
        live = documents.fingerprint(self.ok("status", "--json").json)
        if fingerprint:
            self.assertEqual(live, fingerprint)
        return live

    def assert_evidence(self, version):
        """Collected before anything was changed: from the application that is left."""
        found = documents.evidence(self.report("latest:rollback"))
        start = next(text for source, (text, _) in found.items() if "starts.log" in source)
        self.assertEqual(json.loads(start)["version"], version)
        missing = next(problem for source, (_, problem) in found.items() if "no-such-file" in source)
        self.assertTrue(missing)
        health = next(text for source, (text, _) in found.items() if "/api/health" in source)
        self.assertEqual(json.loads(health)["status"], "ok")

    def drill(self, strategy, keeps):
        self.deployed("v1")
        counts = {"people": 3, "orders": 2}
        one = self.stop_at("v1", None, counts)
        self.add_orders("with A")
        at_snapshot = self.counts()

        second = documents.release_of(self.deployed("v2"))
        self.assertEqual(documents.fingerprints(second)[0], one)
        two = self.stop_at("v2", documents.fingerprints(second)[1], at_snapshot)
        self.assertNotEqual(one, two)
        self.add_orders("with B", "and again")

        back_to = self.counts() if keeps else at_snapshot
        done = self.roll_back("--strategy", strategy, "--json").json
        self.assertEqual(done["strategy"], strategy)
        self.stop_at("v1", one, back_to)
        self.assert_evidence("v2")
        self.add_orders("with A again")
        counts = self.counts()

        third = documents.release_of(self.deployed("v2"))
        self.assertEqual(documents.fingerprints(third), (one, two))
        self.stop_at("v2", two, counts)
        self.assert_started_well("v1", "v2", "v1", "v2")
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v2", "rolled_back"), ("v2", "confirmed")])
        self.assertEqual(self.ok("verify", "--all", "--level", "content").exit, 0)

    def test_by_reverse(self):
        self.drill("reverse", keeps=True)

    def test_by_restore(self):
        self.drill("restore", keeps=False)

    def test_the_application_alone(self):
        """Two releases of one schema: the database is not touched, and nothing is lost."""
        self.release("v1.1", deploy_case.V1, 1)
        self.deployed("v1")
        self.deployed("v1.1")
        self.add_orders("with v1.1")
        counts = self.counts()
        plan = self.plan()
        self.assertEqual(documents.proposed(plan), "app")
        self.assertEqual(documents.way(plan, "app")["losses"], [])
        snapshots = len(self.ok("list", "--json").json["snapshots"])
        self.roll_back()
        self.stop_at("v1", None, counts)
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), snapshots)
        self.assert_started_well("v1", "v1.1", "v1")
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v1.1", "rolled_back")])

    def test_two_releases_back(self):
        self.migrations["20261201_price"] = ("ALTER TABLE orders ADD COLUMN price int;",
                                             "ALTER TABLE orders DROP COLUMN price;")
        self.release("v3", (*deploy_case.V2, "20261201_price"), 2)
        self.deployed("v1")
        one = self.stop_at("v1", None, self.counts())
        self.deployed("v2")
        self.deployed("v3")
        self.add_orders("with v3")
        counts = self.counts()
        self.roll_back("--to", "v1", "--strategy", "reverse")
        self.stop_at("v1", one, counts)
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v2", "rolled_back"), ("v3", "rolled_back")])
        self.assert_started_well("v1", "v2", "v3", "v1")


deploy_case.both(globals(), Drill)
del Drill

if __name__ == "__main__":
    dbr.main()
