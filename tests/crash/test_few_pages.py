"""A live restore writes to the database file what differs, and little more."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import worlds


class FewPages(worlds.Case):
    def written(self, kind):
        """The restored world, and how often each of its files was written to."""
        world = kind(self.path("world"))
        done = world.run_faulty()
        self.assertEqual(done.exit, 0, repr(done))
        world.check(0)
        count = {}
        for call, name in world.calls:
            if call == "write":
                count[name] = count.get(name, 0) + 1
        return world, count

    def test_in_rollback_journal_mode(self):
        world, count = self.written(worlds.FewPages)
        self.assertLess(count[world.database], 20)

    def test_in_WAL_mode(self):
        world, count = self.written(worlds.WalFewPages)
        self.assertLess(count[world.database], 20)
        self.assertLess(count[world.database + "-wal"], 1.5 * world.pages, "two writes a page are not joined")


if __name__ == "__main__":
    dbr.main()
