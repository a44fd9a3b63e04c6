# slow
"""The connections to a server break after so many bytes that it sent, or that it was sent, pg_dump's and pg_restore's too.
A snapshot is whole or there is none; the live database is the old or the new one, and whole; the next command works.

By default some numbers of bytes are drawn (the seed is printed); DBROLLBACK_FAULTS_ALL=1 goes through all of them in steps.
"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
from proxy import Proxy  # noqa: E402
from server_case import NEW, OLD, WHICH  # noqa: E402

EVERYTHING = os.environ.get("DBROLLBACK_FAULTS_ALL") == "1"
DRAWN = 4     # breaks of each kind
STEPS = 150   # of a whole sweep
SIDES = ("server", "client")


class Cut(server_case.Case):
    def setUp(self):
        super().setUp()
        self.proxy = Proxy(self.server)
        self.addCleanup(self.proxy.close)
        self.prepare()
        self.direct = self.url
        self.environment["APP_URL"] = self.direct.replace(self.server.folder.replace("/", "%2F"), self.proxy.folder) \
            .replace(self.server.folder, self.proxy.folder)
        self.assertNotEqual(self.environment["APP_URL"], self.direct)
        self.seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))
        self.draw = random.Random(self.seed)
        self.statuses = {}

    def breaks(self):
        """Of a command that has just been run to its end: whose bytes, how many, and whether later connections work."""
        for side in SIDES:
            total = self.proxy.count[side]
            self.assertGreater(total, 1000)
            places = range(0, total, max(1, total // STEPS)) if EVERYTHING else \
                sorted(self.draw.randrange(total) for _ in range(DRAWN))
            for place in places:
                yield side, place, self.draw.random() < 0.5

    def run_broken(self, side, place, only_first, *words):
        self.proxy.break_after(side, place, only_first)
        done = self.run_it(*words, timeout=120)
        broken = self.proxy.broken
        self.proxy.forget()
        self.statuses[done.exit] = self.statuses.get(done.exit, 0) + 1
        if done.exit != 0:
            self.assertTrue(broken, repr(done))
            self.assertIn(self.proxy.folder, done.err, "the message names what was talked to")
            self.assertIn("state: ", done.err)
        return done

    def ids(self):
        return {each["id"] for each in self.ok("list", "--json").json["snapshots"]}

    def say(self, what):
        print(f"{what}: {sum(self.statuses.values())} breaks, exit statuses {self.statuses}, seed {self.seed}",
              file=sys.stderr)

    def test_snapshot(self):
        self.proxy.forget()
        self.ok("snapshot")
        for side, place, only_first in list(self.breaks()):
            with self.subTest(side=side, after=place, only_first=only_first, seed=self.seed):
                before = self.ids()
                done = self.run_broken(side, place, only_first, "snapshot", "--json")
                self.assertIn(done.exit, (0, 1, 5), repr(done))
                if done.exit == 0:
                    self.ok("verify", done.json["id"], "--level", "content")
                else:
                    self.assertEqual(self.ids(), before)
                    self.assertRegex(done.err, "nothing was (published|changed)")
                left = [name for name in os.listdir(os.path.join(self.repo, "snapshots")) if name not in self.ids()]
                self.assertEqual(left, [])
        self.say("snapshot")
        self.ok("snapshot")
        self.ok("verify", "--all", "--level", "content")
        self.assert_unchanged()

    def change_again(self):
        for name in self.beside():
            self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)}")
        if self.which() == OLD:  # the trial before may have failed
            self.psql(server_case.CHANGE)

    def which(self, database=None):
        return self.server.psql(database or self.database, WHICH).out.strip()

    def test_restore(self):
        self.proxy.forget()
        self.ok("restore", self.taken, "--yes")
        for side, place, only_first in list(self.breaks()):
            self.change_again()
            with self.subTest(side=side, after=place, only_first=only_first, seed=self.seed):
                done = self.run_broken(side, place, only_first, "restore", self.taken, "--yes")
                self.assertIn(done.exit, (0, 1, 5, 6), repr(done))
                if done.exit == 6:  # the answer to the swap was lost: who looks knows
                    self.assertIn(self.held(), [self.old, self.new])
                else:
                    self.assertEqual(self.held(), self.old if done.exit == 0 else self.new, repr(done))
                self.ok("restore", self.taken, "--yes")
                self.assertEqual(self.which(), OLD)
                self.assertEqual([name for name in self.beside() if "_restoring_" in name], [])
                self.assertIn(NEW, [self.which(name) for name in self.beside()], "what was replaced is still there")
        self.say("restore")


if __name__ == "__main__":
    dbr.main()
