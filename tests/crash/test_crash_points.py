# slow
"""SIGKILL at every named crash point of the engine: a snapshot is whole or absent, the live database is the old or the
new one and in order, and the next command cleans up and works."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import worlds


class PutBack(worlds.BrokenTarget):
    """The copies are put back only when the restore fails: when nothing can be written any more after the place was
    emptied."""
    name = "putting a broken file back"

    def faults(self):
        place_emptied = [number for number, call in enumerate(self.calls, 1)
                         if call[0] == "truncate" and call[1] == self.database][0]
        first_write = [number for number, call in enumerate(self.calls, 1)
                       if number > place_emptied and call == ("write", self.database)][0]
        return f"fail {first_write} ENOSPC"


class MarkGood(worlds.World):
    """The list of good versions is the old one or the new one."""
    name = "marking a version as good"
    words = ("releases", "mark-good", "v2")

    def prepare(self):
        super().prepare()
        self.must("releases", "mark-good", "v1")

    def check_database(self, status):
        super().check_database(status)
        versions = [each["version"] for each in self.must("releases", "good", "--json").json["versions"]]
        if versions not in (["v1"], ["v1", "v2"]):
            raise AssertionError(f"after exit status {status} the good versions are {versions}")

    def check_next(self):
        super().check_next()
        if len(self.must("releases", "good", "--json").json["versions"]) != 2:
            raise AssertionError("the same command again did not mark it")


# Only a deploy and a way back come to these: they keep what is under way, the release, and what a way back will need.
OF_DEPLOYS = {"journal written", "journal removed", "release written", "file kept"}


class CrashPoints(worlds.Case):
    reached = set()

    def drive(self, kind):
        places = self.worlds(kind)
        places[0].run_faulty()
        faults = places[0].faults() if hasattr(places[0], "faults") else ""
        places[0].reset()
        done = places[0].run_faulty(faults)
        self.assertEqual(done.exit, 1 if faults else 0, repr(done))
        points = list(places[0].points)
        self.assertTrue(points)
        CrashPoints.reached.update(points)
        trials = [f"point {points[:number].count(point) + 1} {point}" for number, point in enumerate(points)]

        def run(world, trial):
            done = world.run_faulty("; ".join(part for part in (faults, trial) if part))
            if not worlds.was_killed(done):
                raise AssertionError(f"was not killed: {done!r}")
            world.check(None)
            world.check_next()

        self.each(places, trials, run)
        print(f"{kind.name}: {len(trials)} points", file=sys.stderr)


for kind in (*worlds.ALL, PutBack, MarkGood):
    setattr(CrashPoints, "test_" + kind.name.replace(" ", "_"), lambda self, kind=kind: self.drive(kind))


class Every(worlds.Case):
    def test_every_point_in_the_code_was_reached(self):
        elsewhere = worlds.points_in_the_code("engine/database/postgres")  # postgres/test_restore_killed.py's
        elsewhere |= worlds.points_in_the_code("engine/migrate")  # migrate/test_killed.py's
        elsewhere |= worlds.points_in_the_code("engine/recovery") | OF_DEPLOYS  # recovery/test_killed_*.py's
        self.assertEqual(OF_DEPLOYS - worlds.points_in_the_code(), set(), "nothing reaches these any more")
        ours = worlds.points_in_the_code() - elsewhere
        self.assertTrue(ours)
        self.assertEqual(ours - CrashPoints.reached, set(), "no test reaches these")


if __name__ == "__main__":
    dbr.main()
