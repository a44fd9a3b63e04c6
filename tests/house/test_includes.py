"""The house in order: who may include whom, and every public header compiled alone.

The arrows are those of README.md and engine/README.md. A forbidden include fails with the reason why it is one.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

# Modules of engine/ and what each may include of the others; `dbrollback/` headers are for all of them.
ENGINE = {
    "api": {"recovery", "restore", "migrate", "release", "application", "notify", "compare", "repository", "snapshot",
            "database", "storage", "base", "config", "report"},
    "recovery": {"restore", "migrate", "release", "application", "compare", "repository", "snapshot", "database",
                 "storage", "base"},
    "release": {"repository", "snapshot", "storage", "base"},
    "application": {"base"},
    "notify": {"report", "base"},
    "restore": {"repository", "snapshot", "database", "storage", "base"},
    "migrate": {"repository", "database", "storage", "base"},
    "compare": {"repository", "snapshot", "database", "storage", "base"},
    "repository": {"snapshot", "database", "storage", "base"},
    "snapshot": {"database", "storage", "base"},
    "database": {"base"},
    "storage": {"base"},
    "config": {"base"},
    "report": {"repository", "snapshot", "base"},
    "base": set(),
}
# Values may be described by schema/; who has none of them to describe does not include it.
SEES_SCHEMA = {"api", "recovery", "restore", "migrate", "release", "compare", "repository", "snapshot", "database"}

# An adapter stands behind its interface: only these see its headers.
ADAPTERS = {
    "engine/database/sqlite/": {
        "engine/database/sqlite/": "the adapter itself",
        "engine/database/open_script_session.cpp": "where an adapter is chosen",
        "engine/repository/catalog.cpp": "the catalog is an SQLite file of ours, read and written through the adapter's "
                                         "connection",
    },
    "engine/database/postgres/": {
        "engine/database/postgres/": "the adapter itself",
        "engine/database/open_database.cpp": "where an adapter is chosen",
        "engine/database/open_script_session.cpp": "where an adapter is chosen",
    },
}
# One header of `snapshot` and one of `repository` are a value's rendering, and all that `report` may see of them; times
# and texts are written as everywhere.
REPORT_SEES = {"engine/snapshot/summary_json.hpp", "engine/repository/run_json.hpp", "engine/base/document.hpp",
               "engine/base/text.hpp", "engine/base/time.hpp"}

# Every library of others, and the one place that knows it.
LIBRARIES = {
    r"sqlite3\.h": (r"engine/database/sqlite/|schema/statements\.cpp",
                    "no sqlite3* is visible above the adapter of the database; where a statement ends, SQLite says"),
    r"libpq-fe\.h": (r"engine/database/postgres/[^/]*\.cpp", "no PGconn is visible above the adapter of the database"),
    r"pg_query(/pg_query\.pb-c)?\.h": (r"schema/postgres_(tokens|tree|script)\.cpp",
                                      "PostgreSQL's own parser is wrapped once"),
    r"archive(_entry)?\.h": (r"engine/storage/tar/", "libarchive is the business of the tar store"),
    r"(zstd|xxhash|xxh_x86dispatch)\.h": (r"engine/base/", "compression and hashing are wrapped once, in base"),
    r"openssl/.*": (r"engine/base/|schema/migrations/[^.]*\.cpp",
                    "cryptography is wrapped once, in base; formats compute the hashes that their tools keep"),
    r"absl/.*": (r"engine/base/", "time zones are wrapped once, in base"),
    r"curl/.*": (r"engine/base/", "there is one HTTP client, in base"),
    r"toml\+\+/.*": (r"engine/config/", "only the configuration is TOML"),
    r"nlohmann/json_fwd\.hpp": (r"engine/base/document\.hpp|schema/postgres_tree\.hpp",
                               "headers name JSON through base/document.hpp"),
    r"nlohmann/json\.hpp": (r"engine/(base|snapshot|repository|report|release|application|notify)/[^/]*\.cpp|schema/postgres_[^/]*\.cpp"
                            r"|engine/migrate/unfinished\.cpp|engine/recovery/verdicts\.cpp",
                            "JSON is read and written in the files that define a document, and in no header"),
    r"boost/program_options\.hpp": (r"tools/cli/", "the command line's parser is wrapped once, in tools/cli"),
}

STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray
variant vector version
""".split())
SYSTEM = re.compile(r"(unistd|fcntl|dirent|pwd|grp|poll|signal|spawn|stdlib|sys/\w+|linux/\w+)\.h")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)


