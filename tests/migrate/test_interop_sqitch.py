"""sqitch and dbrollback in turns: the same six tables of its registry, whoever deployed and reverted."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import migrate_case  # noqa: E402
import sqitch_tool  # noqa: E402
from migrate_case import dbr  # noqa: E402


class Turns(migrate_case.BothWays):
    tool = sqitch_tool.Sqitch
    registry = "sqitch.db"


class SqitchOnSqlite(Turns, migrate_case.Case):
    pass


class SqitchOnPostgres(Turns, migrate_case.Locks, migrate_case.Case):
    engine = "postgres"

    def keys(self):
        return [75474063]  # lib/App/Sqitch/Engine/pg.pm, try_lock


if __name__ == "__main__":
    dbr.main()
