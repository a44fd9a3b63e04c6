"""What deploys and ways back refuse, and what overrides it by name; plans that the world has left behind; two at once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import terminal  # noqa: E402
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402

QUESTION = "Type the name of the database, app"


class Refusals(deploy_case.Words):
    def refused(self, code, *words, status=4):
        """A run that must change nothing in the database, and must not touch the application."""
        before = self.world()
        done = self.fails(status, *words, "--json")
        self.assertEqual(documents.code(done.json), code, repr(done))
        self.assertEqual(self.world(), before)
        return " ".join(self.run_it(*words).err.split())

    def world(self):
        tables = self.schema()
        return tables, self.counts() if "people" in str(tables) else None, self.starts(), self.states()

    def test_an_unfinished_migration(self):
        self.deployed("v1")
        self.half_way()
        self.assertIn("--despite dirty-migrations", self.refused("dirty_migrations", "deploy", "--app-version", "v3"))

    def half_way(self):
        """A migration outside a transaction fails after its first statement."""
        self.migrations["20261102_half"] = ("CREATE TABLE half (id int);\nINSERT INTO nowhere VALUES (1);", "DROP TABLE half;")
        self.release("v3", (*deploy_case.V1, "20261102_half"), 1)
        self.checkout("v3")
        path = os.path.join(self.folder, "20261102_half.sql")
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("-- migrate:up", "-- migrate:up transaction:false")
        self.write_text(path, text)
        self.fails(6, "migrate", "up")

    def test_a_restored_proof_is_required(self):
        self.checkout("v1")
        said = self.said(self.ok("deploy", "--app-version", "v1", "--require", "restored"))
        self.assertIn("proven: restored", said)
        self.assertNotIn("not yet restored", said)
        self.assertEqual(documents.proof(self.last_release()), "restored")

    def test_it_says_what_is_not_proven(self):
        self.assert_says(self.deploy("v1"), "not yet restored")

    def test_no_snapshot(self):
        """A repository in which nothing can be stored; whoever goes without a snapshot says so by name."""
        self.deployed("v1")
        self.checkout("v2")
        before = self.schema()
        words = ("deploy", "--app-version", "v2")
        fault = self.first_that_needs_room(words)
        status, said = self.with_a_full_disk(fault, *words)
        self.assertIn(status, (1, 4), said)
        self.assertIn("No space left on device", said)
        self.assertEqual((self.schema(), self.runs()), (before, "v1"))
        self.put_back()
        status, said = self.with_a_full_disk(fault, *words, "--despite", "no-snapshot")
        self.assertEqual(status, 0, said)
        self.assertIn("there is no good snapshot of the state before", said)
        self.assertEqual(documents.snapshot(self.last_release()), "")
        self.assertFalse(documents.is_possible(documents.way(self.plan(), "restore")))
        self.refused("no_way_back", "rollback", "--strategy", "restore", "--yes")

    def put_back(self):
        self.end_application()
        self.put_world_back()
        self.control_it("start")

    def first_that_needs_room(self, words):
        """The number of the first call of a run that makes something where snapshots are stored; the world is as it was."""
        self.control_it("stop")
        self.quiet()
        self.keep_world()
        self.control_it("start")
        self.with_a_full_disk(0, *words)
        self.put_back()
        with open(self.path("trace"), encoding="utf-8") as lines:
            calls = [line.split() for line in lines]
        return next(call[0] for call in calls if call[0].isdigit() and call[1] in ("create", "mkdir"))

    def with_a_full_disk(self, fault, *words):
        """From this call on, where snapshots are stored and nowhere else. 0: not at all."""
        process = self.background(*words, binary=deploy_case.FAULTY, env={
            "DBROLLBACK_FAULTS": f"fail {fault}+ ENOSPC" if fault else "", "DBROLLBACK_FAULTS_TRACE": self.path("trace"),
            "DBROLLBACK_FAULTS_ROOT": os.path.join(self.repo, "snapshots")})
        out, err = process.communicate(timeout=60)
        self.quiet()
        return process.returncode, " ".join((out + err).decode().split())

    def test_nothing_to_roll_back(self):
        self.refused("nothing_to_roll_back", "rollback", "--yes")
        self.deployed("v1")

    def test_no_such_release(self):
        self.deployed("v1")
        self.refused("no_such_release", "rollback", "--to", "v7", "--yes", status=2)

    def test_nobody_confirmed(self):
        """Neither a terminal nor --yes."""
        self.deployed("v1")
        self.deployed("v2")
        before = self.world()
        done = self.fails(4, "rollback")
        self.assert_says(done, "--yes")
        self.assertEqual(self.world(), before)

    def test_what_is_no_obstacle(self):
        self.checkout("v1")
        done = self.fails(2, "deploy", "--app-version", "v1", "--despite", "dirty-trees")
        self.assert_says(done, "dirty-trees", "dirty-tree", "no-snapshot", "dirty-migrations")

    def test_wrong_versions(self):
        self.checkout("v1")
        for version in ("-x", "a b", "$(x)", "a;b", "a" * 129, "v\n1", "v*", "v\x1b[2J"):
            with self.subTest(version):
                done = self.fails(2, "deploy", f"--app-version={version}", "--json")
                self.assertEqual(documents.code(done.json), "bad_version")
        self.assertEqual(self.states(), [])
        self.assertEqual(self.starts(), [])
        self.assertEqual(self.fails(2, "deploy", "--app-version", "v1", "--previous", "$(x)").out, "")

    def test_an_unconfirmed_deploy_is_a_warning(self):
        self.deployed("v1")
        self.within = "300ms"
        self.configure()
        self.release("v2", deploy_case.V2, 2, broken="unready")
        self.deploy("v2", "--on-unhealthy", "leave", status=6)
        self.migrations["20261201_more"] = ("CREATE TABLE more (id int);", "DROP TABLE more;")
        self.release("v3", (*deploy_case.V2, "20261201_more"), 2)
        done = self.deploy("v3")
        self.assert_says(done, "warning", "v2")
        pinned = documents.pinned(self.ok("list", "--json").json)
        for release in self.releases()[1:]:
            self.assertIn(documents.snapshot(release), pinned)

    def typed(self, name, before_typing=lambda: None):
        """A rollback on a terminal, where this is typed: its exit status and all that it showed."""
        self.deployed("v1")
        self.deployed("v2")
        session = terminal.Terminal(self.command("rollback"), {**self.environment, "DBROLLBACK_REPOSITORY": self.repo},
                                    self.at, columns=200)
        self.addCleanup(session.close)
        session.read_until(QUESTION)
        before_typing()
        self.before = self.world()
        session.type(name + "\n")
        return session.end(), session.plain

    def test_the_world_moved_since_the_plan(self):
        """Somebody changes the schema between the plan and the typed name."""
        status, said = self.typed("app", lambda: self.sql("ALTER TABLE orders ADD COLUMN sneaked int"))
        self.assertEqual(status, 4, said)
        self.assertIn("the new plan", said.rpartition(QUESTION)[2])
        self.assertEqual(self.world(), self.before)

    def test_a_wrong_name_is_typed(self):
        status, said = self.typed("apple")
        self.assertEqual(status, 4, said)
        self.assertEqual(self.world(), self.before)

    def test_the_right_name_is_typed(self):
        status, said = self.typed("app")
        self.assertEqual(status, 0, said)
        self.assertEqual(self.states()[-1], ("v2", "rolled_back"))

    def test_two_at_once(self):
        """While a deploy runs, another one and a way back are busy, and status says who is at work."""
        self.deployed("v1")
        self.checkout("v2")
        first = self.background("deploy", "--app-version", "v2", "--", "sh", "-c",
                                f"touch '{self.path('there')}'; while [ ! -e '{self.path('go')}' ]; do sleep 0.02; done")
        self.wait_until(lambda: os.path.exists(self.path("there")), "the first one migrates")
        for words in (("deploy", "--app-version", "v3"), ("rollback", "--yes"), ("deploy", "--resume"),
                      ("deploy", "--abandon"), ("rollback", "--resume", "--yes"), ("rollback", "--abandon", "--yes")):
            with self.subTest(words):
                self.fails(5, *words)
        self.assert_says(self.run_it("status"), "v2")
        self.write_text(self.path("go"), "")
        out, err = first.communicate(timeout=60)
        self.assertIn(first.returncode, (0, 6), (out, err))
        self.assertEqual(self.states()[0], ("v1", "confirmed"))
        self.assertEqual(len(self.states()), 2)

    def test_a_command_that_outlives_its_deploy(self):
        """SIGKILL of the deploy; what its command has started migrates on, and nobody comes in its way meanwhile."""
        self.deployed("v1")
        self.checkout("v2")
        go, there = self.path("go"), self.path("there")
        self.addCleanup(self.write_text, go, "")
        script = f"exec > /dev/null 2>&1; touch '{there}'; while [ ! -e '{go}' ] && [ -e '{there}' ]; do sleep 0.02; done"
        first = self.background("deploy", "--app-version", "v2", "--", "sh", "-c", f"sh -c \"{script}\"; true")
        self.wait_until(lambda: os.path.exists(there), "its command is under way")
        first.kill()
        first.wait(60)
        for words in (("rollback", "--yes"), ("deploy", "--resume", "--", "true"), ("deploy", "--abandon"),
                      ("deploy", "--app-version", "v3")):
            with self.subTest(words):
                self.assert_says(self.fails(5, *words), "the command that an earlier run migrates app with is running",
                                 "wait until it is done")
        self.write_text(go, "")
        self.wait_until(lambda: self.run_it("rollback", "--dry-run").exit == 0 and
                        self.run_it("deploy", "--abandon").exit == 0, "the command is over")
        self.assertEqual(self.states()[-1], ("v2", "abandoned"))

    def test_resume_and_abandon_of_nothing(self):
        self.deployed("v1")
        self.refused("nothing_to_resume", "deploy", "--resume")
        self.refused("nothing_to_resume", "rollback", "--resume", "--yes")
        self.refused("nothing_to_abandon", "deploy", "--abandon")
        self.refused("nothing_to_abandon", "rollback", "--abandon", "--yes")


deploy_case.both(globals(), Refusals)
del Refusals

if __name__ == "__main__":
    dbr.main()
