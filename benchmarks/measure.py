"""One measured run: programs one after another, with what they took, from their start to their last byte on the disk."""
import ctypes
import dataclasses
import os
import signal
import subprocess
import time

TIMEOUT = 3600  # seconds that a service may take to do what is waited for
PR_SET_CHILD_SUBREAPER = 36


@dataclasses.dataclass
class Sample:
    seconds: float
    cpu: float  # user and system, of the programs and their children
    peak: int   # bytes of the largest process
    written: int = 0  # bytes that are there afterwards


class Failed(Exception):
    """A program that could not be run, or failed; the message says which and what it said."""


class Run:
    """A program. With `until`, a service: it is stopped once that returns true, and what it took ends there."""

    def __init__(self, *words, env=None, until=None):
        self.words, self.env, self.until = [str(word) for word in words], env, until

    def __call__(self):
        with os.fdopen(os.memfd_create("output"), "r+b") as log:
            began = time.monotonic()
            program = start(self.words, self.env, log)
            took = None if self.until is None else self.wait_until(program, began)
            _, status, used = os.wait4(program, 0)
            status = os.waitstatus_to_exitcode(status)
            if self.until is None and status != 0 or self.until is not None and took is None:
                log.seek(0)
                said = log.read().decode("utf-8", "replace").strip()[-500:]
                raise Failed(f"{' '.join(self.words)} ended with status {status}: {said}")
            return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, took

    def wait_until(self, program, began):
        """The time until it was done; nothing when it ended before, or took too long."""
        took = None
        while took is None and time.monotonic() - began < TIMEOUT:
            if self.until():
                took = time.monotonic() - began
            elif os.waitid(os.P_PID, program, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return None
            else:
                time.sleep(0.002)
        os.kill(program, signal.SIGTERM)
        return took


def start(words, env, log):
    """The process id of a program whose parent is a shell that has ended, and which comes to this process then.

    The peak of memory that the kernel tells of a process includes what it was before it became this program: started
    from here, each would seem to need as much as Python does.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    shell = subprocess.run(["sh", "-c", '"$@" >&2 & echo $!', "sh", *words], env=env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=log, check=True)
    return int(shell.stdout)


def fsync(path):
    """A step that puts a file onto the disk, for programs that leave that to others."""
    def step():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return 0, 0, None
    return step


def measure(steps):
    os.sync()  # what was written before is nobody's here
    sample, began = Sample(0, 0, 0), time.monotonic()
    for step in steps:
        cpu, peak, took = step()
        sample.cpu += cpu
        sample.peak = max(sample.peak, peak)
        if took is not None:
            sample.seconds = took
            return sample
    sample.seconds = time.monotonic() - began
    return sample


def size_of(path):
    """Bytes of a file, or of everything in a folder."""
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)
