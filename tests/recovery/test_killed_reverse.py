# slow
"""SIGKILL at every step of a way back by down scripts; then --resume, and in another run --abandon."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deaths  # noqa: E402
import deploy_case  # noqa: E402


class Reverse(deaths.WayBack):
    words = ("rollback", "--strategy", "reverse", "--yes")


deploy_case.both(globals(), Reverse)
del Reverse

if __name__ == "__main__":
    dbr.main()
