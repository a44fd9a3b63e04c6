"""One measured run: programs one after another, with what they took, from their start to their last byte on the disk."""
import ctypes
import dataclasses
import os
import shlex
import signal
import subprocess
import sys
import time
import typing

TIMEOUT = 3600  # seconds that a service may take to do what is waited for
PR_SET_CHILD_SUBREAPER = 36


@dataclasses.dataclass
class Sample:
    seconds: float
    cpu: float  # user and system, of the programs and their children
    peak: int   # bytes of the largest process
    written: int = 0  # bytes that are there afterwards
    server: typing.Optional[float] = None  # user and system of a database server, where there is one


class Failed(Exception):
    """A program that could not be run, or failed; the message says which and what it said."""


class Run:
    """A program. With `until`, a service: it is stopped once that returns true, and what it took ends there. `reads`:
    files and folders that it reads without being given them."""

    def __init__(self, *words, env=None, until=None, reads=()):
        self.words, self.env, self.until, self.reads = [str(word) for word in words], env, until, list(reads)

    def __call__(self):
        """Seconds, seconds of processor time, bytes of memory."""
        with os.fdopen(os.memfd_create("output"), "r+b") as log:
            program, go = prepare(self.words, self.env, log)
            began = time.monotonic()
            os.close(go)
            done = self.until is None or self.wait_until(program, began)
            took = time.monotonic() - began
            _, status, used = os.wait4(program, 0)
            if self.until is None:
                took = time.monotonic() - began
            status = os.waitstatus_to_exitcode(status)
            if not done or self.until is None and status != 0:
                log.seek(0)
                said = log.read().decode("utf-8", "replace").strip()[-500:]
                raise Failed(f"{' '.join(self.words)} ended with status {status}: {said}")
            return took, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024

    def wait_until(self, program, began):
        """False when the service ended before, or took too long."""
        done = False
        while not done and time.monotonic() - began < TIMEOUT:
            if os.waitid(os.P_PID, program, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return False
            time.sleep(0.002)
            done = bool(self.until())
        os.kill(program, signal.SIGTERM)
        return done


def piped(first, second, **keywords):
    """Two programs, each a list of words, one writing to the other. A shell between costs a millisecond."""
    return shell(f"set -o pipefail; {shlex.join(first)} | {shlex.join(second)}", **keywords)


def together(*programs, **keywords):
    """Programs at the same time; what they write is thrown away."""
    begin = "; ".join(f"{shlex.join(words)} > /dev/null & pids+=($!)" for words in programs)
    return shell(f'{begin}; for pid in "${{pids[@]}}"; do wait $pid || exit; done', **keywords)


def shell(script, **keywords):
    return Run("bash", "-c", script, **keywords)


def prepare(words, env, log):
    """The process id of a program that begins once the descriptor beside it is closed.

    Its parent was a shell that has ended, and it comes to this process then: the peak of memory that the kernel tells of
    a process includes what it was before it became this program, and started from here each would seem to need as much
    as Python does.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    script = 'exec 3<&0; { read -r go <&3; exec 3<&-; exec "$@"; } >&2 & echo $!'
    begin, go = os.pipe()
    shell = subprocess.run(["sh", "-c", script, "sh", *words], env=env, stdin=begin, stdout=subprocess.PIPE, stderr=log,
                           check=True)
    os.close(begin)
    return int(shell.stdout), go


def fsync(path):
    """A step that puts a file onto the disk, for programs that leave that to others."""
    def step():
        began = time.monotonic()
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return time.monotonic() - began, 0, 0
    return step


def touch_memory(size):
    """Uses and frees memory. In a virtual machine, memory that nobody used for some seconds goes back to the host, and
    the next program that needs it waits for it: a gigabyte written costs 0.4 s of system time or 2.5. So everybody
    begins with memory that was just used."""
    subprocess.run([sys.executable, "-c", f"memory = bytearray(b'x') * {size}"], check=True)


def warm(step):
    """Reads every file that a program is given or known to read, or that is in such a folder: the page cache holds it
    then, and the machine below has not forgotten these pages either."""
    for word in [*getattr(step, "words", []), *getattr(step, "reads", [])]:
        path = word.removeprefix("sqlite:")
        files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        for file in [path] if os.path.isfile(path) else files:
            with open(file, "rb", buffering=0) as content:
                while content.read(1 << 20):
                    pass


def measure(steps, memory, server_cpu):
    """What the steps took, all in all. `memory`: how much of it they are going to need, page cache included.
    `server_cpu`: what a server has taken so far, where there is one."""
    os.sync()  # what was written before is nobody's here
    touch_memory(memory)
    for step in steps:
        warm(step)
    sample, before = Sample(0, 0, 0), server_cpu and server_cpu()
    for step in steps:
        seconds, cpu, peak = step()
        sample.seconds += seconds
        sample.cpu += cpu
        sample.peak = max(sample.peak, peak)
    if server_cpu:
        sample.server = server_cpu() - before
    return sample


def size_of(path):
    """Bytes of a file, or of everything in a folder."""
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)
