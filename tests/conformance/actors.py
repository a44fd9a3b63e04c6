"""Other processes that use a database: one that does what it is told, and some that go on by themselves."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A statement that the other process could not carry out."""


class Process:
    """A Python program beside this file, its standard input and output as lines of JSON."""

    def __init__(self, case, program, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, program), *[str(word) for word in words]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        case.addCleanup(self.kill)

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"process {self.pid} has ended")
        return json.loads(line)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Connection(Process):
    """A connection held open by a process of its own."""

    def __init__(self, case, file):
        super().__init__(case, "connection.py", file)

    def do(self, sql, *arguments):
        self.process.stdin.write(json.dumps({"sql": sql, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        answer = self.hear()
        if "error" in answer:
            raise Failed(answer["error"])
        return answer["rows"]


class Loop(Process):
    """A process that works on a database without a pause until it is told to stop, and then tells what it saw."""

    def __init__(self, case, program, *words):
        super().__init__(case, program, *words)
        self.hear()  # it has begun

    def stop(self):
        self.process.stdin.write("stop\n")
        self.process.stdin.flush()
        report = self.hear()
        self.process.wait(60)
        return report


def until(condition, seconds=60):
    """Waits until `condition()` holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"it did not happen within {seconds} s")
        time.sleep(0.01)
