# slow
"""SIGKILL at every step of a way back by a restore; then --resume, and in another run --abandon."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deaths  # noqa: E402
import deploy_case  # noqa: E402


class Restore(deaths.WayBack):
    words = ("rollback", "--strategy", "restore", "--yes")


deploy_case.both(globals(), Restore)
del Restore

if __name__ == "__main__":
    dbr.main()
