# slow
"""SIGKILL at every step of a deploy; then --resume, and in another run --abandon."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deaths  # noqa: E402
import deploy_case  # noqa: E402


class Deploy(deaths.Killed):
    words = ("deploy", "--app-version", "v2")

    def setUp(self):
        super().setUp()
        self.begin_world("v1")

    def finish(self):
        if self.states()[-1] != ("v2", "confirmed"):
            self.ok(*self.words)
        self.assert_all_done("v2")
        self.assertEqual(self.states()[-1], ("v2", "confirmed"))

    def resume(self):
        if self.unfinished():
            self.assert_says(self.fails(4, *self.words), "--resume", "--abandon")
            self.ok("deploy", "--resume")
        self.finish()

    def abandon(self):
        if self.unfinished():
            self.ok("deploy", "--abandon")
        else:
            self.fails(4, "deploy", "--abandon")
        self.assertIsNone(self.unfinished())
        self.assert_nothing_lost()
        self.assert_record_agrees()
        self.finish()


deploy_case.both(globals(), Deploy)
del Deploy

if __name__ == "__main__":
    dbr.main()
