"""What is measured for SQLite: each contender with what it needs, and each target with whom it is compared.

Every contender has a folder of its own, made anew before each of its rounds and removed after it; neither is measured.
"""
import glob
import os
import shutil
import subprocess
import sys

from contenders import MIB, Contender, Kind, Target, copy_repository
from measure import Failed, Run, fsync, size_of
from report import first_line

HERE = os.path.dirname(os.path.realpath(__file__))
TITLE = "SQLite"
NEEDED = ["sqlite3", "zstd"]
PAGE = 4096

# A name of each contender, as tables and targets call it.
FULL, BACKUP, VACUUM, LIMIT = "dbrollback snapshot", ".backup, zstd -1 -T2", "VACUUM INTO, zstd -1 -T2", "limit: zstd -1 -T2"
UNCHANGED, APPENDED, CHANGED = "unchanged", "1 % of pages appended", "1 % of pages changed"
INTO, INTO_UNPROVEN = "restore --into", "restore --into --no-verify"
LIVE, LIVE_NO_UNDO = "restore, live file", "restore, live file, no undo"
UNZSTD, UNZSTD_COPY = "zstd -d", "zstd -d, cp"
STORED, CONTENT, RESTORED, HASHED = "verify --level stored", "verify --level content", "verify --level restored", "limit: xxhsum -H2"
LITESTREAM = "litestream, first replica"

TARGETS = [
    Target("snapshot", FULL, [BACKUP, VACUUM], "seconds", 1 / 1.35, "1.35 times as fast as the better pipeline"),
    Target("snapshot", FULL, [LIMIT], "seconds", 1.15, "at most 1.15 of the limit's time"),
    Target("repeats", UNCHANGED, [FULL], "seconds", 0.20, "unchanged: at most 0.2 of a full one's time"),
    Target("repeats", UNCHANGED, [FULL], "written", 0.01, "unchanged: at most 1 % of its bytes"),
    Target("repeats", APPENDED, [FULL], "seconds", 0.25, "appended: at most 0.25 of its time"),
    Target("repeats", APPENDED, [FULL], "written", 0.03, "appended: at most 3 % of its bytes"),
    Target("repeats", CHANGED, [FULL], "seconds", 0.50, "changed: at most 0.5 of its time"),
    Target("repeats", CHANGED, [FULL], "written", 0.06, "changed: at most 6 % of its bytes"),
    Target("restore", INTO, [UNZSTD], "seconds", 1.0, "--into: at most the time of zstd -d"),
    Target("restore", LIVE, [UNZSTD], "seconds", 3.0, "live file: at most 3 times zstd -d"),
    Target("verify", STORED, [HASHED], "seconds", 1.2, "stored: at most 1.2 of the limit's time"),
]
MOST_MEMORY = 96 * MIB
# Each workload, and whose time the others of it are compared with.
WORKLOADS = {"snapshot": FULL, "repeats": FULL, "restore": INTO, "verify": STORED, "litestream": FULL}


def changed_pages(before, after):
    """How many pages of `after` are not what they are in `before`, and how many it has."""
    changed = pages = 0
    with open(before, "rb") as old, open(after, "rb") as new:
        while page := new.read(PAGE):
            pages += 1
            changed += page != old.read(PAGE)
    return changed, pages


