"""What the end-to-end tests share: a fresh place, the real binary, and words for what it did.

A test file is a Python program: `import sys, os; sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))`,
then `from support import dbr`, test cases in unittest, and `dbr.main()` at its end.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.environ.get("DBROLLBACK_BINARY") or os.path.join(
    os.path.dirname(__file__), "..", "..", "build", "release", "bin", "dbrollback")
SOURCE = os.environ.get("DBROLLBACK_SOURCE") or os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
SHARED = os.path.realpath(os.path.join(SOURCE, "..", "shared"))  # real databases; tests skip without them


class Run:
    """What one run of the binary gave."""

    def __init__(self, done):
        self.exit = done.returncode
        self.out = done.stdout.decode("utf-8", "surrogateescape") if done.stdout is not None else ""
        self.err = done.stderr.decode("utf-8", "surrogateescape") if done.stderr is not None else ""
        self.raw = done.stdout

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.exit}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Case(unittest.TestCase):
    """A test case with a folder of its own (self.at), a repository in it (self.repo), and no configuration."""
    maxDiff = None

    def setUp(self):
        self.at = tempfile.mkdtemp(prefix="dbrollback-test-", dir=os.environ.get("TMPDIR") or "/tmp")
        self.addCleanup(shutil.rmtree, self.at, ignore_errors=True)
        self.repo = os.path.join(self.at, "repo")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DBROLLBACK_")}
        self.environment.update({"TZ": "UTC", "HOME": self.at, "LC_ALL": "C.UTF-8"})

    def path(self, *names):
        return os.path.join(self.at, *names)

    def command(self, *words):
        return [BINARY, *[str(word) for word in words]]

    def run_it(self, *words, **keywords):
        """Runs `dbrollback WORDS…` in self.at with self.repo as the repository."""
        environment = dict(self.environment, DBROLLBACK_REPOSITORY=self.repo, **keywords.pop("env", {}))
        keywords.setdefault("stdin", subprocess.DEVNULL)
        keywords.setdefault("stdout", subprocess.PIPE)
        keywords.setdefault("stderr", subprocess.PIPE)
        keywords.setdefault("cwd", self.at)
        keywords.setdefault("timeout", 600)
        return Run(subprocess.run(self.command(*words), env=environment, check=False, **keywords))

    def background(self, *words, binary=BINARY, env=None):
        """Starts a command; it is gone after the test."""
        process = subprocess.Popen([binary, *words], cwd=self.at, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE,
                                   env={**self.environment, "DBROLLBACK_REPOSITORY": self.repo, **(env or {})})
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    @staticmethod
    def wait_until(holds, what, limit=30):
        deadline = time.monotonic() + limit
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"in vain: {what}")
            time.sleep(0.02)

    def ok(self, *words, **keywords):
        done = self.run_it(*words, **keywords)
        self.assertEqual(done.exit, 0, f"dbrollback {words}: {done!r}")
        return done

    def fails(self, status, *words, **keywords):
        done = self.run_it(*words, **keywords)
        self.assertEqual(done.exit, status, f"dbrollback {words}: {done!r}")
        return done

    def init(self):
        return self.ok("init", "--repository", self.repo, "--yes")

    def snapshot(self, database, *words):
        """Takes a snapshot and returns its id."""
        return self.ok("snapshot", "--database", database, "--json", *words).json["id"]

    def make(self, name, *statements):
        """A small database."""
        file = self.path(name)
        with sqlite3.connect(file) as connection:
            for statement in statements or ("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t(v) VALUES ('a'), ('b')"):
                connection.execute(statement)
        connection.close()
        return file


def rows(file, sql):
    connection = sqlite3.connect(file, timeout=30)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def shared(*names):
    """A file of the shared data, or a skip that says so."""
    file = os.path.join(SHARED, "data", *names)
    if not os.path.exists(file):
        raise unittest.SkipTest(f"{file} is not here: this test needs the shared data")
    return file


def main():
    """Exit 77 is ctest's word for a test that was skipped: one of which nothing ran must not count as passed."""
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.skipped and len(result.skipped) >= result.testsRun else 0)
