"""Small worlds in which a command goes wrong: what was there before, what the command was to do, and what must hold
afterwards, however it ended."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

FAULTY = os.environ.get("DBROLLBACK_FAULTY") or os.path.join(os.path.dirname(dbr.BINARY), "dbrollback_faulty")

SNAPSHOT = [(1, "as it was"), (2, "when the snapshot was taken")]
LIVE = [(1, "changed since"), (3, "written since")]


def write(file, content, journal_mode="delete", padding=0, page_size=4096):
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA page_size={page_size}")
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.execute("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v)")
    connection.execute("CREATE TABLE IF NOT EXISTS padding(bytes)")
    connection.execute("DELETE FROM t")
    connection.execute("DELETE FROM padding")
    connection.executemany("INSERT INTO t VALUES (?, ?)", content)
    connection.executemany("INSERT INTO padding VALUES (randomblob(?))", [(4000,)] * padding)
    connection.commit()
    connection.close()


def content_of(file):
    """What a database holds, read from a copy of it and its journals; raises when it is no database in order."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-journal", "-wal"):
            if os.path.exists(file + suffix):
                shutil.copy(file + suffix, os.path.join(folder, os.path.basename(file) + suffix))
        connection = sqlite3.connect(os.path.join(folder, os.path.basename(file)))
        try:
            integrity = connection.execute("PRAGMA integrity_check").fetchall()
            if integrity != [("ok",)]:
                raise AssertionError(f"{file}: integrity_check says {integrity}")
            return connection.execute("SELECT * FROM t ORDER BY id").fetchall()
        finally:
            connection.close()


