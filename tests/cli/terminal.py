"""A terminal of a given size for a command: what it shows, and what somebody types."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata
import unittest


class Terminal:
    """Runs a command with a terminal as standard input, output and error, and collects what it writes there."""

    def __init__(self, command, environment, cwd, columns=80, **streams):
        try:
            self.master, slave = pty.openpty()
        except OSError as error:  # a chroot without /dev/pts
            raise unittest.SkipTest(f"this machine gives no terminals to tests: {error}") from error
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = dict({"TERM": "xterm"}, **environment)
        for name in ("stdin", "stdout", "stderr"):
            streams.setdefault(name, slave)

        def own_the_terminal():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, env=environment, cwd=cwd, preexec_fn=own_the_terminal, pass_fds=[slave],
                                        **streams)
        os.close(slave)
        self.text = ""

    def read_until(self, wanted, seconds=60):
        """Waits until `wanted`, a text, was shown."""
        deadline = time.monotonic() + seconds
        while wanted not in self.text:
            if not self.read(deadline - time.monotonic()):
                raise AssertionError(f"{wanted!r} was never shown: {self.text!r}")
        return self.text

    def read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], max(0, seconds))
        if not ready:
            return False
        try:
            part = os.read(self.master, 65536)
        except OSError:  # the other end is closed
            return False
        self.text += part.decode("utf-8", "replace")
        return bool(part)

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self, seconds=60):
        """Reads to the end and returns the exit status."""
        deadline = time.monotonic() + seconds
        while self.read(deadline - time.monotonic()):
            pass
        try:
            return self.process.wait(max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            raise

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    @property
    def plain(self):
        """What was shown, without colours and without what was erased again."""
        lines = []
        for line in self.text.replace("\r\n", "\n").split("\n"):
            lines.append(re.sub(r"\x1b\[[0-9;]*m", "", re.split(r"\r(?:\x1b\[K)?", line)[-1]).replace("\x1b[K", ""))
        return "\n".join(lines)


def columns_of(text):
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len([char for char in text if not unicodedata.combining(char)]) + wide
