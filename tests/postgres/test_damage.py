# slow
"""Damage of a snapshot of a server: each file is deleted, cut, changed in one byte, taken from another snapshot, or has
another beside it. `verify --level stored` finds it and names the file, and a restore stops before it makes anything.

By default lengths and bytes are drawn (the seed is printed); DBROLLBACK_FAULTS_ALL=1 tries all of them.
"""
import os
import random
import re
import shutil
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import server_case  # noqa: E402

EVERYTHING = os.environ.get("DBROLLBACK_FAULTS_ALL") == "1"
WORKERS = int(os.environ.get("DBROLLBACK_WORKERS", "2"))
DRAWN = 6    # lengths, and bytes, of each file


def content_of(path):
    with open(path, "rb") as file:
        return file.read()


class Copy:
    """A repository of its own, in which one thing at a time is damaged and mended again."""

    def __init__(self, repository, snapshot):
        self.repository = repository
        self.folder = os.path.join(repository, "snapshots", snapshot)
        self.whole = {name: content_of(os.path.join(self.folder, name)) for name in os.listdir(self.folder)}

    def damage(self, name, content):
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            os.remove(path)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)

    def mend(self):
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        for name, content in self.whole.items():
            self.damage(name, content)


class Damage(server_case.Case):
    parameters = {"log_statement": "ddl"}

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("DBROLLBACK_SEED") or random.randrange(10**6))
        self.draw = random.Random(self.seed)
        self.tried, self.found, self.failures = 0, 0, []

    def prepare_copies(self):
        """Two snapshots, of which the second is damaged, and a repository with both for each worker."""
        self.prepare()
        self.other = self.taken
        self.take()
        folder = os.path.join(self.repo, "snapshots", self.taken)
        self.files = sorted(os.listdir(folder))
        self.assertEqual(self.files, ["data-0000.seg", "manifest.json", "manifest.sum", "schema.pgdump.zst",
                                      "schema.zst"])
        self.whole = {name: content_of(os.path.join(folder, name)) for name in self.files}
        self.copies = []
        for number in range(WORKERS):
            repository = self.path(f"repo-{number}")
            shutil.copytree(self.repo, repository)
            self.copies.append(Copy(repository, self.taken))

    def made(self):
        """How many databases were ever made on the server."""
        with open(self.server.log, encoding="utf-8", errors="replace") as file:
            return file.read().count("CREATE DATABASE")

    def expect_found(self, damages, restore=False):
        """`damages`: what it is, the file, and what is in it then; nothing: it is not there."""
        left, made = list(damages), self.made()
        self.tried += len(left)

        def work(copy):
            while left:
                try:
                    what, name, content = left.pop()
                except IndexError:
                    return
                try:
                    copy.damage(name, content)
                    self.look(copy, what, name, restore)
                except Exception as problem:  # pylint: disable=broad-except
                    self.failures.append(f"{what}: {problem}")
                finally:
                    copy.mend()

        threads = [threading.Thread(target=work, args=(copy,)) for copy in self.copies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if restore:
            self.assertEqual(self.made(), made, "a restore has made a database")

    def look(self, copy, what, name, restore):
        if restore:
            done = self.run_it("restore", self.taken, "--yes", "--repository", copy.repository)
            if done.exit != 3 or not re.search("nothing was (restored or )?changed", done.err):
                self.failures.append(f"restore, {what}: {done!r}")
        done = self.run_it("verify", self.taken, "--level", "stored", "--repository", copy.repository)
        if done.exit != 3 or name not in done.out + done.err:
            self.failures.append(f"{what}: {done!r}")
        else:
            self.found += 1

    def tearDown(self):
        print(f"{self.tried} tried, {self.found} found, seed {self.seed}", file=sys.stderr)
        self.assertEqual(self.failures[:5], [], f"{len(self.failures)} failures")
        self.assertEqual(self.found, self.tried)
        self.assert_unchanged()
        super().tearDown()

    def test_deleted(self):
        self.prepare_copies()
        self.expect_found([(f"{name} deleted", name, None) for name in self.files], restore=True)

    def test_cut(self):
        self.prepare_copies()
        some, all_lengths = [], []
        for name, content in self.whole.items():
            lengths = {0, 1, len(content) // 2, len(content) - 1}
            lengths.update(self.draw.randrange(len(content)) for _ in range(DRAWN))
            some += [(f"{name} cut to {length}", name, content[:length]) for length in (0, len(content) - 1)]
            all_lengths += [(f"{name} cut to {length}", name, content[:length])
                            for length in (range(len(content)) if EVERYTHING else lengths)]
            all_lengths += [(f"{name} with {more} more", name, content + bytes(more)) for more in (1, 5000)]
        self.expect_found(some, restore=True)
        self.expect_found(all_lengths)

    def test_a_byte(self):
        self.prepare_copies()
        some, all_bytes = [], []
        for name, content in self.whole.items():
            for place in range(len(content)) if EVERYTHING else self.draw.sample(range(len(content)), DRAWN * 2):
                bit = 1 << place % 8
                changed = content[:place] + bytes([content[place] ^ bit]) + content[place + 1:]
                all_bytes.append((f"byte {place} of {name}", name, changed))
            some.append(all_bytes.pop())
        self.expect_found(some, restore=True)
        self.expect_found(all_bytes)

    def test_of_another_snapshot(self):
        """The other snapshot is of the same rows, or of the same schema: it is not this one."""
        self.prepare_copies()
        others = {name: content_of(os.path.join(self.repo, "snapshots", self.other, name)) for name in self.files}
        self.expect_found([(f"{other} of another snapshot as {name}", name, content) for name in self.files
                           for other, content in others.items() if content != self.whole[name]], restore=True)

    def test_changed_places(self):
        self.prepare_copies()
        self.expect_found([(f"{other} as {name}", name, self.whole[other]) for name in self.files for other in self.files
                           if self.whole[other] != self.whole[name]], restore=True)

    def test_more_files(self):
        """What is too much hurts nobody, and is found all the same."""
        self.prepare_copies()
        self.expect_found([(f"{other} again as {name}", name, self.whole[other]) for other in self.files
                           for name in ("data-0001.seg", "schema.pgdump.old", "pages.map", "x")])

    def test_rows_are_named_by_their_table(self):
        """Where one frame of a segment is hurt, the message says whose rows are in it."""
        self.prepare_copies()
        content = self.whole["data-0000.seg"]
        copy = self.copies[0]
        copy.damage("data-0000.seg", content[:200] + bytes([content[200] ^ 1]) + content[201:])
        done = self.fails(3, "verify", self.taken, "--level", "stored", "--repository", copy.repository)
        self.assertRegex(done.out + done.err, r"public\.\w+ in .*data-0000\.seg")


if __name__ == "__main__":
    dbr.main()
