"""Tells the story: prose, commands with their real output, and claims that must hold."""
import json
import os
import shlex
import subprocess
import sys
import textwrap

WIDTH = 78
PATIENCE = 300  # seconds for one command


class DidNotHold(Exception):
    """A step of the story is not true."""


class Narrator:
    def __init__(self, binary, folder, environment):
        self.binary, self.folder, self.environment = binary, folder, environment
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.chapter_title = "the beginning"

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def print(self, text=""):
        print(text, flush=True)

    def chapter(self, number, title):
        self.chapter_title = f"{number}. {title}"
        self.heading(self.chapter_title)

    def heading(self, title):
        self.print(f"\n\n{self.paint('1', title)}\n{self.paint('2', '-' * WIDTH)}")

    def say(self, text):
        self.print("\n" + textwrap.fill(" ".join(text.split()), WIDTH, initial_indent="  ", subsequent_indent="  "))

    def quote(self, text):
        """Something that stands in a file."""
        self.print()
        for line in text.rstrip("\n").split("\n"):
            self.print(self.paint("36", f"    {line}") if line else "")

    def table(self, heads, rows):
        """The first column to the left, the others to the right; numbers get separators."""
        cells = [[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in [heads, *rows]]
        widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
        self.print()
        for n, row in enumerate(cells):
            line = "    " + "  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths)))
            self.print(self.paint("2", line) if n == 0 else line)

    def holds(self, claim, condition, otherwise=""):
        """A claim, said only when it is true."""
        if not condition:
            raise DidNotHold(f"not so: {claim}" + (f" ({otherwise})" if otherwise else ""))
        mark = self.paint("32", "ok")
        lines = textwrap.wrap(claim, WIDTH - 6)
        self.print(f"  {mark}  " + "\n      ".join(lines))

    def command(self, line, arguments=None, expect=0, stdin=subprocess.DEVNULL):
        """Shows a command line, runs it (or `arguments` for it) and lets its output through."""
        self.print(f"\n{self.paint('1', '$ ' + line)}")
        arguments = arguments or [self.binary, *shlex.split(line)[1:]]
        status = subprocess.run(arguments, cwd=self.folder, env=self.environment, stdin=stdin,
                                timeout=PATIENCE).returncode
        if status != expect:
            raise DidNotHold(f"`{line}` ended with exit status {status}, not {expect}")

    def document(self, *arguments, expect=0):
        """What a command says with --json, not shown."""
        line = " ".join(["dbrollback", *arguments, "--json"])
        done = subprocess.run([self.binary, *arguments, "--json"], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE)
        if done.returncode != expect:
            raise DidNotHold(f"`{line}` ended with exit status {done.returncode}, not {expect}:\n"
                             f"{done.stdout}{done.stderr}")
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise DidNotHold(f"`{line}` printed no JSON document: {error}") from error
