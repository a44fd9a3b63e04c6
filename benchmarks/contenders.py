"""What the benchmarks of all databases have: contenders, targets, and how dbrollback is called."""
import dataclasses
import os
import shutil
import typing

from measure import Run

MIB = 1 << 20


@dataclasses.dataclass
class Contender:
    workload: str
    name: str                 # nobody else's
    steps: typing.Callable    # folder -> what is measured
    output: typing.Callable   # folder -> bytes that are there afterwards, less those before
    prepare: typing.Callable = lambda folder: None
    ours: bool = False
    label: str = ""           # what its table calls it, where that is not its name


@dataclasses.dataclass
class Target:
    """`ours` in at most `most` of the best of `others`: in `what`, a member of Sample."""
    workload: str
    ours: str
    others: list
    what: str
    most: float
    words: str


class Kind:
    """Where the contenders start from, and how ours is called. `note` tells of what is odd."""

    def __init__(self, options, work, note):
        self.work, self.size, self.binary, self.note = work, options.bytes, options.binary, note
        self.made = os.path.join(work, f"made-{self.size}")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DBROLLBACK_")}
        self.environment["HOME"] = work

    def init(self, repository):
        self.run_all(Run(self.binary, "init", "--repository", repository, "--config", repository + ".toml", "--yes",
                         env=self.environment))

    @staticmethod
    def run_all(*steps):
        for step in steps:
            step()

    def ours(self, command, database, repository, *words, reads=()):
        return Run(self.binary, command, *words, "--database", database, "--repository", repository, "--yes", "--quiet",
                   env=self.environment, reads=reads)


def copy_repository(source, target):
    """A repository for one round. Segments are never changed in place, and may be links."""
    def copy(source, target):
        return os.link(source, target) if source.endswith(".seg") else shutil.copy2(source, target)
    shutil.copytree(source, target, copy_function=copy)
