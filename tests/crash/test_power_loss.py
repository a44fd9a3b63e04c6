# slow
"""The power fails after each call that changes a disk, and the disk keeps no more than what was synced: what `list` shows
is whole, the live database is the old or the new one, and the next command cleans up and works.

A disk may also keep all names and none of the bytes that were not synced, or some of their sectors (tests/faults/disk.hpp).
By default each moment has one of these; DBROLLBACK_FAULTS_ALL=1 tries all.
"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import worlds

CHANGES = {"create", "write", "truncate", "sync", "rename", "link", "unlink", "mkdir", "rmdir"}
KINDS = (worlds.FirstSnapshot, worlds.WalSnapshot, worlds.LiveRestore, worlds.WalRestore, worlds.TableRestore,
         worlds.NewFileRestore, worlds.BrokenTarget, worlds.Prune, worlds.Repeat, worlds.RepeatPrune,
         worlds.CatalogRebuild, worlds.Pin)


class PowerLoss(worlds.Case):
    everything = os.environ.get("DBROLLBACK_FAULTS_ALL") == "1"
    seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))

    def drive(self, kind):
        places = self.worlds(kind)
        self.assertEqual(places[0].run_faulty().exit, 0)
        draw = random.Random(self.seed)
        trials = []
        for number, (call, _) in enumerate(places[0].calls, 1):
            modes = ("lost", "names", f"torn {draw.randrange(10**6)}")
            if call in CHANGES and number < len(places[0].calls):
                trials += [f"cut {number + 1} {mode}" for mode in (modes if self.everything else [draw.choice(modes)])]
        if not self.everything:
            trials = draw.sample(trials, min(len(trials), 10))

        def run(world, trial):
            done = world.run_faulty(trial)
            if not world.done:
                return  # a call less than the first time
            try:
                if not worlds.was_killed(done):
                    raise AssertionError("the power did not fail")
                world.check(None)
                world.check_next()
            except AssertionError as problem:
                raise AssertionError(f"before {world.done[0][1:]}: {problem}") from problem

        self.each(places, trials, run)
        print(f"{kind.name}: {len(trials)} cuts, seed {self.seed}", file=sys.stderr)


    def test_what_is_done_lasts(self):
        """Nothing is left to the system's good will once a command has done its work."""
        for kind in set(KINDS) - {worlds.CatalogRebuild}:  # an index can always be made again
            with self.subTest(kind.name):
                world = kind(self.path(kind.__name__))
                self.assertEqual(world.run_faulty().exit, 0)
                last = len(world.calls)
                self.assertEqual(world.calls[-1][0], "close", "the last call lets go of a lock")
                world.reset()
                self.assertTrue(worlds.was_killed(world.run_faulty(f"cut {last} lost")))
                world.check(0)


for kind in KINDS:
    setattr(PowerLoss, "test_" + kind.name.replace(" ", "_"), lambda self, kind=kind: self.drive(kind))

if __name__ == "__main__":
    dbr.main()
