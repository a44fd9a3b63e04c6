"""What the tests of deploys and ways back that die share: SIGKILL at each step, a world that can be made again, and what must
be true afterwards: the database and the release's record agree, nothing is lost, and the application was only ever started
against the schema that it needs.

Of the deaths before and after each step every second one is tried: on one kind of database, and gone on with or given up. Of
those within a step (in a snapshot, between two writes of a record) a few are. DBROLLBACK_FAULTS_ALL=1 tries all, both ways."""
import os
import signal
import sys

import deploy_case  # noqa: E402
import documents  # noqa: E402


class Killed(deploy_case.Words):
    within = "10s"

    def begin_world(self, *versions):
        """Kept: all these are deployed, in this order, and two orders were taken after each."""
        self.fingerprints = {}
        for version in versions:
            release = documents.release_of(self.deployed(version))
            self.fingerprints[version] = documents.fingerprints(release)[1]
            self.add_orders(f"with {version}", f"and with {version}")
        self.running = versions[-1]
        self.control_it("stop")
        self.quiet()
        self.held = self.counts(), self.notes()
        self.keep_world()

    def begin_trial(self):
        self.end_application()
        self.put_world_back()
        self.checkout("v2")
        self.control_it("start")

    def run_faulty(self, words, faults="", root=""):
        """Its exit status, the points that it reached, the calls that it made below `root`, and what it said."""
        trace = self.path("trace")
        if os.path.exists(trace):
            os.remove(trace)
        run = self.background(*words, binary=deploy_case.FAULTY, env={
            "DBROLLBACK_FAULTS": faults, "DBROLLBACK_FAULTS_ROOT": root or self.at, "DBROLLBACK_FAULTS_TRACE": trace})
        out, err = run.communicate(timeout=60)
        points, calls = [], []
        with open(trace, encoding="utf-8") as lines:
            for line in lines:
                first, _, rest = line.rstrip("\n").partition(" ")
                if first == "point":
                    points.append(rest)
                elif first.isdigit():
                    calls.append((int(first), rest))
        self.quiet()
        return run.returncode, points, calls, (out + err).decode()

    def undisturbed(self, words, root=""):
        self.begin_trial()
        status, points, calls, said = self.run_faulty(words, root=root)
        self.assertEqual(status, 0, said)
        self.after = self.schema(), self.counts(), self.notes()
        return points, calls

    def trials(self, words):
        """Each point once: the first time, and those of deploys and ways back each time that they are reached. And before
        each change of a release's record, and of the journal."""
        points, _ = self.undisturbed(words)
        self.assertTrue(any(deploy_case.is_point_of_recovery(point) for point in points), points)
        found = []
        for number, point in enumerate(points):
            which = points[:number + 1].count(point)
            if which == 1 or deploy_case.is_point_of_recovery(point):
                found.append((f"point {which} {point}", ""))
        for folder in ("releases", "journals"):
            _, calls = self.undisturbed(words, os.path.join(self.repo, folder))
            found += [(f"kill {number}", os.path.join(self.repo, folder)) for number, call in calls
                      if call.startswith(("rename", "link", "unlink"))]
        return found

    def drive(self, words, finish, turn):
        """`finish()` goes on from a death. Of those at the ends of steps every eighth is this `turn`'s, of others a few."""
        turn += 2 * (self.engine == "postgres")
        trials = self.trials(words)
        if not os.environ.get("DBROLLBACK_FAULTS_ALL"):
            steps = [trial for trial in trials if " step " in trial[0]]
            first = (0, 2, 5, 7)[turn]  # even: before a step, odd: after it
            trials = steps[first::8] + [trial for trial in trials if trial not in steps][first * 4::32]
        for faults, root in trials:
            with self.subTest(faults, root=os.path.basename(root)):
                self.begin_trial()
                status, _, _, said = self.run_faulty(words, faults, root)
                self.assertEqual(status, -signal.SIGKILL, said)
                self.assert_nothing_lost()
                finish()
                self.assert_started_well()
        print(f"{self.id()}: {len(trials)} deaths", file=sys.stderr)

    def test_resume(self):
        self.drive(self.words, self.resume, turn=0)

    def test_abandon(self):
        self.drive(self.words, self.abandon, turn=1)

    # What must hold.

    def live(self):
        """Whose schema the database has: a migration of SQLite or PostgreSQL is there or is not."""
        return "v1" if self.schema_needs() == 1 else "v2"

    def unfinished(self):
        """What `status` says of a run that is not over; it changes nothing."""
        status = self.run_it("status", "--json")
        found = documents.unfinished(status.json)
        self.assertEqual(status.exit, 6 if found else 0, repr(status))
        return found

    def assert_nothing_lost(self):
        """People and orders that were there are there, or those of the snapshot that comes back."""
        self.assertIn((self.counts(), self.notes()), (self.held, self.after[1:]))

    def assert_record_agrees(self):
        """The last release whose state before is not back is the one whose schema is there."""
        stands = [each for each in self.releases() if documents.state(each) not in ("rolled_back",)]
        live = self.live()
        last = stands[-1]
        if documents.version(last) == live:
            if documents.fingerprints(last)[1]:
                self.assertEqual(documents.fingerprints(last)[1], self.fingerprints.get(live, documents.fingerprints(last)[1]))
            return
        # A deploy that was given up before its migrations: the state before is what is there.
        self.assertEqual((documents.version(last), live), ("v2", "v1"))
        self.assertIn(documents.state(last), ("abandoned", "failed", "started"))
        self.assertIn(documents.fingerprints(last)[1], ("", self.fingerprints["v1"]))

    def assert_all_done(self, version):
        self.assertIsNone(self.unfinished())
        self.assertEqual((self.schema(), self.counts(), self.notes()), self.after)
        self.assertEqual(self.live(), version)
        self.assertEqual((self.runs(), self.is_ready()), (version, True))
        self.assert_record_agrees()
        self.assertEqual(self.ok("verify", "--all", "--level", "stored").exit, 0)


class WayBack(Killed):
    def setUp(self):
        super().setUp()
        self.begin_world("v1", "v2")

    def finish(self):
        if self.states()[-1] == ("v2", "rolled_back"):
            self.control_it("switch", "v1")  # given up after the database was back: the application is not switched
            self.control_it("start")
        else:
            self.ok(*self.words)
        self.assert_all_done("v1")

    def resume(self):
        if self.unfinished():
            self.assert_says(self.fails(4, "deploy", "--app-version", "v3"), "--resume", "--abandon")
            self.ok("rollback", "--resume", "--yes")
            self.assertEqual(self.states()[-1], ("v2", "rolled_back"))
            self.assert_all_done("v1")
        else:
            self.finish()

    def abandon(self):
        if self.unfinished():
            self.ok("rollback", "--abandon", "--yes")
        self.assertIsNone(self.unfinished())
        self.assert_nothing_lost()
        self.assert_record_agrees()
        self.finish()
