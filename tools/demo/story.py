"""The main job of dbrollback as a story on a generated shop: each claim is checked on the real rows before it is told.

    python3 tools/demo/story.py [--keep] BINARY

Exits 0 when everything held, 1 saying what did not, 130 when interrupted.
"""
import argparse
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

from chapters import Story
from narrator import DidNotHold

ROOM_NEEDED = 1500 << 20  # the shop, its write-ahead log, two snapshots, a scratch restore, two exports


def roomy_folder():
    """Where the story plays: in $TMPDIR, or in /var/tmp, which is on a disk even where /tmp is in memory."""
    parent = os.environ.get("TMPDIR") or ("/var/tmp" if os.access("/var/tmp", os.W_OK) else tempfile.gettempdir())
    free = shutil.disk_usage(parent).free
    if free < ROOM_NEEDED:
        sys.exit(f"quickstart: {parent} has {free >> 20:,} MB free, and the story needs {ROOM_NEEDED >> 20:,} MB for a"
                 " while.\nNothing was done. Set TMPDIR to a folder with more room and run it again.")
    return pathlib.Path(tempfile.mkdtemp(prefix="dbrollback-story-", dir=parent))


def tell(story):
    try:
        story.run()
        return 0
    except KeyboardInterrupt:
        print("\nquickstart: interrupted.", file=sys.stderr)
        return 130
    except (DidNotHold, KeyError, sqlite3.Error, OSError, subprocess.SubprocessError) as error:
        print(f"\nquickstart: chapter \"{story.tell.chapter_title}\" did not hold.\n{error}\n"
              "With --keep, everything is left in place for a closer look.", file=sys.stderr)
        return 1


def main():
    parser = argparse.ArgumentParser(description="dbrollback's main job as a story")
    parser.add_argument("--keep", action="store_true", help="leave the shop and its snapshots where they are")
    parser.add_argument("binary", type=lambda path: str(pathlib.Path(path).resolve()))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.stdout.reconfigure(errors="replace")

    top = roomy_folder()
    story = Story(options.binary, top)
    try:
        return tell(story)
    finally:
        if story.checkout:
            story.checkout.stop()
        if options.keep:
            print(f"Kept: try `dbrollback list` in {story.folder}")
        else:
            shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
