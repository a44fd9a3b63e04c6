# slow
"""The calls that a snapshot of a server, and a restore to one, make of the machine fail in turn: a snapshot is whole or
absent, the live database is the old or the new one, the message names what the call was about, and the next command works.

By default a part of the calls fails, each in one of its ways (the seed is printed); DBROLLBACK_FAULTS_ALL=1 tries all.
"""
import os
import random
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", *names) for names in ((), ("crash",))]
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import test_failed_calls as calls  # noqa: E402
import worlds  # noqa: E402
from server_case import NEW, OLD, WHICH  # noqa: E402

EVERYTHING = os.environ.get("DBROLLBACK_FAULTS_ALL") == "1"
DRAWN = 12
# Beside those of every command.
NOT_ESSENTIAL = (
    # A program that cannot be looked at is not there: the next folder is tried.
    r"(stat|access) \.\./.*(bin|lib)/",
)


class FailedCalls(server_case.Case):
    def setUp(self):
        super().setUp()
        self.trace, self.temporary = self.path("trace"), self.path("tmp")
        os.mkdir(self.temporary)
        self.prepare()
        self.seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))

    def run_faulty(self, faults, *words):
        """What it did, its calls as (call, path), and those that failed."""
        if os.path.exists(self.trace):
            os.remove(self.trace)
        process = self.background(*words, binary=worlds.FAULTY, env={
            "DBROLLBACK_FAULTS": faults, "DBROLLBACK_FAULTS_ROOT": self.at, "DBROLLBACK_FAULTS_TRACE": self.trace,
            "TMPDIR": self.temporary})
        out, err = (text.decode("utf-8", "surrogateescape") for text in process.communicate(timeout=120))
        made, failed = [], []
        with open(self.trace, encoding="utf-8") as lines:
            for line in lines:
                first, _, rest = line.rstrip("\n").partition(" ")
                if first.isdigit():
                    made.append(tuple(rest.split(" ", 1)))
                elif first in ("fail", "short"):
                    failed.append(tuple(rest.split(" ", 2)[1:]))
        return process.returncode, out, err, made, failed

    def trials(self, made):
        draw = random.Random(self.seed)
        trials = []
        for number, (call, _) in enumerate(made, 1):
            for way in calls.WAYS[call] if EVERYTHING else [draw.choice(calls.WAYS[call])]:
                trials.append({"short": f"short {number}", "full": f"fail {number}+ ENOSPC"}.get(way, f"fail {number} {way}"))
        return trials if EVERYTHING else draw.sample(trials, min(len(trials), DRAWN))

    def problem(self, trial, call, path, status, err):
        """What is wrong with how the command ended, or nothing."""
        way = "short" if trial.startswith("short") else "full" if "+" in trial else trial.split()[-1]
        if way not in calls.WAYS[call]:
            return ""  # the calls came in another order than the first time: this one does not fail so
        if way in ("short", "EINTR"):
            return "" if status == 0 else "it must be made again"
        if status == 0:
            call_and_path = f"{call} {os.path.relpath(path, self.at)}"
            essential = not any(re.search(each, call_and_path) for each in calls.NOT_ESSENTIAL + NOT_ESSENTIAL)
            return "exit status 0" if essential else ""
        if status == 2 and path.endswith("dbrollback.toml"):
            return ""  # one that cannot be looked at is none
        if status not in (1, 6):
            return f"exit status {status}"
        named = self.repo if call == "access" else path
        return "" if re.sub(r"-(journal|wal|shm)$", "", named) in err else "the message does not name it"

    def drive(self, words, check):
        status, _, err, made, _ = self.run_faulty("", *words)
        self.assertEqual(status, 0, err)
        trials = self.trials(made)
        for trial in trials:
            with self.subTest(trial, seed=self.seed):
                self.before()
                status, out, err, _, failed = self.run_faulty(trial, *words)
                if failed:
                    call, path = failed[0]
                    self.assertEqual(self.problem(trial, call, path, status, err), "",
                                     f"{call} {path}: exit {status}\n{out}{err}")
                check(status, err)
        print(f"{words[0]}: {len(made)} calls, {len(trials)} failures, seed {self.seed}", file=sys.stderr)

    def before(self):
        """Snapshots are counted, and the live database holds what it held."""
        self.ids = self.listed()
        for name in self.beside():
            self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)}")
        if self.which() == OLD:
            self.psql(server_case.CHANGE)

    def listed(self):
        return {each["id"] for each in self.ok("list", "--json").json["snapshots"]}

    def which(self):
        return self.server.psql(self.database, WHICH).out.strip()

    def test_snapshot(self):
        def check(status, _):
            come = self.listed() - self.ids
            self.assertEqual(len(come), 1 if status == 0 else 0)
            for each in come:
                self.ok("verify", each, "--level", "content")

        self.drive(("snapshot",), check)
        self.assert_unchanged()
        self.ok("snapshot")
        self.ok("verify", "--all", "--level", "stored")
        self.assertEqual(os.listdir(self.temporary), [])

    def test_restore(self):
        def check(status, err):
            self.assertIn(self.which(), {0: [OLD], 1: [NEW], 2: [NEW]}.get(status, [OLD, NEW]), err)
            if status != 0:
                self.ok("restore", self.taken, "--yes")
                self.assertEqual(self.which(), OLD)
            self.assertEqual([name for name in self.beside() if "_restoring_" in name], [])

        self.drive(("restore", self.taken, "--yes"), check)


if __name__ == "__main__":
    dbr.main()
