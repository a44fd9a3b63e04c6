"""docs/json.md names every member of every document that --json prints."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr


def members(document):
    """The names of all members, at any depth."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from members(value)
    elif isinstance(document, list):
        for value in document:
            yield from members(value)


# Sections of docs/json.md that name what a document has in it besides its own members.
WITHIN = {"List": ["Snapshot"], "Releases": ["Release"], "Deploy": ["Release", "Run"], "Plan of a way back": ["Run"],
          "Way back": ["Run"], "Status": ["Release", "Run"]}

DEPLOYED = """[database.app]
url = "sqlite:app.db"
migrations = "deployed"

[app]
version = ["cat", "VERSION"]
stop = ["true"]
switch = ["cp", "{version}", "VERSION"]
start = ["true"]
config_files = ["app.env"]
evidence = [["cat", "VERSION"]]
rto = "1m"

[[health]]
command = ["test", "-e", "healthy"]
within = "1s"
"""


class Documents(dbr.Case):
    def setUp(self):
        super().setUp()
        with open(os.path.join(dbr.SOURCE, "docs", "json.md"), encoding="utf-8") as file:
            self.sections = dict(part.split("\n", 1) for part in re.split(r"^## ", file.read(), flags=re.MULTILINE)[1:])
        self.ok("init", "--repository", self.repo, "--config", self.path("aside.toml"), "--yes")
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write("[database.app]\nurl = \"sqlite:app.db\"\n"
                       "[[database.app.check]]\nname = \"no row\"\nsql = \"SELECT count(*) FROM t\"\nexpect = 0\n")
        self.make("app.db", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t(v) VALUES (1)",
                  "CREATE TABLE child(t REFERENCES t(id))", "INSERT INTO child VALUES (99)",
                  "CREATE VIRTUAL TABLE words USING fts5(text)")

    def is_documented(self, section, status, *words):
        document = self.run_it(*words, "--json")
        self.assertEqual(document.exit, status, repr(document))
        self.assertTrue(document.out.endswith("}\n"))
        self.assertEqual(document.json["schema_version"], 1)
        text = self.sections[section] + "".join(self.sections[within] for within in WITHIN.get(section, []))
        named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", text))))
        unnamed = set(members(document.json)) - named - {"schema_version"}
        self.assertEqual(unnamed, set(), f"not in docs/json.md, {section}")
        return document.json

    def test_every_member_is_documented(self):
        taken = self.is_documented("Snapshot", 3, "snapshot", "--app-version", "v1", "--pin", "audit")
        self.assertTrue(taken["checks"] and taken["left_out"] and taken["segments"] and taken["table_list"])
        self.is_documented("Snapshot", 0, "show", "latest")
        self.assertTrue(self.is_documented("List", 0, "list")["snapshots"])
        verified = self.is_documented("Verification", 0, "verify", "--all", "--level", "restored")
        self.assertTrue(verified["snapshots"][0]["warnings"])
        self.is_documented("Error", 2, "show", "2027")
        self.is_documented("Error", 2, "show", "latest", "--no-such-option")
        self.make("app.db", "ALTER TABLE t ADD COLUMN w", "INSERT INTO t(v) VALUES (2)", "CREATE TABLE u(x)")
        self.assertTrue(self.is_documented("Difference", 3, "diff", "latest", "live")["schema"])
        plan = self.is_documented("Plan of a restore", 0, "restore", "latest", "--dry-run")
        self.assertTrue(plan["plan"]["tables"])
        self.is_documented("Restore", 0, "restore", "latest", "--yes")
        self.assertTrue(self.is_documented("Run", 0, "report", "latest:restore")["facts"])
        self.is_documented("Export", 0, "export", "latest", "out.db")
        self.assertTrue(self.is_documented("Prune", 0, "prune", "--dry-run")["snapshots"])
        self.assertTrue(self.is_documented("Diagnosis", 0, "doctor")["findings"])
        self.is_documented_migration()
        self.is_documented_release()
        self.is_documented_deploy()
        for words in (("pin", "latest", "--reason", "x"), ("unpin", "latest"), ("catalog", "rebuild"), ("version",),
                      ("init", "--config", self.path("other.toml"), "--repository", self.path("other"))):
            self.is_documented("Small ones", 0, *words)
        with open(os.path.join(self.repo, "snapshots", taken["id"], "data-0000.seg"), "r+b") as file:
            file.write(b"x")
        self.assertTrue(self.is_documented("Verification", 3, "verify", taken["id"])["snapshots"][0]["damage"])

    def is_documented_release(self):
        subprocess.run([os.path.join(os.path.dirname(dbr.BINARY), "write_releases"), self.repo, "app", "v1=confirmed", "v2=failed+"],
                       check=True, capture_output=True)
        listed = self.is_documented("Releases", 0, "releases")["releases"]
        self.assertTrue(listed[1]["databases"][0]["migrations"] and listed[1]["files"])
        self.is_documented("Release", 0, "releases", "show", "v2")
        self.is_documented("Small ones", 0, "releases", "mark-good", "v1")
        self.assertTrue(self.is_documented("Known good versions", 0, "releases", "good")["versions"])
        self.is_documented("Small ones", 0, "releases", "unmark-good", "v1")
        with open(self.path("good.json"), "w", encoding="utf-8") as file:
            file.write('["a"]')
        self.is_documented("Small ones", 0, "releases", "import", "good.json")

    def is_documented_deploy(self):
        os.mkdir(self.path("deployed"))
        for name, text in (("dbrollback.toml", DEPLOYED), ("v7", "v7"), ("v8", "v8"), ("VERSION", "v7"), ("healthy", ""),
                           ("app.env", "A=1"), ("deployed/1_seven.sql", "-- migrate:up\n-- migrate:down\n")):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        self.make("app.db", "DROP TABLE schema_migrations")
        self.assertTrue(self.is_documented("Deploy", 0, "deploy", "--app-version", "v7")["release"]["files"])
        with open(self.path("deployed/2_eight.sql"), "w", encoding="utf-8") as file:
            file.write("-- migrate:up\nCREATE TABLE eight(x);\n-- migrate:down\nDROP TABLE eight;\n")
        self.is_documented("Deploy", 0, "hook", "pre-deploy", "--app-version", "v8", "--despite", "dirty-tree")
        self.assertTrue(self.is_documented("Deploy", 0, "hook", "post-deploy")["health"])
        self.is_documented("Run", 0, "report", "latest:deploy")
        self.is_documented("Run", 0, "report", "latest:hook-post-deploy", "--format", "json")
        self.assertTrue(self.is_documented("Status", 0, "status")["databases"][0]["release"])
        plan = self.is_documented("Plan of a way back", 0, "rollback", "--dry-run")
        self.assertEqual((len(plan["ways"]), plan["strategy"]), (3, "reverse"))
        self.assertTrue(plan["ways"][1]["losses"] and plan["commands"])
        os.remove(self.path("healthy"))
        self.is_documented("Error", 6, "rollback", "--yes")
        self.assertTrue(self.is_documented("Status", 6, "status")["databases"][0]["unfinished"])
        with open(self.path("healthy"), "w", encoding="utf-8"):
            pass
        done = self.is_documented("Way back", 0, "rollback", "--resume")
        self.assertTrue(done["snapshot_before"] and done["verification"])
        self.assertTrue(self.is_documented("Run", 0, "report", "latest:rollback")["evidence"])
        self.is_documented("Deploy", 0, "deploy", "--app-version", "v8")
        os.remove(self.path("healthy"))
        self.is_documented("Error", 6, "rollback", "--yes", "--strategy", "restore")
        self.is_documented("Small ones", 0, "rollback", "--abandon")

    def is_documented_migration(self):
        os.mkdir(self.path("db"))
        with open(self.path("db", "1_a.sql"), "w", encoding="utf-8") as file:
            file.write("-- migrate:up\nCREATE TABLE m(x);\n-- migrate:down\nDROP TABLE m;\n")
        with open(self.path("db", "2_b.sql"), "w", encoding="utf-8") as file:
            file.write("-- migrate:up transaction:false\nCREATE TABLE n(x);\nCREATE TABLE n(x);\n-- migrate:down\n"
                       "DROP TABLE t;\n")
        folder = ("--migrations", self.path("db"))
        plan = self.is_documented("Plan of migrations", 0, "migrate", "plan", *folder)
        self.assertEqual(len(plan["migrations"]), 2)
        self.assertTrue(self.is_documented("Run of migrations", 0, "migrate", "up", "--to", "1", *folder)["steps"])
        self.assertEqual(self.run_it("migrate", "up", *folder).exit, 6)
        self.assertTrue(self.is_documented("State of migrations", 0, "migrate", "status", *folder)["unfinished"])
        self.is_documented("State of migrations", 0, "migrate", "resolve", "2", "--reverted", *folder)
        self.make("app.db", "DROP TABLE n")
        self.run_it("snapshot")
        with open(self.path("db", "2_b.sql"), "w", encoding="utf-8") as file:
            file.write("-- migrate:up\nALTER TABLE t ADD COLUMN z;\n-- migrate:down\nDELETE FROM t;\n")
        self.assertTrue(self.is_documented("Rehearsal", 3, "migrate", "rehearse", *folder)["migrations"][0]["losses"])


if __name__ == "__main__":
    dbr.main()
