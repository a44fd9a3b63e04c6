"""An application under load is deployed, turns out to be broken, and is taken back by the health gate without a hand; or is
left as it is, with what to type."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402
from traffic import Traffic  # noqa: E402


class HealthGate(deploy_case.Words):
    rto = "30s"
    within = "1500ms"

    def setUp(self):
        super().setUp()
        self.deployed("v1")

    def assert_all_kept(self, traffic):
        """Whatever somebody was told is written is there."""
        self.assertGreater(len(traffic.written), 20)
        self.assertEqual(set(traffic.written) - set(self.notes()), set())

    def test_a_good_release_under_load(self):
        with Traffic(self.port) as traffic:
            traffic.wait_for(10)
            deployed = self.deployed("v2")
            traffic.wait_for(10)
        self.assertTrue(documents.is_healthy(deployed))
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v2", "confirmed")])
        self.assertEqual(self.runs(), "v2")
        self.assert_all_kept(traffic)
        self.assert_started_well("v1", "v2")

    def drive_back(self, broken):
        self.release("v2", deploy_case.V2, 2, broken=broken)
        before = self.schema()
        self.rehearse("v2")
        with Traffic(self.port) as traffic:
            traffic.wait_for(10)
            started = time.monotonic()
            done = self.deploy("v2", "--on-unhealthy", "rollback", status=7)
            took = time.monotonic() - started
            traffic.wait_for(10)
        self.assert_says(done, "v1", "v2")
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v2", "rolled_back")])
        self.assertEqual((self.runs(), self.is_ready()), ("v1", True))
        self.assertEqual(self.schema(), before)
        self.assert_all_kept(traffic)
        self.assert_started_well("v1", "v2", "v1")
        back = self.report("latest:rollback")
        seconds = documents.seconds(back)
        print(f"{self.engine}, {broken}: back in {seconds:.1f} s, the deploy {took:.1f} s, nobody could order for "
              f"{traffic.longest:.1f} s", file=sys.stderr)
        self.assertLess(seconds, 30, "the time that [app] rto allows")
        self.assertLess(traffic.longest, 30)

    def test_unready_goes_back_by_itself(self):
        self.drive_back("unready")

    def test_dead_goes_back_by_itself(self):
        self.drive_back("dies")

    def test_left_alone(self):
        self.release("v2", deploy_case.V2, 2, broken="unready")
        with Traffic(self.port) as traffic:
            traffic.wait_for(10)
            done = self.deploy("v2", "--on-unhealthy", "leave", status=6)
            traffic.wait_for(10)
            self.assertEqual(self.runs(), "v2")
        self.assert_says(done, "/api/health", "503", "`dbrollback rollback")
        self.assertEqual(self.states()[-1], ("v2", "migrated"))
        self.assertEqual(self.applied()[-1], "20261101")
        self.assert_all_kept(traffic)
        self.assert_started_well("v1", "v2")
        # Somebody mends it by hand, and says so.
        self.release("v2", deploy_case.V2, 2)
        self.control_it("stop")
        self.control_it("start")
        self.ok("hook", "post-deploy", "--app-version", "v2")
        self.assertEqual(self.states()[-1], ("v2", "confirmed"))

    def test_a_command_as_a_probe(self):
        self.more = f"[[health]]\ncommand = ['test', '-e', '{self.path('well')}']\nwithin = '300ms'\n"
        self.configure()
        done = self.deploy("v2", "--on-unhealthy", "leave", status=6)
        self.assert_says(done, "test")
        self.write_text(self.path("well"), "")
        self.ok("hook", "post-deploy", "--app-version", "v2")

    def test_an_older_version_that_still_answers(self):
        """A probe that knows the version tells it from the new one, also on the way back."""
        self.release("v2", deploy_case.V1, 1)
        self.more = (f"[[health]]\nurl = '{self.health_url}?of={{version}}'\njson = {{ version = '{{version}}' }}\n"
                     "within = '300ms'\n")
        self.configure()
        done = self.deploy("v2", "--no-app", "--on-unhealthy", "leave", status=6)
        self.assert_says(done, 'its version is "v1", "v2" is expected')
        for words in (("stop",), ("switch", "v2"), ("start",)):
            self.control_it(*words)
        self.ok("hook", "post-deploy", "--app-version", "v2")
        self.roll_back()
        self.assertEqual(self.runs(), "v1")

    def test_a_warning_is_given_once(self):
        """Both snapshots of this deploy have the same one, where the repository is on the database's own disk."""
        said = [line for line in self.deploy("v2", "--snapshot-after").err.splitlines() if line.startswith("warning:")]
        self.assertEqual(len(said), len(set(said)), said)
        if self.engine == "sqlite":
            self.assertTrue(said)

    def test_without_a_terminal_nobody_is_asked(self):
        self.release("v2", deploy_case.V2, 2, broken="unready")
        done = self.deploy("v2", "--on-unhealthy", "ask", status=6)
        self.assert_says(done, "`dbrollback rollback")
        self.assertEqual(self.runs(), "v2")


class Hooks(deploy_case.Words):
    """A pipeline that deploys the application itself."""

    def in_two(self, version, status=0):
        self.checkout(version)
        before = len(self.starts())
        self.ok("hook", "pre-deploy", "--app-version", version)
        self.assertEqual(len(self.starts()), before, "the application is not touched")
        self.assertEqual(self.states()[-1], (version, "migrated"))
        for words in (("stop",), ("switch", version), ("start",)):
            self.control_it(*words)
        return self.fails(status, "hook", "post-deploy", "--app-version", version)

    def test_in_two(self):
        self.in_two("v1")
        self.assertEqual(self.states(), [("v1", "confirmed")])
        self.add_orders("one")
        self.rehearse("v2")
        self.in_two("v2")
        self.assertEqual(self.states(), [("v1", "confirmed"), ("v2", "confirmed")])
        self.assert_started_well("v1", "v2")
        before = self.counts()
        self.roll_back()
        self.assertEqual(self.runs(), "v1")
        self.assertEqual(self.counts(), before)
        self.assert_started_well("v1", "v2", "v1")

    def test_unhealthy_in_two(self):
        self.within = "500ms"
        self.configure()
        self.in_two("v1")
        self.release("v2", deploy_case.V2, 2, broken="unready")
        done = self.in_two("v2", status=6)
        self.assert_says(done, "503", "`dbrollback rollback")
        self.assertEqual(self.states()[-1], ("v2", "migrated"))

    def test_post_deploy_of_what_was_never_begun(self):
        self.assert_says(self.fails(4, "hook", "post-deploy", "--app-version", "v9"), "`dbrollback hook pre-deploy`")
        self.checkout("v1")
        self.ok("hook", "pre-deploy", "--app-version", "v1")
        self.assert_says(self.fails(4, "hook", "post-deploy", "--app-version", "v9"), "v1 waits to be confirmed, not v9")

    def test_nothing_is_waited_for_after_a_failed_migration(self):
        self.in_two("v1")
        self.migrations["20261102_fails"] = ("INSERT INTO nowhere VALUES (1);", "")
        self.release("v3", (*deploy_case.V1, "20261102_fails"), 1)
        self.checkout("v3")
        self.fails(1, "hook", "pre-deploy", "--app-version", "v3")
        self.assertEqual(self.applied(), ["20261001", "20261002"])
        self.assertEqual(self.states()[-1][0], "v3")
        self.assertEqual(self.runs(), "v1")


deploy_case.both(globals(), HealthGate, Hooks)
del HealthGate, Hooks

if __name__ == "__main__":
    dbr.main()
