"""One seam to the machine: outside engine/base nothing of engine/ makes the calls that base::System stands for, so that
tests can fail each of them. SQLite's own calls go through its VFS."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr
from house.test_includes import sources

REASONS = (
    (r"::(?:open|openat|creat|close|p?read|p?write|f(?:data)?sync|sync_file_range|f?truncate|flock|lockf|fcntl)\(",
     "reading, writing and locking files is base/file.hpp's and base/lock.hpp's"),
    (r"::(?:rename(?:at2?)?|link|symlink|unlink(?:at)?|remove|mkdir|rmdir|mkdtemp|mkstemp)\(",
     "names in folders are base/file.hpp's"),
    (r"::(?:[fl]?stat|fstatat|statx|statv?fs|access|faccessat|realpath|readlink|opendir|readdir|scandir)\(",
     "looking at files is base/file.hpp's"),
    (r"::f?ch(?:mod|own)\(", "modes and owners are base/file.hpp's"),
    (r"\b(?:fs|filesystem)::(?:remove|remove_all|rename|copy|copy_file|create_director(?:y|ies)|create_\w*link|"
     r"permissions|resize_file|last_write_time|exists|(?:symlink_)?status|is_\w+|file_size|space|canonical|"
     r"weakly_canonical|read_symlink|equivalent|(?:recursive_)?directory_iterator|temp_directory_path)\b",
     "std::filesystem makes calls of its own: base/file.hpp has them by the seam"),
    (r"\b(?:i|o)?fstream\b|\bfopen\(", "streams make calls of their own: base::File and base::read_file go by the seam"),
    (r"::(?:posix_spawnp?|v?fork|exec[lv]p?e?|wait(?:pid|id|3|4)?|kill(?:pg)?|popen|system)\(",
     "other programs are run by base/run.hpp"),
    (r"\bstd::system\(|(?<![\w:.>])popen\(", "there is no shell: base/run.hpp runs programs by their argument vectors"),
    (r"\bsystem_clock::now\(", "the wall clock is base/time.hpp's now()"),
    (r"\bsystem\(\)|\bReplacedSystem\b|(?:[^:\w]|base::)System\b",
     "base::System is called in engine/base; the others take its functions that throw"),
)


def without_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def why_not(text):
    """The calls of `text` that go past the seam, each with the reason why they must not."""
    return [f"{found.group(0)}: {reason}" for call, reason in REASONS
            for found in re.finditer(r"(?<![\w>])" + call if call.startswith("::") else call, text)]


class Seam(unittest.TestCase):
    def test_nothing_goes_past_it(self):
        past = []
        for file in sources("engine"):
            if not file.startswith("engine/base/"):
                with open(os.path.join(dbr.SOURCE, file), encoding="utf-8") as text:
                    past += [f"{file}: {reason}" for reason in why_not(without_comments(text.read()))]
        self.assertEqual(past, [], "\n" + "\n".join(past))

    def test_the_rules_find_what_they_forbid(self):
        for text in ("if (::open(path, O_RDONLY) < 0)", "(void)::unlink(name);", "return ::stat(a, &b);", " ::chown(a, 1, 2)",
                     "base::fs::remove(path, error);", "std::filesystem::remove_all(path)", "fs::exists(path)",
                     "std::ifstream in(path);", "std::chrono::system_clock::now()", "base::system().unlink(name)",
                     "const pid_t pid = ::fork();", "::execvp(name, words)", "::waitpid(pid, nullptr, 0)",
                     "(void)::kill(pid, SIGTERM)", "::posix_spawn(&pid, path)", "std::system(\"ls\")", "popen(line, \"r\")"):
            with self.subTest(text=text):
                self.assertTrue(why_not(text))
        for text in ("void LocalStore::remove(const std::string& name)", "store->open(name)", "store_->objects().remove(x)",
                     "fs::absolute(path)", "std::filesystem::path", "base::reached(\"x\")", "PageVfs::read(",
                     "base::run({.arguments = {path}})", "condition.wait(lock)", "base::wait(moment)"):
            with self.subTest(text=text):
                self.assertFalse(why_not(text))


if __name__ == "__main__":
    dbr.main()
