"""What the tests of runs that die share: migrations of which each statement can be seen in the database, what must be true
of a status after a death, and the way from there to where an undisturbed run ends."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import script_case  # noqa: E402


class Migration:
    """`up` and `down` are lists of statements, each with a condition that holds once it is in effect."""

    def __init__(self, up, down, alone=False):
        self.up, self.down, self.alone = up, down, alone

    def scripts(self):
        return tuple("\n".join(f"{sql};" for sql, _ in each) for each in (self.up, self.down))


def row(table, value):
    """Up and down of a row that nothing keeps from being written twice."""
    there = f"EXISTS (SELECT 1 FROM {table} WHERE v = {value})"
    return (f"INSERT INTO {table} VALUES ({value})", there), (f"DELETE FROM {table} WHERE v = {value}", f"NOT {there}")


class Words:
    """Beside a case of script_case; the first migration is applied before each trial, and stays."""
    migrations = ()

    def write(self):
        self.clear()
        for number, migration in enumerate(self.migrations, 1):
            self.dbmate(migration.scripts(), alone=migration.alone, first=number)

    def begin_trial(self, action):
        """A new database, ready for it."""
        self.fresh()
        self.write()
        self.up(*(["--to", "1"] if action == "up" else []))

    def words(self, action):
        return ["migrate", "up"] if action == "up" else ["migrate", "down", "--yes", "--to", "1"]

    def expected(self, action):
        """What an undisturbed run leaves."""
        self.begin_trial(action)
        self.ok(*self.words(action))
        return self.held()

    def effects(self, statements):
        return [self.holds(condition) for _, condition in statements]

    def check(self, action):
        """What status says is true of the tool's table, and of every statement."""
        status = self.status()
        applied = self.applied()
        self.assertEqual([each["version"] for each in status["migrations"] if each["state"] == "applied"], applied, status)
        left = status["unfinished"]
        for number, migration in enumerate(self.migrations, 1):
            if left and left["version"] == str(number):
                self.check_unfinished(left, migration)
            else:
                is_applied = str(number) in applied
                self.assertEqual(self.effects(migration.up), [is_applied] * len(migration.up), (number, status))
        return left

    def check_unfinished(self, left, migration):
        effects = self.effects(migration.up if left["direction"] == "up" else migration.down)
        done = left["done"]
        self.assertEqual(left["statements"], len(effects))
        self.assertEqual(effects[:done], [True] * done, left)
        self.assertEqual(effects[done + 1:], [False] * len(effects[done + 1:]), left)
        if done < len(effects) and left["problem"] is not None:
            self.assertFalse(effects[done], left)

    def mend(self, action):
        """Types what status and the errors say, and looks where they say that nobody else can know."""
        left = self.check(action)
        if left:
            said = self.error(4, *self.words(action)[1:])
            self.assert_says(said, f"an earlier run is unfinished: {left['direction']} of {left['name']} ended half way",
                             "`dbrollback migrate resume")
            migration = self.migrations[int(left["version"]) - 1]
            effects = self.effects(migration.up if left["direction"] == "up" else migration.down)
            is_uncertain = left["problem"] is None and left["done"] < len(effects)
            how = []
            if is_uncertain:
                self.assert_says(said, "was running when the run ended: it may be in effect, or not", "resume --again",
                                 "resume --skip")
                self.assert_says(self.error(4, "resume"), "it may be in effect, or not")
                how = ["--skip" if effects[left["done"]] else "--again"]
            self.ok("migrate", "resume", *how)
        self.assertIsNone(self.check(action))
        self.ok(*self.words(action))


class Postgres(Words, script_case.Postgres):
    def fresh(self):
        self.drop()
        self.database = self.server.fresh()
        self.url = self.environment["APP_URL"] = self.server.url(self.database)

    def drop(self):
        self.server.psql("postgres", f'DROP DATABASE IF EXISTS "{self.database}" (FORCE)')

    def holds(self, condition):
        return self.one(f"SELECT {condition}") == "t"

    def held(self):
        return self.server.dump(self.database, create=False, in_order=False)


class Sqlite(Words, script_case.Sqlite):
    trials = 0

    def fresh(self):
        self.trials += 1
        self.database = self.environment["APP_URL"] = self.make(f"trial{self.trials}.db", "PRAGMA user_version = 1")

    def holds(self, condition):
        return bool(self.one(f"SELECT {condition}"))

    def held(self):
        tables = [name for name, in self.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
        return (self.query("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2"),
                [self.query(f"SELECT * FROM {name} ORDER BY 1") for name in tables])