class Sqlite(Kind):
    """The databases and repositories that the contenders start from, and the contenders."""
    server_cpu = None

    def __init__(self, options, work, note):
        super().__init__(options, work, note)
        self.litestream = options.litestream
        self.base = os.path.join(self.made, "base", "app.db")
        self.compressed = os.path.join(self.made, "app.db.zst")
        self.changes = {}

    def close(self):
        pass

    # What the report says besides the measurements.

    def machine(self):
        return [
            ("sqlite3", first_line("sqlite3", "--version")[:40]),
            ("zstd", first_line("zstd", "--version")),
            ("xxhsum", first_line("xxhsum", "--version")),
            ("litestream", first_line(self.litestream, "version") if self.litestream else "not installed"),
        ]

    def facts(self):
        lines = []
        for kind, words in (("append", "appended"), ("change", "changed at random")):
            if kind in self.changes:
                changed, pages = self.changes[kind]
                lines.append(f"{words:<20}{changed:,} of {pages:,} pages differ ({100 * changed / pages:.2f} %)")
        return lines

    def figures(self):
        return {"changes": self.changes}

    # What is there before anything is measured.

    def make(self):
        """The databases are kept for the next run in the same folder; the repositories are this program's, and made anew."""
        if not os.path.exists(self.base):
            part = os.path.join(self.made, "part.db")
            os.makedirs(os.path.dirname(self.base), exist_ok=True)
            self.generate("make", part, self.size)
            os.rename(part, self.base)
        made = os.path.getsize(self.base)
        if abs(made - self.size) > 0.02 * self.size:
            raise Failed(f"the database was to have {self.size} bytes and has {made}")
        for kind, action in (("same", None), ("append", "append"), ("change", "change"), ("live", "change")):
            self.make_lineage(kind, action)
        self.run_all(Run("zstd", "-1", "-T2", "-q", "-f", self.base, "-o", self.compressed))

    def make_lineage(self, kind, action):
        """A repository with one snapshot of the database, and the database as it is later, in the same place."""
        folder = os.path.join(self.made, kind)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        database, repository = os.path.join(folder, "app.db"), os.path.join(folder, "repository")
        shutil.copyfile(self.base, database)
        self.init(repository)
        self.run_all(self.ours("snapshot", database, repository))
        if action:
            self.generate(action, database)
            self.changes[kind] = changed_pages(self.base, database)

    def generate(self, *words):
        subprocess.run([sys.executable, "-B", os.path.join(HERE, "databases.py"), *[str(word) for word in words]], check=True)

    def ours(self, command, database, repository, *words):
        return super().ours(command, "sqlite:" + database, repository, *words)

    def copy_of_repository(self, kind):
        """Before a round: the repository with its one snapshot."""
        def prepare(folder):
            copy_repository(os.path.join(self.made, kind, "repository"), os.path.join(folder, "repository"))
            if kind == "live":  # the state before is another one than the snapshot's
                shutil.copyfile(os.path.join(self.made, "change", "app.db"), os.path.join(self.made, "live", "app.db"))
        return prepare

    # Contenders.

    def contenders(self):
        return [*self.snapshot(), *self.repeats(), *self.restore(), *self.verify(), *self.replicate()]

    def snapshot(self):
        def pipeline(*copy):
            def steps(folder):
                copied, out = os.path.join(folder, "copy.db"), os.path.join(folder, "out.zst")
                return [Run("sqlite3", "-bail", self.base, *(word.format(copied) for word in copy)),
                        Run("zstd", "-1", "-T2", "-q", copied, "-o", out), fsync(out)]
            return steps

        def limit(folder):
            out = os.path.join(folder, "out.zst")
            return [Run("zstd", "-1", "-T2", "-q", self.base, "-o", out), fsync(out)]

        def out(folder):
            return size_of(os.path.join(folder, "out.zst"))

        def repository(folder):
            return os.path.join(folder, "repository")
        return [
            Contender("snapshot", FULL, lambda folder: [self.ours("snapshot", self.base, repository(folder))],
                      lambda folder: size_of(os.path.join(repository(folder), "snapshots")),
                      lambda folder: self.init(repository(folder)), ours=True),
            Contender("snapshot", BACKUP, pipeline(".backup '{}'"), out),
            Contender("snapshot", VACUUM, pipeline("VACUUM INTO '{}'"), out),
            Contender("snapshot", LIMIT, limit, out),
        ]

    def repeats(self):
        def repeat(kind, name):
            before = size_of(os.path.join(self.made, kind, "repository", "snapshots"))
            return Contender(
                "repeats", name,
                lambda folder: [self.ours("snapshot", os.path.join(self.made, kind, "app.db"), os.path.join(folder, "repository"))],
                lambda folder: size_of(os.path.join(folder, "repository", "snapshots")) - before,
                self.copy_of_repository(kind), ours=True)
        return [repeat("same", UNCHANGED), repeat("append", APPENDED), repeat("change", CHANGED)]

    def restore(self):
        def into(*words):
            return lambda folder: [self.ours("restore", os.path.join(self.made, "same", "app.db"),
                                             os.path.join(folder, "repository"), "latest", "--into",
                                             os.path.join(folder, "out.db"), *words)]

        def live(*words):
            return lambda folder: [self.ours("restore", os.path.join(self.made, "live", "app.db"),
                                             os.path.join(folder, "repository"), "latest", *words)]

        def unzstd(copy):
            def steps(folder):
                out, first = os.path.join(folder, "out.db"), os.path.join(folder, "first.db")
                decompress = Run("zstd", "-d", "-q", self.compressed, "-o", first if copy else out)
                return [decompress, *([Run("cp", first, out)] if copy else []), fsync(out)]
            return steps

        def out(folder):
            return size_of(os.path.join(folder, "out.db"))

        def live_out(_):
            return size_of(os.path.join(self.made, "live", "app.db"))
        same, changed = self.copy_of_repository("same"), self.copy_of_repository("live")
        return [
            Contender("restore", INTO, into(), out, same, ours=True),
            Contender("restore", INTO_UNPROVEN, into("--no-verify"), out, same, ours=True),
            Contender("restore", LIVE, live(), live_out, changed, ours=True),
            Contender("restore", LIVE_NO_UNDO, live("--no-snapshot-before"), live_out, changed, ours=True),
            Contender("restore", UNZSTD, unzstd(False), out),
            Contender("restore", UNZSTD_COPY, unzstd(True), out),
        ]

    def verify(self):
        def level(name):
            return lambda folder: [self.ours("verify", os.path.join(self.made, "same", "app.db"),
                                             os.path.join(folder, "repository"), "--latest", "--level", name,
                                             "--scratch", folder)]
        repository, nothing = self.copy_of_repository("same"), lambda _: 0
        found = [
            Contender("verify", STORED, level("stored"), nothing, repository, ours=True),
            Contender("verify", CONTENT, level("content"), nothing, repository, ours=True),
            Contender("verify", RESTORED, level("restored"), nothing, repository, ours=True),
        ]
        if shutil.which("xxhsum") is None:
            self.note("xxhsum: not installed (package xxhash), its part of verify is skipped")
            return found
        segments = sorted(glob.glob(os.path.join(self.made, "same", "repository", "snapshots", "*", "*.seg")))
        return [*found, Contender("verify", HASHED, lambda _: [Run("xxhsum", "-q", "-H2", *segments)], nothing)]

    def replicate(self):
        if self.litestream is None:
            self.note("litestream: not installed, skipped")
            return []

        def steps(folder):
            replica = os.path.join(folder, "replica")

            def done():
                return glob.glob(os.path.join(replica, "generations", "*", "snapshots", "*.snapshot.lz4"))
            return [Run(self.litestream, "replicate", os.path.join(folder, "app.db"), "file://" + replica, until=done,
                        env=self.environment)]
        # It writes into the database that it replicates.
        return [Contender("litestream", LITESTREAM, steps, lambda folder: size_of(os.path.join(folder, "replica")),
                          lambda folder: shutil.copyfile(self.base, os.path.join(folder, "app.db")))]
