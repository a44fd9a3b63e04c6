# slow
"""SIGKILL at every named crash point of a restore to a server, and at any moment: the live database is in use and whole,
the old one before the swap and the new one after it, and the next restore cleans up and works."""
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from crash import worlds  # noqa: E402
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

MOMENTS = 10
SWAPPED = "databases swapped"
OF_TABLES = ("server's tables overwritten", "server's tables committed")
IN_PLACE = ("database emptied", "database rebuilt", "rebuilt database committed")  # test_restore_in_place kills there


class Killed(server_case.Case):
    def setUp(self):
        super().setUp()
        self.prepare()
        self.trace = self.path("trace")

    def begin(self, faults="", words=()):
        if os.path.exists(self.trace):
            os.remove(self.trace)
        return self.background("restore", self.taken, "--yes", *words, binary=worlds.FAULTY, env={
            "DBROLLBACK_FAULTS": faults, "DBROLLBACK_FAULTS_ROOT": self.at, "DBROLLBACK_FAULTS_TRACE": self.trace})

    def points(self):
        """Those that were reached, in their order; none by a process that was killed before it began."""
        if not os.path.exists(self.trace):
            return []
        with open(self.trace, encoding="utf-8") as lines:
            return [line[len("point "):].rstrip("\n") for line in lines if line.startswith("point ")]

    def restored(self):
        """Runs a restore to its end; the points that it reached, and how long it took."""
        start = time.monotonic()
        process = self.begin()
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(self.held(), self.old)
        return self.points(), time.monotonic() - start

    def change_again(self):
        """Back to what the live database held before, with nothing beside it."""
        for name in self.beside():
            self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)}")
        self.psql(server_case.CHANGE)
        self.assertEqual(self.held(), self.new)

    def check(self, allowed):
        """After a kill, and after the restore that follows it."""
        self.assertIn(self.held(), allowed)
        self.restored()
        left = self.beside()
        self.assertEqual([name for name in left if "_restoring_" in name], [])
        self.assertIn(self.new, [self.held(name) for name in left], "what was replaced is still there")
        self.assertEqual(self.ok("verify", "--all", "--level", "content").exit, 0)

    def test_at_each_point(self):
        self.ok("list")  # what the first command after a snapshot does with the catalog, no other one does
        points, _ = self.restored()
        self.assertEqual(worlds.points_in_the_code("engine/database/postgres") - set(points), set(OF_TABLES + IN_PLACE),
                         "no restore reaches these")
        swapped = points.index(SWAPPED)
        for number, point in enumerate(points):
            with self.subTest(point, number=number):
                self.change_again()
                process = self.begin(f"point {points[:number + 1].count(point)} {point}")
                _, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, -signal.SIGKILL, err)
                self.check([self.old if number >= swapped else self.new])
        print(f"{len(points)} points: {', '.join(points)}", file=sys.stderr)

    def test_chosen_tables_at_each_point(self):
        tables = ["--tables", "public.t,public.lines"]
        for point, which in zip(OF_TABLES, (server_case.NEW, server_case.OLD)):
            with self.subTest(point):
                process = self.begin(f"point 1 {point}", tables)
                _, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, -signal.SIGKILL, err)
                self.assertEqual(self.query(server_case.WHICH), [tuple(which.split("|"))])
        self.ok("restore", self.taken, "--yes", *tables)
        self.assertEqual(self.query(server_case.WHICH), [tuple(server_case.OLD.split("|"))])

    def test_at_any_moment(self):
        _, seconds = self.restored()
        seed = int(os.environ.get("DBROLLBACK_SEED", random.randrange(1 << 31)))
        print(f"seed {seed}, a restore takes {seconds:.2f} s", file=sys.stderr)
        chance = random.Random(seed)
        for number in range(MOMENTS):
            moment = chance.uniform(0, seconds)
            with self.subTest(number=number, moment=moment, seed=seed):
                self.change_again()
                process = self.begin()
                time.sleep(moment)
                process.kill()
                process.communicate(timeout=120)
                self.check([self.old] if SWAPPED in self.points() else [self.old, self.new])


if __name__ == "__main__":
    dbr.main()
