"""What the processes that work without a pause have in common: they begin, go on until standard input says stop, and
report."""
import json
import select
import sys


def run(step, report):
    """Calls `step` until a line comes, then prints what `report()` returns."""
    step()
    print(json.dumps("begun"), flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        step()
    print(json.dumps(report()), flush=True)
