#!/usr/bin/env python3
"""Rebuilds an SQLite file from a snapshot without dbrollback: python3 and the program `zstd` are enough.

    tools/unpack.py REPOSITORY/snapshots/ID app.db

docs/format.md, "The way out", explains each step.
"""
import json
import os
import struct
import subprocess
import sys

if len(sys.argv) != 3:
    sys.exit(__doc__)
folder, target = sys.argv[1:]
with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
    manifest = json.load(file)
if manifest["format"]["version"] != 1 or manifest["format"]["required"] or manifest["database"]["engine"] != "sqlite":
    sys.exit(f"{folder}: not a snapshot of an SQLite database in format 1 that stands alone (one taken with --full)")

with open(target, "xb") as out:
    written = 0
    for name in (segment["name"] for segment in manifest["segments"]):
        frames = []  # where each one's bytes go in the file, and how many they are
        with open(os.path.join(folder, os.path.basename(name)), "rb", buffering=0) as segment:
            while head := segment.read(8):
                body = segment.read(struct.unpack("<4xI", head)[0])  # a skippable frame: one of our headers
                if body[:4] == b"DBRF":
                    first, _, raw, stored = struct.unpack_from("<4Q", body, 64)
                    frames.append((first * manifest["database"]["page_size"], raw))
                    segment.seek(stored, os.SEEK_CUR)  # the zstd frame that it belongs to
            segment.seek(0)
            with subprocess.Popen(["zstd", "-dcq"], stdin=segment, stdout=subprocess.PIPE) as zstd:
                for offset, size in frames:
                    out.seek(offset)
                    written += out.write(zstd.stdout.read(size))
            if zstd.returncode != 0:
                sys.exit(f"{name} is damaged: {target} is not whole")
    if written != manifest["database"]["bytes"]:
        sys.exit(f"pages are missing: {target} is not whole")
