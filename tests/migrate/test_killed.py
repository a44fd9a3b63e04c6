# slow
"""SIGKILL at every named point of a run of migrations, up and down, in a transaction and outside: what status says then
is true, and what it says to type leads to where an undisturbed run ends."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from crash import worlds  # noqa: E402
from support import dbr  # noqa: E402

import killed_case  # noqa: E402


def migrations(index, has_index):
    """A table for all, one outside a transaction with an index, and one in a transaction."""
    make_row, no_row = killed_case.row("log", 2)
    other_row, no_other = killed_case.row("log", 3)
    has = "EXISTS (SELECT 1 FROM {0} WHERE {1} = '{2}')".format
    schema = ("pg_class", "relname") if index.endswith("CONCURRENTLY") else ("sqlite_schema", "name")
    table = lambda name: (f"CREATE TABLE {name} (x int)", has(*schema, name))
    no_table = lambda name: (f"DROP TABLE {name}", "NOT " + has(*schema, name))
    return (killed_case.Migration([("CREATE TABLE log (v int)", has(*schema, "log"))], []),
            killed_case.Migration([table("a"), make_row, (f"CREATE {index} i ON a (x)", has_index)],
                                  [(f"DROP {index} i", "NOT " + has(*schema, "i")), no_row, no_table("a")], alone=True),
            killed_case.Migration([table("z"), other_row], [no_other, no_table("z")]))


class AtEachPoint:
    def run_faulty(self, action, faults=""):
        trace = self.path("trace")
        if os.path.exists(trace):
            os.remove(trace)
        run = self.background(*self.words(action), binary=worlds.FAULTY, env={
            "DBROLLBACK_FAULTS": faults, "DBROLLBACK_FAULTS_ROOT": self.at, "DBROLLBACK_FAULTS_TRACE": trace})
        _, err = run.communicate(timeout=60)
        with open(trace, encoding="utf-8") as lines:
            points = [line[len("point "):].rstrip("\n") for line in lines if line.startswith("point ")]
        return run.returncode, points, err

    def drive(self, action):
        self.begin_trial(action)
        status, points, err = self.run_faulty(action)
        self.assertEqual(status, 0, err)
        self.assertEqual(set(points) & self.ours(), self.ours(), "no run reaches these")
        expected = self.expected(action)
        for number, point in enumerate(points):
            if point not in self.ours():
                continue
            which = points[:number + 1].count(point)
            with self.subTest(point, number=which):
                self.begin_trial(action)
                status, _, err = self.run_faulty(action, f"point {which} {point}")
                self.assertEqual(status, -signal.SIGKILL, err)
                self.wait_until(lambda: not self.busy(), "the server has noticed")
                self.mend(action)
                self.assertEqual(self.held(), expected)
        print(f"{action}: {len([point for point in points if point in self.ours()])} points", file=sys.stderr)

    @staticmethod
    def ours():
        return worlds.points_in_the_code("engine/migrate")

    def test_up(self):
        self.drive("up")

    def test_down(self):
        self.drive("down")


class Postgres(AtEachPoint, killed_case.Postgres):
    migrations = migrations("INDEX CONCURRENTLY",
                            "EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('i') AND indisvalid)")

    def busy(self):
        return self.backends()


class Golang(Postgres):
    """Its table is one row, and dirty while a migration is half way. There are no markers: the index refuses a
    transaction."""

    def drive(self, action):
        self.reverts = action == "down"
        super().drive(action)

    def write(self):
        self.clear()
        self.golang(*[migration.scripts() for migration in self.migrations])

    def applied(self):
        ((version, dirty),) = self.query("SELECT version, dirty FROM schema_migrations")
        return [str(number) for number in range(1, int(version) + 1 - (dirty == "t" and not self.reverts))]


class Sqlite(AtEachPoint, killed_case.Sqlite):
    migrations = migrations("INDEX", "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'i')")

    def busy(self):
        return False


if __name__ == "__main__":
    dbr.main()
