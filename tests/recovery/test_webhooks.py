"""What is posted to webhooks, as a real HTTP server receives it; and that no receiver, however it behaves, changes how a
deploy or a way back ends."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postmaster  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402
import receiver  # noqa: E402


class Webhooks(deploy_case.Words):
    def prepare(self):
        self.hooks = receiver.Receiver()
        self.addCleanup(self.hooks.close)
        super().prepare()
        self.environment["SLACK_WEBHOOK"] = self.hooks.url("/services/T0/B0/secret-token-1")
        self.subscribe(("env:SLACK_WEBHOOK", "slack"), (self.hooks.url("/json"), "json"))

    def subscribe(self, *whom):
        self.more = "".join(f"[[notify]]\nurl = '{url}'\nformat = '{kind}'\n"
                            "on = ['deploy', 'deploy_failed', 'rollback', 'verify_failed']\n" for url, kind in whom)
        self.configure()

    def events(self):
        return [documents.event(each) for each in self.hooks.documents("/json")]

    def test_a_release_and_its_way_back(self):
        self.deployed("v1")
        self.deployed("v2")
        self.roll_back()
        self.assertEqual(self.events(), ["deploy_completed", "deploy_completed", "rollback_started",
                                         "rollback_completed"])
        _, headers, first = self.hooks.got[0]
        self.assertEqual(headers["Content-Type"].split(";")[0], "application/json")
        for document in self.hooks.documents("/json"):
            self.assertEqual(document["schema_version"], 1)
            self.assertIn("app", json.dumps(document))
        slack = self.hooks.documents("/services/T0/B0/secret-token-1")
        self.assertEqual(len(slack), 4)
        for document in slack:
            self.assertTrue(document["text"])
            self.assertIn("app", document["text"])
        self.assertIn("v2", slack[1]["text"])
        self.assertIn("v1", slack[3]["text"])

    def test_in_two(self):
        """A database that is ready is no deploy that is completed."""
        self.checkout("v1")
        self.ok("hook", "pre-deploy", "--app-version", "v1")
        self.assertEqual(self.events(), [])
        self.assert_says(self.ok("report"), "The database of app is ready for v1.")
        self.control_it("switch", "v1")
        self.control_it("start")
        self.ok("hook", "post-deploy")
        self.assertEqual(self.events(), ["deploy_completed"])

    def test_failures(self):
        self.deployed("v1")
        self.within = "300ms"
        self.configure()
        self.release("v2", deploy_case.V2, 2, broken="unready")
        self.deploy("v2", "--on-unhealthy", "rollback", status=7)
        self.assertEqual(self.events()[1:], ["deploy_failed", "rollback_started", "rollback_completed"])
        self.assertIn("v2", json.dumps(self.hooks.documents("/json")[1]))

    def test_a_failed_migration(self):
        self.deployed("v1")
        self.migrations["20261102_fails"] = ("INSERT INTO nowhere VALUES (1);", "")
        self.release("v3", (*deploy_case.V1, "20261102_fails"), 1)
        self.deploy("v3", status=1)
        self.assertEqual(self.events()[1:], ["deploy_failed"])

    def test_a_failed_way_back(self):
        self.deployed("v1")
        self.deployed("v2")
        os.rename(os.path.join(self.app, "releases", "v1"), os.path.join(self.app, "releases", "gone"))
        self.roll_back(status=6)
        self.assertEqual(self.events()[2:], ["rollback_started", "rollback_failed"])

    def test_only_what_was_asked_for(self):
        self.subscribe((self.hooks.url("/json"), "json"))
        self.more = self.more.replace("'deploy', 'deploy_failed', ", "")
        self.configure()
        self.deployed("v1")
        self.deployed("v2")
        self.assertEqual(self.events(), [])
        self.roll_back()
        self.assertEqual(self.events(), ["rollback_started", "rollback_completed"])

    def test_receivers_that_misbehave(self):
        """Nobody listens, an error, a name that is none, and one that never answers."""
        error, slow = receiver.Receiver(status=500), receiver.Receiver(delay=60)
        self.addCleanup(error.close)
        self.addCleanup(slow.close)
        closed = f"http://127.0.0.1:{postmaster.free_port()}/closed?token=secret-token-2"
        self.subscribe((closed, "json"), (error.url("/error"), "json"), ("http://nowhere.invalid/x", "json"),
                       (slow.url("/slow"), "json"), (self.hooks.url("/json"), "json"))
        began = time.monotonic()
        done = self.deploy("v1")
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(self.states(), [("v1", "confirmed")])
        self.assertEqual(self.events(), ["deploy_completed"])
        self.assertEqual(len(error.got), 1)
        self.assert_says(done, "warning", "500")
        self.assertNotIn("secret-token", self.said(done))


deploy_case.both(globals(), Webhooks, engines=[deploy_case.Sqlite])  # messages know nothing of databases
del Webhooks

if __name__ == "__main__":
    dbr.main()
