# slow
"""SIGKILL of the program itself at random moments of its commands: whatever it was doing, everything is old or new and
whole, and the next command cleans up and works.

DBROLLBACK_KILLS=300 sets how many (24 by default), DBROLLBACK_SEED the moments; both are printed.
"""
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import worlds

KINDS = (worlds.WalSnapshot, worlds.LiveRestore, worlds.WalRestore, worlds.NewFileRestore, worlds.BrokenTarget, worlds.Prune,
         worlds.CatalogRebuild)


class RandomKills(worlds.Case):
    kills = int(os.environ.get("DBROLLBACK_KILLS", "24"))
    seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))

    def drive(self, kind):
        kind.padding = 1500  # 6 MB, so that there are moments to die in
        places = self.worlds(kind)
        durations = []
        for place in places:
            for _ in range(3):
                place.reset()
                start = time.monotonic()
                self.assertEqual(place.run(*place.command()).exit, 0)
                durations.append(time.monotonic() - start)
        # A quarter more than the shortest run: on a busy machine each takes another time.
        longest = 1.25 * min(durations)
        draw = random.Random(f"{self.seed} {kind.name}")
        moments = [draw.uniform(0, longest) for _ in range(-(-self.kills // len(KINDS)))]
        landed = []

        def run(world, moment):
            process = subprocess.Popen([dbr.BINARY, *world.command()], env=world.environment, cwd=world.root,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moment)
            process.kill()
            status = process.wait()
            landed.append(status != 0)
            world.check(None if status != 0 else 0)
            world.check_next()

        self.each(places, moments, run)
        print(f"{kind.name}: {len(moments)} kills within {longest * 1000:.0f} ms, {sum(landed)} of them in time, "
              f"seed {self.seed}", file=sys.stderr)
        self.assertTrue(any(landed), "every kill came too late")


for kind in KINDS:
    setattr(RandomKills, "test_" + kind.name.replace(" ", "_"), lambda self, kind=kind: self.drive(kind))

if __name__ == "__main__":
    dbr.main()