class World:
    """A folder `root` with a database, a repository and a folder for temporary files, which can be made again."""
    name = ""
    words = ()
    padding = 0        # pages of random bytes, for commands that are to take some time
    before = LIVE      # what the live database holds
    after = LIVE       # what it holds when the command is done
    goes = 0           # how many of the snapshots the command removes
    comes = 0          # how many it takes
    not_essential = ()  # calls that may fail without it failing, beside those of every command

    def __init__(self, at):
        self.at = at
        self.root = os.path.join(at, "world")
        self.kept = os.path.join(at, "kept")
        self.trace = os.path.join(at, "trace")
        self.database = os.path.join(self.root, "app.db")
        self.repository = os.path.join(self.root, "repo")
        self.temporary = os.path.join(self.root, "tmp")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DBROLLBACK_")}
        self.environment.update({"TZ": "UTC", "HOME": at, "LC_ALL": "C.UTF-8", "TMPDIR": self.temporary,
                                 "DBROLLBACK_REPOSITORY": self.repository})
        os.makedirs(self.temporary)
        self.must("init", "--repository", self.repository, "--yes")
        self.prepare()
        self.snapshots = self.listed()
        self.state = self.tree()
        shutil.copytree(self.root, self.kept, symlinks=True)

    def prepare(self):
        write(self.database, SNAPSHOT, padding=self.padding)
        self.taken = self.take()
        write(self.database, LIVE, padding=self.padding)

    # What is run.

    def command(self):
        return [str(word).format(world=self) for word in self.words]

    def run(self, *words, binary=None, faults="", **keywords):
        environment = dict(self.environment)
        if faults is not None and binary:
            environment.update({"DBROLLBACK_FAULTS": faults, "DBROLLBACK_FAULTS_ROOT": self.root,
                                "DBROLLBACK_FAULTS_TRACE": self.trace})
        keywords.setdefault("stdin", subprocess.DEVNULL)
        return dbr.Run(subprocess.run([binary or dbr.BINARY, *words], env=environment, cwd=self.root, check=False,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **keywords))

    def run_faulty(self, faults=""):
        """Runs the command with the injector; what it did is in self.calls, self.points and self.done."""
        if os.path.exists(self.trace):
            os.remove(self.trace)
        done = self.run(*self.command(), binary=FAULTY, faults=faults)
        self.calls, self.points, self.done = [], [], []
        with open(self.trace, encoding="utf-8") as lines:
            for line in lines:
                first, _, rest = line.rstrip("\n").partition(" ")
                if first == "point":
                    self.points.append(rest)
                elif first.isdigit():
                    self.calls.append(tuple(rest.split(" ", 1)))
                else:
                    self.done.append(tuple(rest.split(" ", 2)))
        return done

    def must(self, *words):
        done = self.run(*words)
        if done.exit != 0:
            raise AssertionError(f"dbrollback {words}: {done!r}")
        return done

    def take(self, *words):
        return self.must("snapshot", "--database", self.database, "--json", *words).json["id"]

    def reset(self):
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root, symlinks=True)

    # What must hold.

    def listed(self):
        return {snapshot["id"] for snapshot in self.must("list", "--json").json["snapshots"]}

    def tree(self):
        """Every file's bytes, but for those that mean nothing."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            for name in folders:
                found[os.path.join(folder, name)] = None
            for name in files:
                path = os.path.join(folder, name)
                if not path.endswith("-shm") and "/locks/" not in path and "/catalog.db" not in path:
                    with open(path, "rb") as file:
                        found[path] = file.read()
        return {path: data for path, data in found.items() if not path.endswith("/locks")}

    def contents_allowed(self, status):
        """What the live database may hold after an exit status; None: the command was killed."""
        if status == 0:
            return [self.after]
        return [self.before] if status == 1 else [self.before, self.after]

    def check(self, status):
        """After the command ended with `status`, or was killed (None): everything is old or new, and is whole."""
        if status is not None and self.tree() == self.state:
            if status == 0 and (self.before != self.after or self.comes or self.goes):
                raise AssertionError("exit status 0, and nothing was done")
            return
        self.check_database(status)
        self.check_snapshots(status)

    def check_database(self, status):
        held = content_of(self.database)
        if held not in self.contents_allowed(status):
            raise AssertionError(f"after exit status {status} the live database holds {held}")

    def check_snapshots(self, status):
        there = self.listed()
        gone, come = len(self.snapshots - there), len(there - self.snapshots)
        allowed = {0: ([self.goes], [self.comes]), 1: ([0], [0])}.get(
            status, (range(self.goes + 1), range(self.comes + 1)))
        if self.is_not_undone and status == 1:
            allowed = ([0], range(self.comes + 1))
        if gone not in allowed[0] or come not in allowed[1]:
            raise AssertionError(f"after exit status {status}: {gone} snapshots gone, {come} come")
        if there:
            verified = self.run("verify", "--all", "--level", "stored")
            if verified.exit != 0:
                raise AssertionError(f"after exit status {status} a listed snapshot is not whole: {verified!r}")

    is_not_undone = False  # a snapshot of the state before stays when its restore fails

    def check_next(self):
        """The next commands work, and clean up."""
        done = self.run(*self.command())
        if done.exit not in (0, 2 if self.goes else 0):
            raise AssertionError(f"the same command again: {done!r}")
        if content_of(self.database) != self.after:
            raise AssertionError("the same command again did not do it")
        self.take()
        if self.run("verify", "--all", "--level", "restored").exit != 0:
            raise AssertionError("not every snapshot is whole in the end")
        left = [path for path in self.tree()
                if re.search(r"\.part$|dbrollback-|app\.db-journal$", os.path.relpath(path, self.root))
                or (os.path.dirname(path).endswith("/snapshots") and not os.path.exists(f"{path}/manifest.json"))]
        if left:
            raise AssertionError(f"left behind: {left}")


class FirstSnapshot(World):
    name = "first snapshot"
    words = ("snapshot", "--database", "{world.database}", "--pin", "audit")
    comes = 1

    def prepare(self):
        write(self.database, LIVE, padding=self.padding)


class WalSnapshot(World):
    name = "snapshot of a database in WAL mode"
    words = ("snapshot", "--database", "{world.database}")
    comes = 1

    def prepare(self):
        write(self.database, SNAPSHOT, "wal", padding=self.padding)
        self.take()
        write(self.database, LIVE, "wal", padding=self.padding)


class EmptiedSnapshot(World):
    """The database lost everything: that is warned of, by what the catalog knows of earlier snapshots."""
    name = "snapshot of an emptied database"
    words = ("snapshot", "--database", "{world.database}")
    comes = 1

    def prepare(self):
        super().prepare()
        os.truncate(self.database, 0)


class LiveRestore(World):
    name = "restore into the live database"
    words = ("restore", "{world.taken}", "--database", "{world.database}", "--yes")
    after = SNAPSHOT
    comes = 1
    is_not_undone = True
    journal_mode = "delete"

    def prepare(self):
        write(self.database, SNAPSHOT, self.journal_mode, padding=self.padding)
        self.taken = self.take()
        write(self.database, LIVE, self.journal_mode, padding=self.padding)


class WalRestore(LiveRestore):
    name = "restore into a live database in WAL mode"
    journal_mode = "wal"


class FewPages(LiveRestore):
    """Large enough for pages to be written before the commit, and mostly what it was. Large pages make fewer calls."""
    name = "restore that changes a few pages"
    pages = 1200
    page_size = 65536

    def prepare(self):
        write(self.database, SNAPSHOT, self.journal_mode, page_size=self.page_size)
        with sqlite3.connect(self.database) as connection:
            connection.executemany("INSERT INTO padding VALUES (zeroblob(?))", [(4000,)] * self.pages)
        connection.close()
        self.taken = self.take()
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM t")
            connection.executemany("INSERT INTO t VALUES (?, ?)", LIVE)
        connection.close()


class WalFewPages(FewPages):
    name = "restore that changes a few pages in WAL mode"
    journal_mode = "wal"


class TableRestore(LiveRestore):
    name = "restore of one table"
    words = ("restore", "{world.taken}", "--database", "{world.database}", "--tables", "t", "--yes")

    def check_next(self):
        done = self.run(*self.command())
        if done.exit == 4 and "open the database once with its application" in done.err:
            dbr.rows(self.database, "SELECT * FROM t")  # as it says: rolls the hot journal back
        super().check_next()


class NewFileRestore(World):
    name = "restore into a new file"
    words = ("restore", "{world.taken}", "--database", "{world.database}", "--into", "{world.new_file}", "--yes")

    @property
    def new_file(self):
        return os.path.join(self.root, "new.db")

    def check_database(self, status):
        super().check_database(status)
        if os.path.exists(self.new_file):
            if content_of(self.new_file) != SNAPSHOT or status == 1:
                raise AssertionError(f"after exit status {status}: {self.new_file} is there")
        elif status == 0:
            raise AssertionError(f"exit status 0, and no {self.new_file}")

    def check_next(self):
        if os.path.exists(self.new_file):
            os.remove(self.new_file)
        super().check_next()
        if content_of(self.new_file) != SNAPSHOT:
            raise AssertionError(f"{self.new_file} is not the snapshot")


class Export(NewFileRestore):
    name = "export"
    words = ("export", "{world.taken}", "{world.new_file}")


class BrokenTarget(World):
    name = "restore in the place of a broken file"
    words = ("restore", "{world.taken}", "--database", "{world.database}", "--yes")
    broken = b"this was a database once\n" * 1000

    def prepare(self):
        super().prepare()
        with open(self.database, "r+b") as file:
            file.truncate(0)
            file.write(self.broken)

    def check_database(self, status):
        copies = [os.path.join(self.root, name) for name in os.listdir(self.root) if ".before-restore-" in name]
        if os.path.exists(self.database):
            with open(self.database, "rb") as file:
                if file.read() == self.broken:
                    if status == 0:
                        raise AssertionError("exit status 0, and the broken file is there")
                    return
        elif status is not None:
            raise AssertionError(f"exit status {status}, and no database is there")
        # From the emptying of the place on, the copy has everything.
        for copy in copies:
            with open(copy, "rb") as file:
                if file.read() != self.broken:
                    copies = []
        if not copies:
            raise AssertionError("what was there is nowhere")
        if status == 1 or (status == 0 and content_of(self.database) != SNAPSHOT):
            raise AssertionError(f"exit status {status}, and the database is neither the old nor the new")

    def check_next(self):
        self.must(*self.command())
        if content_of(self.database) != SNAPSHOT:
            raise AssertionError("the same command again did not do it")


class Prune(World):
    name = "prune"
    words = ("prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
    goes = 2

    def prepare(self):
        write(self.database, LIVE, padding=self.padding)
        for _ in range(3):
            self.take()

    def check_next(self):
        self.must(*self.command())
        left = len(self.listed())
        if left != 1:
            raise AssertionError(f"the same command again left {left} snapshots")
        super().check_next()


class Repeat(World):
    """A database that is large enough for its snapshots to refer to earlier ones."""
    name = "snapshot that refers to an earlier one"
    words = ("snapshot", "--database", "{world.database}")
    comes = 1
    # Where the earlier one cannot be read, all pages are stored again, and a note says so.
    not_essential = (r"(stat|open|read) repo/snapshots/[^/]+/(pages\.tag|data-\d+\.seg)$",)

    def change(self, content):
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM t")
            connection.executemany("INSERT INTO t VALUES (?, ?)", content)
        connection.close()

    def prepare(self):
        write(self.database, SNAPSHOT, page_size=65536)  # which are read in fewer calls
        with sqlite3.connect(self.database) as connection:
            connection.executemany("INSERT INTO padding VALUES (zeroblob(?))", [(4000,)] * 4200)  # 17 MB
        connection.close()
        self.first = self.take()
        self.change(LIVE)


class RepeatRestore(NewFileRestore, Repeat):
    name = "restore of a snapshot that refers to an earlier one"
    words = NewFileRestore.words
    comes = 0
    not_essential = ()

    def prepare(self):
        super().prepare()
        self.change(SNAPSHOT)
        self.taken = self.take()
        self.change(LIVE)


class RepeatPrune(Repeat):
    name = "prune among snapshots that refer to an earlier one"
    words = Prune.words
    goes = 1
    comes = 0
    not_essential = ()

    def prepare(self):
        super().prepare()
        self.take()
        self.change(SNAPSHOT)
        self.take()
        self.change(LIVE)

    def check_next(self):
        self.must(*self.command())
        if len(self.listed()) != 2 or self.first not in self.listed():
            raise AssertionError(f"the same command again left {self.listed()}")
        super().check_next()


class CatalogRebuild(World):
    name = "catalog rebuild"
    words = ("catalog", "rebuild")


class Proof(World):
    name = "proof by restoring"
    not_essential = (r"sync repo/snapshots/[^/]+$",)  # of the proof that is kept: a warning
    words = ("verify", "{world.taken}", "--level", "restored")


class Pin(World):
    name = "pin"
    words = ("pin", "{world.taken}", "--reason", "audit")


ALL = (FirstSnapshot, WalSnapshot, LiveRestore, WalRestore, FewPages, WalFewPages, TableRestore, NewFileRestore, Export, BrokenTarget, Prune,
       Repeat, RepeatRestore, RepeatPrune, CatalogRebuild, Proof, Pin)


class Case(dbr.Case):
    """Runs many trials at a time, each worker in a world of its own."""
    workers = int(os.environ.get("DBROLLBACK_WORKERS", "2"))

    def worlds(self, kind):
        return [kind(os.path.join(self.at, re.sub(r"\W", "-", kind.name) + f"-{number}")) for number in range(self.workers)]

    def each(self, worlds, trials, run):
        """run(world, trial) for each trial; a failure names the trial and does not keep the others from running."""
        left, failures = list(reversed(trials)), []

        def work(world):
            while True:
                try:
                    trial = left.pop()
                except IndexError:
                    return
                try:
                    world.reset()
                    run(world, trial)
                except Exception as problem:  # pylint: disable=broad-except
                    failures.append(f"{world.name}, {trial}: {type(problem).__name__}: {problem}")

        threads = [threading.Thread(target=work, args=(world,)) for world in worlds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            self.fail(f"{len(failures)} of {len(trials)} failed:\n" + "\n".join(failures[:20]))


def was_killed(done):
    return done.exit == -signal.SIGKILL


def points_in_the_code(under="engine"):
    """The names of all crash points in this folder."""
    names = set()
    for folder, _, files in os.walk(os.path.join(dbr.SOURCE, under)):
        for name in files:
            if name.endswith(".cpp"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    names.update(re.findall(r'\breached\("([^"]+)"\)', file.read()))
    return names
