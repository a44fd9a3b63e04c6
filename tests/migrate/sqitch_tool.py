"""sqitch as a migration tool of the tests, with a project of four changes that has tags, dependencies and verify
scripts."""
import migrate_case

PLANNER = "Ånn Plänner <ann@example.com>"
PLAN = f"""%syntax-version=1.0.0
%project=shop
%uri=https://example.com/shop

customers 2026-01-01T10:00:00Z {PLANNER} # Those who buy, "all" of them
orders [customers] 2026-01-02T10:00:00Z {PLANNER} # What they buy.\\nA second line.
@v1 2026-01-02T11:00:00Z {PLANNER} # The first release
@v1.1 2026-01-02T12:00:00Z {PLANNER}
trigger [orders customers@v1 @v1.1 !index !other:carts] 2026-01-03T10:00:00Z {PLANNER} # Notes
index [trigger shop:orders@v1] 2026-01-04T10:00:00Z {PLANNER}
@v2 2026-01-04T11:00:00Z {PLANNER} # The second one
"""


class Sqitch(migrate_case.Tool):
    name = "sqitch"
    tables = ("releases", "projects", "changes", "tags", "dependencies", "events")
    times = ("installed_at", "created_at", "committed_at")

    def find(self):
        return self.program_of("sqitch")

    def write(self, migrations):
        self.case.write("sqitch.conf", f"[core]\n\tengine = {'pg' if self.is_postgres else 'sqlite'}\n")
        self.case.write("sqitch.plan", PLAN)
        for each in migrations:
            self.script("deploy", each.name, each.up, each.in_transaction)
            self.script("revert", each.name, each.down, each.in_transaction)
        self.script("verify", "customers", ["SELECT id, email FROM customers WHERE 1 = 0;"])
        self.script("verify", "orders", ["INSERT INTO orders (id, customer) VALUES (-1, 1);"], end="ROLLBACK")

    def script(self, kind, name, statements, in_transaction=True, end="COMMIT"):
        text = "\n".join(statements)
        if in_transaction:
            text = f"BEGIN;\n\n{text}\n\n{end};"
        self.case.write(f"{kind}/{name}.sql", f"-- {kind.title()} shop:{name} to it\n\n{text}\n")

    def sqitch(self, command, *words, status=0):
        uri = f"db:pg://postgres@/{self.target.database}" if self.is_postgres else f"db:sqlite:{self.target.file}"
        env = {"PGHOST": self.target.server.folder, "PGPORT": str(self.target.server.port)} if self.is_postgres else {}
        return self.run(command, "--target", uri, *words, env=env, cwd=self.folder, status=status)

    def up(self, count=None):
        names = ["customers", "orders", "trigger", "index"]
        self.sqitch("deploy", "--verify", *(["--to-change", names[count - 1]] if count else []))

    def down(self, count):
        ids = [row[0] for row in self.target.table(self.name_of("changes"))]
        self.sqitch("revert", "-y", *(["--to", ids[-count - 1]] if count < len(ids) else []))

    def assert_nothing_pending(self):
        self.case.assertIn("Nothing to deploy", self.sqitch("status").out)
        self.sqitch("check")  # the scripts are those that were deployed
        self.sqitch("verify")

    def name_of(self, table):
        return f"sqitch.{table}" if self.is_postgres else table