def sources(*folders):
    for folder in folders:
        for kind in ("cpp", "hpp"):
            pattern = os.path.join(dbr.SOURCE, folder, "**", f"*.{kind}")
            yield from sorted(os.path.relpath(path, dbr.SOURCE) for path in glob.glob(pattern, recursive=True))


def includes(file):
    with open(os.path.join(dbr.SOURCE, file), encoding="utf-8") as text:
        for angled, quoted in INCLUDE.findall(text.read()):
            yield (angled, True) if angled else (quoted, False)


def why_not(file, name, angled):
    """Why `file` must not include `name`; None when it may."""
    if angled:
        return why_no_library(file, name)
    top, folder = file.split("/")[0], name.split("/")[0]
    if top == "schema":
        return None if folder == "schema" else "schema/ holds pure values: it includes nothing but schema/"
    if top == "include":
        return None if folder == "dbrollback" else "a public header includes public headers only"
    if top == "tools":
        return why_not_of_tools(file, name, folder)
    if folder == "dbrollback":
        return None
    if folder == "schema":
        module = file.split("/")[1]
        return None if module in SEES_SCHEMA else f"engine/{module} has nothing to do with schemas"
    if folder == "engine":
        return why_not_of_engine(file, name)
    return "engine/ includes engine/, schema/ and the public headers, by their full names"


def why_not_of_tools(file, name, folder):
    if folder == "dbrollback":
        return None
    if folder != "tools":
        return "whatever the command line can do, a program that links the library can do too: it sees include/ only"
    if file.startswith("tools/cli/") and not name.startswith("tools/cli/"):
        return "commands/ -> cli/ -> include/: what the commands share knows no command"
    return None

def why_not_of_engine(file, name):
    module, other = file.split("/")[1], name.split("/")[1]
    if other not in ENGINE:
        return f"engine/{other} is not a module that tests/house knows: put it into its list and into engine/README.md"
    for adapter, friends in ADAPTERS.items():
        if name.startswith(adapter) and not any(file.startswith(friend) for friend in friends):
            return f"{adapter} stands behind its interface; only these see it: {', '.join(friends)}"
    if module == "report" and name not in REPORT_SEES and other != "report":
        return "report renders values: it sees no more than " + " and ".join(sorted(REPORT_SEES))
    if other == module or other in ENGINE[module]:
        return None
    if other == "report":
        return "nothing but api and notify includes report"
    if other == "config":
        return "the configuration comes as a value: nothing but api includes engine/config"
    allowed = ", ".join(sorted(ENGINE[module])) or "nothing of the others"
    return f"api -> {{restore, compare}} -> repository -> snapshot -> {{database, storage}} -> base: engine/{module} includes {allowed}"


def why_no_library(file, name):
    if name in STANDARD or (file == "schema/postgres_tokens.hpp" and name.startswith("pg_query")):
        return None
    if file.startswith("include/"):
        return "no public header has a third-party or system type in it: the C++ standard library only"
    for library, (place, reason) in LIBRARIES.items():
        if re.fullmatch(library, name) and (re.match(place, file) or not file.startswith("schema/")):
            return None if re.match(place, file) else reason
    if file.startswith("schema/"):
        return "schema/ does no input or output: the C++ standard library, and parsers where one is for a file"
    if SYSTEM.fullmatch(name):
        return None
    return "no library that tests/house knows: say there where it may be included, and why"


