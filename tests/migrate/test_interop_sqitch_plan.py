"""What only sqitch has: tags, reworked changes, verify scripts, other projects, and a log of all that was done."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import migrate_case  # noqa: E402
from migrate_case import dbr  # noqa: E402
from sqitch_tool import PLANNER, Sqitch  # noqa: E402


class Plan:
    """What only sqitch has. Its registry takes the extension of the database."""
    file, registry = "shop.sqlite3", "sqitch.sqlite3"

    def setUp(self):
        super().setUp()
        self.it, self.alone = Sqitch(self, self.app), Sqitch(self, self.target("alone"))
        self.it.write(migrate_case.migrations(self.engine))

    def assert_same(self):
        self.assertEqual(self.it.state(), self.alone.state())

    def plan(self, *lines):
        """Another plan, whose changes make a table each."""
        self.write("sqitch.plan", "\n".join(["%syntax-version=1.0.0", "%project=shop", "", *lines]) + "\n")
        for name in {line.split()[0] for line in lines if not line.startswith("@")}:
            self.it.script("deploy", name, [f"CREATE TABLE {name} (a int);"])
            self.it.script("revert", name, [f"DROP TABLE {name};"])

    def test_to_a_tag(self):
        self.assertEqual(self.up("--to", "@v1"), ["customers", "orders"])
        self.assertEqual(self.it.sqitch("status").out.count("@v1"), 2)
        self.up()
        self.assertEqual(self.down("@v1.1"), ["index", "trigger"])
        self.it.sqitch("deploy", "--to", "@v2")
        self.assertEqual(self.states(), ["applied"] * 4)

    def test_a_verify_script_that_fails(self):
        self.it.script("verify", "trigger", ["SELECT missing FROM orders;"])
        self.assertIn("verify", self.fails(6, "migrate", "up").err)
        self.assertEqual(self.states(), ["applied"] * 2 + ["pending"] * 2)
        self.alone.up(2)
        self.assert_same()
        self.it.script("verify", "trigger", ["SELECT note FROM orders;"])
        self.it.up()
        self.assertEqual(self.states(), ["applied"] * 4)

    def test_the_log_of_a_mixed_history(self):
        self.up("--to", "orders")
        self.it.up()
        self.down("customers")
        self.it.down(1)
        told = self.it.sqitch("log", "--format", "oneline", "--no-pager").out.splitlines()
        self.assertEqual(len(told), 9)  # the first one names the database
        events = self.it.state()["events"]
        self.assertEqual([row[0] for row in events], ["deploy"] * 4 + ["revert"] * 4)

    def test_a_change_that_comes_again(self):
        """Its first scripts are kept under the name of the tag between them."""
        self.write("sqitch.plan", f"""%syntax-version=1.0.0
%project=shop

seen 2026-01-01T10:00:00Z {PLANNER} # The first
@v1 2026-01-02T11:00:00Z {PLANNER} # It is out
@v1.1 2026-01-02T12:00:00Z {PLANNER} # And again
seen [seen@v1] 2026-01-03T10:00:00Z {PLANNER} # The second
last [seen seen@v1.1] 2026-01-04T10:00:00Z {PLANNER}
""")
        first, second = "CREATE VIEW seen AS SELECT 1 AS a;", "CREATE VIEW seen AS SELECT 1 AS a, 2 AS b;"
        for kind, name, statements in (
                ("deploy", "seen@v1", [first]), ("revert", "seen@v1", ["DROP VIEW seen;"]),
                ("deploy", "seen", ["DROP VIEW seen;", second]), ("revert", "seen", ["DROP VIEW seen;", first]),
                ("verify", "seen", ["SELECT b FROM seen;"]), ("verify", "seen@v1", ["SELECT a FROM seen;"]),
                ("deploy", "last", ["CREATE VIEW last AS SELECT b FROM seen;"]),
                ("revert", "last", ["DROP VIEW last;"])):
            self.it.script(kind, name, statements)
        versions = [each["version"] for each in self.status()["migrations"]]
        self.assertEqual(self.up("--to", "@v1"), versions[:1])
        self.assertEqual(self.up(), versions[1:])
        self.it.assert_nothing_pending()
        self.alone.sqitch("deploy")
        self.assert_same()
        self.assertEqual(self.down(versions[0]), versions[:0:-1])
        self.alone.down(2)
        self.assert_same()
        self.it.sqitch("deploy")
        self.assertEqual(self.states(), ["applied"] * 3)
        self.it.down(1)
        self.assertEqual(self.down("none"), versions[1::-1])
        self.alone.sqitch("deploy")
        self.alone.down(1)
        self.alone.down(2)
        self.assert_same()

    def test_whose_registry_it_is(self):
        """The names that sqitch takes: of its variables, then of the project, then the account's."""
        self.plan(f"a 2026-01-01T10:00:00Z {PLANNER}", f"b 2026-01-01T11:00:00Z {PLANNER}")
        who = {"SQITCH_FULLNAME": "One of us", "SQITCH_EMAIL": "one@example.com"}
        self.environment.update(who)
        self.up("--to", "a")
        self.alone.sqitch("deploy", "--to-change", "a")
        for name in who:
            del self.environment[name]
        engine = "pg" if self.engine == "postgres" else "sqlite"
        user = '[user]\n\tname = "Two; of us"\n\temail = two@example.com\n'
        self.write("sqitch.conf", f"[core]\n\tengine = {engine}\n{user}")
        self.up()
        self.alone.sqitch("deploy")
        self.assert_same()

    def test_a_change_of_another_project(self):
        self.plan(f"a 2026-01-01T10:00:00Z {PLANNER}", f"b [a other:z !other:y] 2026-01-01T11:00:00Z {PLANNER}")
        self.assertIn("other:z", self.fails(6, "migrate", "up").err)
        self.assertEqual(self.states(), ["applied", "pending"])
        plan = os.path.join(self.folder, "sqitch.plan")
        ours = open(plan, encoding="utf-8").read()
        self.write("sqitch.plan", f"%syntax-version=1.0.0\n%project=other\n\nz 2026-01-01T10:00:00Z {PLANNER}\n")
        self.it.script("deploy", "z", ["CREATE TABLE z (a int);"])
        self.assertEqual(self.up(), ["z"])
        self.alone.sqitch("deploy")
        self.write("sqitch.plan", ours)
        self.assertEqual(self.up(), ["b"])
        self.it.assert_nothing_pending()

    def test_a_conflict(self):
        self.plan(f"a 2026-01-01T10:00:00Z {PLANNER}", f"b [!a] 2026-01-01T11:00:00Z {PLANNER}")
        self.assertEqual(self.alone.sqitch("deploy", status=None).exit, 2)
        self.assertIn("conflicts with a", self.fails(6, "migrate", "up").err)
        self.assertIn("conflicts with a", self.fails(4, "migrate", "up").err)
        self.assertEqual(self.states(), ["applied", "pending"])


class PlanOnSqlite(Plan, migrate_case.Case):
    pass


class PlanOnPostgres(Plan, migrate_case.Case):
    engine = "postgres"


if __name__ == "__main__":
    dbr.main()
