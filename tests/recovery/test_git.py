"""The git preset against real repositories: dirty trees, detached heads, and commands that fail, hang or flood."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402


class GitCase(deploy_case.Words):
    """The application is a checkout whose one command writes down what it was started with."""
    start = "['cp', 'VERSION', '../started']"
    more_app = ""

    def prepare(self):
        super().prepare()
        self.environment.update({"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
                                 "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "A",
                                 "GIT_COMMITTER_EMAIL": "a@x"})
        self.git("init", "-q", "-b", "main")
        self.commits = {version: self.commit(version) for version in ("v1", "v2")}
        self.git("checkout", "-q", "--detach", "v1")
        self.checkout("v1")

    def app_section(self):
        return f"[app]\npreset = 'git'\nfolder = 'checkout'\ntimeout = '10s'\nstart = [{self.start}]\n{self.more_app}"

    def git(self, *words):
        os.makedirs(self.path("checkout"), exist_ok=True)
        return subprocess.run(["git", *words], cwd=self.path("checkout"), env=self.environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commit(self, version):
        self.write_text(self.path("checkout", "VERSION"), version + "\n")
        self.git("add", "VERSION")
        self.git("commit", "-q", "-m", version)
        self.git("tag", version)
        return self.git("rev-parse", "HEAD")

    def head(self):
        return self.git("rev-parse", "HEAD")

    def started(self):
        with open(self.path("started"), encoding="utf-8") as file:
            return file.read().strip()

    def dirty(self, text="changed by hand\n"):
        self.write_text(self.path("checkout", "VERSION"), text)


class Git(GitCase):
    def test_a_commit_is_checked_out_and_taken_back(self):
        self.deployed("v1")
        self.assertEqual((self.head(), self.started()), (self.commits["v1"], "v1"))
        self.deployed("v2")
        self.assertEqual((self.head(), self.started()), (self.commits["v2"], "v2"))
        commands = " ".join(documents.commands(self.plan()))
        self.assertIn("git checkout --detach", commands)
        self.assertIn(self.commits["v1"], commands)
        self.roll_back()
        self.assertEqual((self.head(), self.started()), (self.commits["v1"], "v1"))
        self.assertEqual(self.git("branch", "--show-current"), "")
        self.assertEqual(self.git("rev-parse", "main"), self.commits["v2"], "no branch is moved")

    def test_the_version_is_taken_from_git(self):
        deployed = documents.release_of(self.ok("deploy", "--json").json)
        self.assertEqual(documents.version(deployed), self.commits["v1"][:7])

    def test_a_dirty_tree_is_refused(self):
        """The version is git's, and it is not all that is there."""
        self.dirty()
        refused = self.fails(4, "deploy", "--json")
        self.assertEqual(documents.code(refused.json), "dirty_tree")
        self.assertEqual(self.states(), [])
        self.assertEqual(self.query("SELECT 1 FROM people") if self.has_column("people", "id") else [], [])
        self.assert_says(self.fails(4, "deploy"), "VERSION", "--despite dirty-tree")
        self.ok("deploy", "--despite", "dirty-tree", "--no-app")
        self.assertEqual(len(self.states()), 1)

    def test_an_untracked_file_is_not_dirt(self):
        self.write_text(self.path("checkout", ".env"), "A=1\n")
        self.ok("deploy")

    def test_what_is_modified_is_stashed_on_a_way_back(self):
        self.deployed("v1")
        self.deployed("v2")
        self.dirty("a night of work\n")
        self.write_text(self.path("checkout", "untracked"), "stays\n")
        self.roll_back()
        self.assertEqual((self.head(), self.started()), (self.commits["v1"], "v1"))
        self.assertIn("before the switch from v2 to v1", self.git("stash", "list"))
        self.assertIn("a night of work", self.git("stash", "show", "-p"))
        self.assertTrue(os.path.exists(self.path("checkout", "untracked")))

    def test_no_such_commit(self):
        """It is refused before anything is done."""
        self.carried["v9"] = deploy_case.V1
        refused = self.deploy("v9", status=4)
        self.assert_says(refused, "git cat-file -e 'v9^{commit}'", "nothing was changed", "--no-app")
        self.assertEqual((self.head(), self.states()), (self.commits["v1"], []))

    def test_the_commit_to_go_back_to_is_gone(self):
        """The plan says so, and nothing is stopped."""
        self.deployed("v1")
        self.deployed("v2")
        self.git("tag", "-d", "v1")
        self.git("checkout", "-q", "--orphan", "anew")
        self.git("commit", "-q", "-m", "anew")
        self.git("branch", "-D", "main")
        self.git("tag", "-d", "v2")
        self.git("reflog", "expire", "--expire=now", "--all")
        self.git("gc", "-q", "--prune=now")
        self.assert_says(self.ok("rollback", "--dry-run"), "cannot be switched to v1")
        before = self.states()
        refused = self.fails(4, "rollback", "--yes")
        self.assert_says(refused, "cannot be switched to v1", "nothing was changed", "--no-app")
        self.assertEqual((self.states(), self.started()), (before, "v2"))
        self.ok("rollback", "--yes", "--no-app")
        self.assertNotEqual(self.states(), before)