class Includes(unittest.TestCase):
    def test_nothing_is_included_that_must_not_be(self):
        forbidden = [f"{file} includes {name}: {reason}"
                     for file in sources("include", "engine", "schema", "tools")
                     for name, angled in includes(file)
                     if (reason := why_not(file, name, angled)) is not None]
        self.assertEqual(forbidden, [], "\n" + "\n".join(forbidden))

    def test_what_is_included_is_there(self):
        missing = []
        for file in sources("include", "engine", "schema", "tools", "tests"):
            for name, angled in includes(file):
                places = (dbr.SOURCE, os.path.join(dbr.SOURCE, "include"))
                if not angled and not any(os.path.exists(os.path.join(place, name)) for place in places):
                    missing.append(f"{file} includes {name}, by a name that is not its full one")
        self.assertEqual(missing, [], "\n" + "\n".join(missing))

    def test_every_header_is_included_once(self):
        without = []
        for file in sources("include", "engine", "schema", "tools", "tests"):
            if file.endswith(".hpp"):
                with open(os.path.join(dbr.SOURCE, file), encoding="utf-8") as text:
                    if "\n#pragma once\n" not in "\n" + text.read():
                        without.append(file)
        self.assertEqual(without, [], "these headers have no #pragma once")

    def test_the_rules_find_what_they_forbid(self):
        for file, name, angled in (
                ("schema/diff.cpp", "engine/base/text.hpp", False),
                ("schema/diff.cpp", "dbrollback/error.hpp", False),
                ("schema/diff.cpp", "unistd.h", True),
                ("tools/commands/list.cpp", "engine/base/text.hpp", False),
                ("tools/commands/list.cpp", "schema/model.hpp", False),
                ("tools/commands/list.cpp", "nlohmann/json.hpp", True),
                ("tools/cli/text.cpp", "tools/commands/commands.hpp", False),
                ("include/dbrollback/config.hpp", "sqlite3.h", True),
                ("include/dbrollback/config.hpp", "sys/types.h", True),
                ("include/dbrollback/config.hpp", "engine/base/text.hpp", False),
                ("engine/base/file.cpp", "engine/storage/object_store.hpp", False),
                ("engine/base/file.cpp", "schema/model.hpp", False),
                ("engine/storage/object_store.cpp", "engine/database/database.hpp", False),
                ("engine/database/database.hpp", "engine/snapshot/format.hpp", False),
                ("engine/snapshot/capture.cpp", "engine/repository/store.hpp", False),
                ("engine/snapshot/capture.cpp", "engine/database/sqlite/connection.hpp", False),
                ("engine/snapshot/capture.cpp", "sqlite3.h", True),
                ("engine/repository/store.cpp", "engine/restore/plan.hpp", False),
                ("engine/repository/store.cpp", "engine/database/sqlite/connection.hpp", False),
                ("engine/restore/plan.cpp", "engine/report/report.hpp", False),
                ("engine/report/json.cpp", "engine/snapshot/manifest.hpp", False),
                ("engine/config/load.cpp", "engine/snapshot/id.hpp", False),
                ("engine/snapshot/manifest.hpp", "nlohmann/json.hpp", True),
                ("engine/snapshot/reader.cpp", "zstd.h", True),
                ("engine/storage/local/local_store.cpp", "archive.h", True),
                ("engine/api/verify.cpp", "boost/json.hpp", True),
                ("engine/api/verify.cpp", "text.hpp", False)):
            with self.subTest(file=file, name=name):
                self.assertIsNotNone(why_not(file, name, angled))

    def test_every_module_has_its_rule(self):
        folders = {name for name in os.listdir(os.path.join(dbr.SOURCE, "engine"))
                   if os.path.isdir(os.path.join(dbr.SOURCE, "engine", name))}
        self.assertEqual(folders, set(ENGINE))


class PublicHeaders(unittest.TestCase):
    def test_each_compiles_alone(self):
        headers = sorted(glob.glob(os.path.join(dbr.SOURCE, "include", "dbrollback", "*.hpp")))
        self.assertTrue(headers)
        with tempfile.TemporaryDirectory() as folder:
            for header in headers:
                name = "dbrollback/" + os.path.basename(header)
                source = os.path.join(folder, "alone.cpp")
                with open(source, "w", encoding="utf-8") as file:
                    file.write(f"#include <{name}>\n#include <{name}>\n")
                done = subprocess.run(
                    [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
                     "-Wshadow", "-Wconversion", "-Werror", "-I", os.path.join(dbr.SOURCE, "include"), source],
                    check=False, capture_output=True, text=True)
                with self.subTest(header=name):
                    self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    dbr.main()
