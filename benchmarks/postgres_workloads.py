"""What is measured for PostgreSQL: each contender with what it needs, and each target with whom it is compared.

The server is one of its own, as the tests start them; nobody else uses it. Every contender has a folder of its own,
made anew before each of its rounds and removed after it; the database that it restores into is dropped before the next.
"""
import os
import shutil
import sys
import unittest

from contenders import MIB, Contender, Kind, Target, copy_repository
from measure import Failed, Run, fsync, piped, size_of, together
from report import bytes_text, first_line

import postgres_databases as databases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tests"))
from support import postgres, postmaster, processes  # noqa: E402

TITLE = "PostgreSQL"
NEEDED = ["zstd", "bash"]
# As it is in use; the rest is the server's default. Nobody writes that could want a vacuum.
PARAMETERS = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "1GB", "maintenance_work_mem": "256MB",
              "dynamic_shared_memory_type": "posix", "autovacuum": "off"}
SHOWN = ["fsync", "shared_buffers", "maintenance_work_mem", "max_wal_size", "wal_level",
         "max_parallel_maintenance_workers", "autovacuum"]
RESTORED = "restored"
TICKS = os.sysconf("SC_CLK_TCK")

# What tables call each contender. Its name has the database before it.
TAKE, DIRECTORY, PLAIN = "dbrollback snapshot", "pg_dump -Fd -j2 -Z1", "pg_dump -Fp | zstd -1"
LIMIT = "limit: COPY, 2 sessions"
INTO, INTO_UNPROVEN = "restore --into", "restore --into --no-verify"
PG_RESTORE, PG_RESTORE_ANALYZE = "createdb, pg_restore -j2", "the same, vacuumdb -Z -j2"


def named(database, label):
    return f"{database}: {label}"


def targets_of(name, faster):
    snapshot, restore = f"snapshot-{name}", f"restore-{name}"
    return [
        Target(snapshot, named(name, TAKE), [named(name, DIRECTORY)], "seconds", 1 / faster,
               f"{faster} times as fast as {DIRECTORY}"),
        Target(snapshot, named(name, TAKE), [named(name, DIRECTORY)], "written", 1, "in no more bytes"),
        Target(restore, named(name, INTO_UNPROVEN), [named(name, PG_RESTORE)], "seconds", 1,
               "--no-verify: no slower than pg_restore -j2"),
    ]


TARGETS = [*targets_of("pgbench", 1.5), *targets_of("app", 1.5), *targets_of("tables", 1.1)]
MOST_MEMORY = 128 * MIB  # and four times the widest row, which is less than 2 kB here
WORKLOADS = {**{f"snapshot-{name}": named(name, TAKE) for name in databases.NAMES},
             **{f"restore-{name}": named(name, INTO) for name in databases.NAMES}}


