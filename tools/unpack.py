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
folder, target = os.path.abspath(sys.argv[1]), sys.argv[2]
with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
    manifest = json.load(file)
need, database = manifest["format"]["required"], manifest["database"]
if manifest["format"]["version"] != 1 or need not in ([], ["page-map"]) or database["engine"] != "sqlite":
    sys.exit(f"{folder}: not a snapshot of an SQLite database in format 1")
runs, size, written = [(0, database["page_count"], 0, 0, 0)], database["page_size"], 0
if need:  # not all of its pages are its own
    with open(os.path.join(folder, "pages.map"), "rb") as file:
        runs = list(struct.iter_unpack("<QQQII", file.read()[24:]))

with open(target, "xb") as out:
    for number, holder in enumerate([manifest, *manifest.get("holders", [])]):
        where = os.path.join(os.path.dirname(folder), os.path.basename(holder["id"])) if number else folder
        for name in (os.path.join(where, os.path.basename(segment["name"])) for segment in holder["segments"]):
            frames = []  # the stored pages of each, and how many bytes they are
            with open(name, "rb", buffering=0) as segment:
                while head := segment.read(8):
                    body = segment.read(struct.unpack("<4xI", head)[0])  # a skippable frame: one of our headers
                    if body[:4] == b"DBRF":
                        first, end, raw, stored = struct.unpack_from("<4Q", body, 64)
                        frames.append((first, end, raw))
                        segment.seek(stored, os.SEEK_CUR)  # the zstd frame that it belongs to
                segment.seek(0)
                with subprocess.Popen(["zstd", "-dcq"], stdin=segment, stdout=subprocess.PIPE) as zstd:
                    for first, end, raw in frames:
                        pages = zstd.stdout.read(raw)
                        for page, count, at, of, _ in runs:
                            if of == number and at < end and first < at + count:
                                start, stop = max(first, at), min(end, at + count)
                                out.seek((page + start - at) * size)
                                written += out.write(pages[(start - first) * size:(stop - first) * size])
                if zstd.returncode != 0:
                    sys.exit(f"{name} is damaged: {target} is not whole")
    if written != database["bytes"]:
        sys.exit(f"pages are missing: {target} is not whole")
