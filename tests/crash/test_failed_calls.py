# slow
"""Every call that snapshot, restore, prune and their like make of the machine fails in turn: a snapshot is whole or
absent, the live database is the old or the new one, the message names what the call was about, the exit status is 1 or
6, and the next command works.

By default a part of the calls fails, each in one of its ways, others in each run of the test (the seed is printed).
DBROLLBACK_FAULTS_ALL=1 tries all calls in all ways.
"""
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import worlds

# "full": this call and all after it that need room fail, as on a disk that stays full.
WAYS = {
    "open": ("EACCES", "EIO", "EINTR"),
    "create": ("ENOSPC", "EACCES", "EIO", "EINTR", "full"),
    "read": ("EIO", "EINTR"),
    "write": ("ENOSPC", "EIO", "EINTR", "short", "full"),
    "sync": ("EIO", "EINTR"),
    "truncate": ("EIO", "EINTR"),
    "lock": ("EIO", "EINTR"),
    "close": ("EIO", "EINTR"),
    "stat": ("EIO", "EACCES"),
    "disk": ("EIO", "EINTR"),
    "access": ("EACCES", "EROFS"),
    "list": ("EIO", "EACCES"),
    "mkdir": ("ENOSPC", "EIO", "EACCES"),
    "rmdir": ("EIO", "EACCES"),
    "unlink": ("EIO", "EACCES"),
    "rename": ("ENOSPC", "EIO", "EACCES", "full"),
    "link": ("ENOSPC", "EIO", "EACCES"),
    "chmod": ("EIO", "EPERM"),
    "chown": ("EIO",),
    "map": ("EIO", "ENOSPC"),
}

# Calls whose failure need not end a command, and why, as patterns of "call path".
NOT_ESSENTIAL = (
    # What is closed has been synced before where it matters, or was only read.
    r"close ",
    # A record that cannot be written is a warning; so is a proof, which the next verification can write.
    r"\w+ repo/runs(/|$)", r"\w+ repo/snapshots/[^/]+/proof\.json",
    # The database is restored already; the record of a migration that is half way goes with it: a warning.
    r"(stat|open|read|put|write|rename|link|unlink|sync|create|close) repo/migrations(/|$)",
    # Without the secret that tags pages, this snapshot and the next stand alone: a warning.
    r"\w+ repo/page-tags\.key",
    # The catalog is an index: without it the manifests are read, and what fails while they are is tried again.
    r"\w+ repo/catalog\.db", r"(stat|list|open|read) repo/snapshots(/[^/]+(/(manifest|proof|pin)[^/]*)?)?$",
    # A file system without locks, a folder that cannot be synced by who may not read it.
    r"open [^/]*$", r"lock .*dbrollback-",
    # Leftovers: what cannot be looked at or removed now, the next command of the kind removes.
    r"(list|stat|rmdir|unlink|lock|open) .*dbrollback-", r"list (\.|tmp)$", r"unlink repo/databases/.*\.part$",
    # The first bytes of a database are read in two ways.
    r"read tmp/dbrollback-scratch-\w+/restored\.db$",
    # Who holds a file open is asked for messages; `restore` also warns that it could not see everybody.
    r"list \.\./.*proc$",
    # A configuration that cannot be looked at is none.
    r"stat dbrollback\.toml$",
    # Counting what would change is a help; "could not be counted" stands in the plan. SQLite tries some things again.
    r"(stat|read|lock|open|map) app\.db",
    # After the commit of a restore in WAL mode, giving the room of the -wal back is a courtesy.
    r"(write|sync|truncate|unlink|create) app\.db(-wal)?$",
    # A lock of a repository that this account may not lock, and its mode.
    r"(stat|open|chmod|access) repo/locks", r"(stat|sync|open) repo$", r"(stat|chmod|open|mkdir) repo/\w+$",
)


class FailedCalls(worlds.Case):
    everything = os.environ.get("DBROLLBACK_FAULTS_ALL") == "1"
    seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))

    def drive(self, kind):
        places = self.worlds(kind)
        done = places[0].run_faulty()
        self.assertEqual(done.exit, 0, repr(done))
        draw = random.Random(self.seed)
        trials = []
        for number, (call, _) in enumerate(places[0].calls, 1):
            ways = WAYS[call]
            for way in ways if self.everything else [draw.choice(ways)]:
                trials.append({"short": f"short {number}", "full": f"fail {number}+ ENOSPC"}.get(way, f"fail {number} {way}"))

        if not self.everything:
            trials = draw.sample(trials, min(len(trials), 8))

        def run(world, trial):
            done = world.run_faulty(trial)
            if not world.done:
                return  # one call less than the first time: threads may do that
            _, call, path = world.done[0]
            problem = self.problem(world, trial, call, path, done)
            try:
                if problem:
                    raise AssertionError(problem)
                world.check(done.exit)
                if done.exit != 0 and world.tree() != world.state:
                    world.check_next()
            except AssertionError as wrong:
                raise AssertionError(f"{call} {path}: {wrong}: {done!r}") from wrong

        self.each(places, trials, run)
        print(f"{kind.name}: {len(places[0].calls)} calls, {len(trials)} failures, seed {self.seed}", file=sys.stderr)

    def problem(self, world, trial, call, path, done):
        way = "short" if trial.startswith("short") else "full" if trial.endswith("+ ENOSPC") else trial.split()[-1]
        if way not in WAYS[call]:
            return ""  # threads have made their calls in another order: it is another one that failed
        if trial.startswith("short") or trial.endswith("EINTR"):
            return "" if done.exit == 0 else "it must be made again"
        if done.exit == 0:
            return "" if any(re.search(pattern, f"{call} {os.path.relpath(path, world.root)}")
                             for pattern in NOT_ESSENTIAL + world.not_essential) else "exit status 0"
        if done.exit not in (1, 6) and not (done.exit == 2 and path.endswith("dbrollback.toml")):
            return f"exit status {done.exit}"
        # SQLite names the database for what is beside it; a repository that may not be written is named as a whole.
        named = re.sub(r"-(journal|wal|shm)$", "", path)
        if call == "access" and path.startswith(world.repository):
            named = world.repository
        return "" if named in done.err else "the message does not name it"


class Published(worlds.Case):
    def test_a_snapshot_stays_whatever_fails_after_it_is_published(self):
        """The folder of the snapshots cannot be listed from then on, each time that it is tried."""
        world = worlds.EmptiedSnapshot(self.at)
        faults = []
        while True:
            world.reset()
            done = world.run_faulty("; ".join(f"fail {number} EIO" for number in faults))
            self.assertIn("has no tables", done.err)
            self.assertEqual((done.exit, len(world.listed())), (0, 2), repr(done))
            with open(world.trace, encoding="utf-8") as file:
                after = file.read().partition("point manifest written\n")[2]
            tried = re.findall(rf"^(\d+) list {world.repository}/snapshots/$", after, re.MULTILINE)
            if len(tried) == len(faults):
                return
            faults.append(int(tried[len(faults)]))


for kind in worlds.ALL:
    setattr(FailedCalls, "test_" + kind.name.replace(" ", "_"), lambda self, kind=kind: self.drive(kind))

if __name__ == "__main__":
    dbr.main()