class Postgres(Kind):
    """The server with its databases, and the contenders."""

    def __init__(self, options, work, note):
        super().__init__(options, work, note)
        self.asked_for = [name for name in databases.NAMES if any(each.endswith(f"-{name}") for each in options.only)]
        self.restored = any(each.startswith("restore-") for each in options.only)
        self.place_is_ours = options.work is None
        self.server = None
        self.settings, self.sizes = {}, {}

    def close(self):
        if self.server:
            self.server.close()

    # What the report says besides the measurements.

    def machine(self):
        return [
            ("server", self.value("postgres", "SELECT version()").split(" on ")[0]),
            ("pg_dump", first_line(self.server.program("pg_dump"), "--version")),
            ("zstd", first_line("zstd", "--version")),
        ]

    def facts(self):
        settings = [f"{name} {value}" for name, value in self.settings.items()]
        lines = [f"{'parameters':<14}{', '.join(settings[:3])}", *(
            f"{'':<14}{', '.join(settings[at:at + 2])}" for at in range(3, len(settings), 2))]
        for name, (count, heap, others) in self.sizes.items():
            lines.append(f"{name:<14}{count:,} tables, heap {bytes_text(heap)}, indexes {bytes_text(others)}")
        return lines

    def figures(self):
        heads = ("tables", "heap", "indexes")
        return {"parameters": self.settings,
                "databases": {name: dict(zip(heads, sizes)) for name, sizes in self.sizes.items()}}

    def server_cpu(self):
        """Seconds of all processes of the server, those that have ended included. Read again when one ended meanwhile:
        it would be counted twice or not at all."""
        def ticks(pid, *fields):
            found = processes.stat_of(pid)
            return [int(found[field]) if found else 0 for field in fields]
        postmaster_pid = self.server.process.pid
        while True:
            before = ticks(postmaster_pid, 11, 12, 13, 14)
            living = sum(sum(ticks(pid, 11, 12)) for pid in processes.children(postmaster_pid))
            if before[2:] == ticks(postmaster_pid, 13, 14):
                return (sum(before) + living) / TICKS

    # What is there before anything is measured.

    def asked(self, call):
        """What a call of the tests' helpers returns; their failures as ours."""
        try:
            return call()
        except (postgres.Failed, RuntimeError, unittest.SkipTest) as failure:
            raise Failed(str(failure)) from failure

    def value(self, database, sql):
        return self.asked(lambda: self.server.value(database, sql))

    def psql(self, database, sql):
        self.asked(lambda: self.server.psql(database, sql))

    def make(self):
        shutil.rmtree(self.made, ignore_errors=True)  # of a run that was killed
        os.makedirs(self.made)
        if self.place_is_ours:
            os.chmod(self.work, 0o711)  # the server's user comes through it to the server's folder
        self.server = self.asked(lambda: postgres.Server(place=self.work, **PARAMETERS))
        # Peers take these from their environment, ours has a URL.
        self.peers = {**postmaster.environment(), "PGHOST": self.server.folder, "PGPORT": str(self.server.port),
                      "PGUSER": "postgres", "HOME": self.work}
        self.settings = {name: self.value("postgres", f"SELECT current_setting('{name}')") for name in SHOWN}
        for name in self.asked_for:
            self.asked(lambda: self.server.create(name, template="template0"))
            self.psql(name, databases.script(name, self.size))
            self.sizes[name] = self.measured(name)
            if self.restored:
                self.make_stored(name)

    def measured(self, name):
        ((count, heap, others),) = self.asked(lambda: self.server.query(name, """
            SELECT count(*), sum(pg_table_size(oid)), sum(pg_indexes_size(oid)) FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""))
        return int(count), int(heap), int(others)

    def make_stored(self, name):
        """What a restore begins with: a repository with one snapshot, and pg_dump's folder."""
        repository = self.path(name, "repository")
        os.makedirs(self.path(name))
        self.init(repository)
        self.run_all(self.ours("snapshot", self.server.url(name), repository), self.dump(name, self.path(name, "dump")))

    def path(self, *names):
        return os.path.join(self.made, *names)

    def files_of(self, database):
        """Where the server has a database's files."""
        return os.path.join(self.server.data, "base", self.value(database, "SELECT oid FROM pg_database "
                                                                           "WHERE datname = current_database()"))

    def program(self, name, *words, **keywords):
        return Run(*self.words(name, *words), env=self.peers, **keywords)

    def words(self, name, *words):
        return [self.asked(lambda: self.server.program(name)), *words]

    def dump(self, name, folder, **keywords):
        return self.program("pg_dump", "-Fd", "-j2", "-Z1", "-f", folder, name, **keywords)

    def clean(self):
        """Before a round: no database of another one, and nothing of it that the server has still to write."""
        self.psql("postgres", f"DROP DATABASE IF EXISTS {RESTORED};\nCHECKPOINT;\n")

    # Contenders.

    def contenders(self):
        found = [each for name in self.asked_for for each in self.snapshot(name)]
        return found + [each for name in self.asked_for if self.restored for each in self.restore(name)]

    def snapshot(self, name):
        files, halves = [self.files_of(name)], self.halves(name)

        def repository(folder):
            return os.path.join(folder, "repository")

        def out(folder):
            return os.path.join(folder, "out")

        def prepare(folder):
            self.clean()
            self.init(repository(folder))

        def take(folder):
            return [self.ours("snapshot", self.server.url(name), repository(folder), reads=files)]

        def plain(folder):
            return [piped(self.words("pg_dump", "-Fp", name), ["zstd", "-1", "-q", "-o", out(folder)],
                          env=self.peers, reads=files), fsync(out(folder))]

        def drain(_):
            psql = self.words("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-f")
            return [together(*([*psql, half] for half in halves), env=self.peers, reads=files)]

        def contender(label, steps, output, **more):
            return Contender(f"snapshot-{name}", named(name, label), steps, output, label=label,
                             **{"prepare": lambda _: self.clean(), **more})
        return [
            contender(TAKE, take, lambda folder: size_of(os.path.join(repository(folder), "snapshots")),
                      prepare=prepare, ours=True),
            contender(DIRECTORY, lambda folder: [self.dump(name, out(folder), reads=files)],
                      lambda folder: size_of(out(folder))),
            contender(PLAIN, plain, lambda folder: size_of(out(folder))),
            contender(LIMIT, drain, lambda _: 0),
        ]

    def halves(self, name):
        """Two files of COPY statements, each for half of the pages. Tables that are a large part of all are cut into
        pieces, as the server can read them since version 14."""
        tables = self.asked(lambda: self.server.query(name, """
            SELECT oid::regclass, pg_relation_size(oid) / 8192 FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC, 1"""))
        tables = [(table, int(pages)) for table, pages in tables]
        piece = max(1000, sum(pages for _, pages in tables) // 16)
        can_cut = self.server.version >= 140000
        pieces = []
        for table, pages in tables:
            if not can_cut or pages <= piece:
                pieces.append((pages, f"COPY {table} TO STDOUT;\n"))
                continue
            for first in range(0, pages, piece):
                end = f" AND ctid < '({first + piece},0)'" if first + piece < pages else ""
                pieces.append((min(piece, pages - first),
                               f"COPY (SELECT * FROM {table} WHERE ctid >= '({first},0)'{end}) TO STDOUT;\n"))
        halves = [[0, []], [0, []]]
        for pages, sql in sorted(pieces, key=lambda each: -each[0]):
            half = min(halves, key=lambda each: each[0])
            half[0] += pages + 1  # a table without rows is something to do, too
            half[1].append(sql)
        files = [self.path(f"{name}-{number}.sql") for number in (1, 2)]
        for file, (_, statements) in zip(files, halves):
            with open(file, "w", encoding="utf-8") as out:
                out.writelines(statements)
        return files

    def restore(self, name):
        dump = self.path(name, "dump")

        def into(*words):
            def steps(folder):
                return [self.ours("restore", self.server.url(name), os.path.join(folder, "repository"), "latest",
                                  "--into", self.server.url(RESTORED), *words)]
            return steps

        def prepare(folder):
            self.clean()
            copy_repository(self.path(name, "repository"), os.path.join(folder, "repository"))

        def peer(*more):
            return lambda _: [self.program("createdb", "-T", "template0", RESTORED),
                              self.program("pg_restore", "-j2", "-d", RESTORED, dump), *more]

        def contender(label, steps, **more):
            return Contender(f"restore-{name}", named(name, label), steps, lambda _: self.whole(name), label=label,
                             **{"prepare": lambda _: self.clean(), **more})
        return [
            contender(INTO, into(), prepare=prepare, ours=True),
            contender(INTO_UNPROVEN, into("--no-verify"), prepare=prepare, ours=True),
            contender(PG_RESTORE, peer()),
            contender(PG_RESTORE_ANALYZE, peer(self.program("vacuumdb", "--analyze-only", "-q", "-j2", "-d", RESTORED))),
        ]

    def whole(self, name):
        """Bytes of the database that was restored, which has the tables and indexes of the other one."""
        objects = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        if self.value(RESTORED, objects) != self.value(name, objects):
            raise Failed(f"the database that was restored has not the tables and indexes of {name}")
        return int(self.value("postgres", f"SELECT pg_database_size('{RESTORED}')"))