class OwnCommands(GitCase):
    """Commands that do what commands do."""

    def set_start(self, *words):
        self.start = "[" + ", ".join(f"'''{word}'''" for word in words) + "]"
        self.configure()

    def test_one_that_fails(self):
        self.set_start("sh", "-c", "echo on its way; echo 'port 8000 is taken' >&2; exit 3")
        failed = self.deploy("v1", "--on-unhealthy", "leave", status=6)
        self.assert_says(failed, "sh", "3", "port 8000 is taken")
        self.assertNotIn(self.states()[-1][1], ("confirmed", "started"))

    def test_one_that_is_not_there(self):
        self.set_start("no-such-program-1")
        failed = self.deploy("v1", status=6)
        self.assert_says(failed, "no-such-program-1")

    def test_one_that_hangs(self):
        self.more_app = ""
        self.set_start("sh", "-c", "echo waiting for godot; sleep 600 & wait")
        text = self.read_text("dbrollback.toml").replace("timeout = '10s'", "timeout = '400ms'")
        self.write_text(self.path("dbrollback.toml"), text)
        began = time.monotonic()
        failed = self.deploy("v1", status=6)
        self.assertLess(time.monotonic() - began, 20)
        self.assert_says(failed, "400", "waiting for godot")

    def test_one_that_floods(self):
        """40 MB of output and messages; the run record and what is said stay readable."""
        flood = "head -c 20000000 /dev/zero | tr '\\0' 'x'; echo; echo the end"
        self.set_start("sh", "-c", f"({flood}); ({flood}) >&2; exit 1")
        failed = self.deploy("v1", status=6)
        self.assertLess(len(failed.err) + len(failed.out), 20000)
        self.assert_says(failed, "the end")
        size = sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(self.repo)
                   for name in names if "/runs" in folder)
        self.assertLess(size, 4 << 20)

    def test_one_that_prints_what_a_terminal_would_obey(self):
        self.set_start("sh", "-c", "printf '\\033]0;owned\\007\\033[2J'; exit 1")
        failed = self.deploy("v1", status=6)
        self.assertNotIn("\033", failed.err + failed.out)
        self.assertNotIn("\007", failed.err + failed.out)

    def test_arguments_are_no_shell(self):
        self.set_start("cp", "VERSION", "../a b;$(touch x)")
        self.deployed("v1")
        self.assertTrue(os.path.exists(self.path("a b;$(touch x)")))
        self.assertFalse(os.path.exists(self.path("checkout", "x")))

    def test_the_migrations_by_a_command(self):
        """COMMAND replaces our running of migrations; what it says goes to stderr."""
        tool = f"{dbr.BINARY} migrate up && echo said by the tool"
        done = self.deploy("v1", "--json", "--", "sh", "-c", tool)
        self.assertIn("said by the tool", done.err)
        release = documents.release_of(done.json)
        self.assertEqual(documents.state(release), "confirmed")
        self.assertNotEqual(*documents.fingerprints(release))
        self.assertEqual(self.applied(), ["20261001", "20261002"])

    def test_a_command_of_migrations_that_fails(self):
        failed = self.deploy("v1", "--", "sh", "-c", "echo 'relation is gone' >&2; exit 9", status=6)
        self.assert_says(failed, "relation is gone", "9")
        self.assertEqual(self.states(), [("v1", "failed")])

    def read_text(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()


deploy_case.both(globals(), Git)
deploy_case.both(globals(), OwnCommands, engines=[deploy_case.Sqlite])  # which know nothing of databases
del GitCase, Git, OwnCommands

if __name__ == "__main__":
    dbr.main()
