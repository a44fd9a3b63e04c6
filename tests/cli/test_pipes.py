"""A snapshot through a pipe: written, read, cut short; and standard output that somebody closed."""
import io
import os
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from cli.messages import OWN_DISK  # noqa: E402
from support import dbr  # noqa: E402

REFUSED = ("dbrollback: standard input {}\n"
           "  state: nothing was restored or changed\n"
           "  next:  give a stream that `dbrollback snapshot --output -` wrote, from its beginning to its end\n")
LOST = ("dbrollback: could not write to standard output: {}\n"
        "  state: the command was carried out; only what it printed was lost\n")
CUT = ("dbrollback: could not write standard output: {}\n"
       "  state: what was written is no whole snapshot, and is refused when it is read; the database was not touched\n"
       "  next:  {}\n")


class Piped(messages.Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("tmp"))
        self.environment["TMPDIR"] = self.path("tmp")
        self.database = self.make("app.db")

    def stream(self, database=None, *words):
        done = self.ok("snapshot", "--database", database or self.database, "--output", "-", *words)
        return done.raw

    def feed(self, status, stream, *words):
        """Runs a command with `stream` on standard input, which leaves nothing in the temporary folder."""
        with tempfile.TemporaryFile() as file:
            file.write(stream)
            file.seek(0)
            done = self.fails(status, *words, stdin=file)
        self.assertEqual(os.listdir(self.path("tmp")), [])
        return done

    def message(self, done):
        """What was said, without the note on spooling and the room it mentions."""
        return "".join(line for line in self.said(done).splitlines(True) if not line.startswith("note: spooling"))


class Stream(Piped):
    def test_it_is_a_tar_of_one_snapshot_with_the_manifest_last(self):
        with tarfile.open(fileobj=io.BytesIO(self.stream(None, "--app-version", "v1"))) as archive:
            members = archive.getmembers()
            names = [member.name for member in members]
            self.assertTrue(all(member.isfile() for member in members))
            self.assertTrue(all(name.startswith("snapshots/") and "-v1-" in name for name in names), names)
            self.assertEqual([os.path.basename(name) for name in names], ["data-0000.seg", "manifest.sum", "manifest.json"])
            self.assertIn(b'"app_version": "v1"', archive.extractfile(members[-1]).read())

    def test_nothing_is_written_to_a_disk(self):
        with self.unchanged():
            self.stream()

    def test_what_it_prints_goes_to_standard_error(self):
        done = self.ok("snapshot", "--database", self.database, "--output", "-")
        self.assertRegex(self.said(done), r"^snapshot ID of app\n(.*\n)*\n"
                                          r"  to prove it:     dbrollback verify --input - < FILE\n"
                                          r"  to put it back:  dbrollback restore --input - --database AT/app.db < FILE\n$")
        self.assertEqual(self.ok("snapshot", "--database", self.database, "--output", "-", "--quiet").err, "")

    def test_one_pipe_from_snapshot_to_restore(self):
        environment = dict(self.environment, DBROLLBACK_REPOSITORY=self.repo)
        first = subprocess.Popen(self.command("snapshot", "--database", self.database, "--output", "-", "--quiet"),
                                 env=environment, cwd=self.at, stdout=subprocess.PIPE)
        done = self.ok("restore", "--input", "-", "--into", "copy.db", stdin=first.stdout)
        first.stdout.close()
        self.assertEqual(first.wait(), 0)
        self.assertRegex(self.said(done), r"^note: spooling the stream to AT/tmp/dbrollback-spool-RANDOM \(\S+ .B free there\);"
                                          r" it is removed afterwards\n$")
        self.assertEqual(dbr.rows(self.path("copy.db"), "SELECT v FROM t"), [("a",), ("b",)])
        self.assertEqual(os.listdir(self.path("tmp")), [])

    def test_a_live_database_is_restored_from_a_pipe_only_with_yes_and_a_repository(self):
        stream = self.stream()
        self.assertEqual(self.message(self.feed(2, stream, "restore", "--input", "-", "--database", self.database, "--yes")),
                         "dbrollback: the state before needs a repository for its snapshot: there is no repository at AT/repo\n"
                         "  state: nothing was changed\n"
                         "  next:  `--repository PATH` names another one, `--no-snapshot-before` does without\n")
        self.init()
        self.assertEqual(self.message(self.feed(4, stream, "restore", "--input", "-", "--database", self.database)),
                         "dbrollback: restoring into AT/app.db needs a confirmation, and there is no terminal to ask for it\n"
                         "  state: nothing was changed\n"
                         "  next:  if this is what you want, run the same command with --yes\n")
        done = self.feed(0, stream, "restore", "--input", "-", "--database", self.database, "--yes", "--json")
        self.assertEqual(self.message(done), OWN_DISK)
        before = done.json["snapshot_before"]
        self.assertEqual([each["id"] for each in self.ok("list", "--json").json["snapshots"]], [before])

    def test_verify_reads_it_at_every_level(self):
        stream = self.stream()
        for level in ("stored", "content", "restored"):
            done = self.feed(0, stream, "verify", "--input", "-", "--level", level)
            self.assertRegex(self.normal(done.out), rf"^✓ ID  {level}, ")

    def test_json_goes_where_the_stream_leaves_room(self):
        done = self.feed(0, self.stream(), "verify", "--input", "-", "--json")
        self.assertTrue(done.json["ok"])
        self.assertEqual(self.fails(2, "snapshot", "--database", self.database, "--output", "-", "--json").json["exit"], 2)


class BrokenStream(Piped):
    def verify(self, stream):
        return self.message(self.feed(3, stream, "verify", "--input", "-"))

    def test_a_stream_that_was_cut_off_is_never_taken_for_whole(self):
        stream = self.stream(self.big("big.db", 5000))
        end = len(stream.rstrip(b"\0"))
        for length in (512, 700, 5000, len(stream) // 2, end - 1000, end - 1):
            with self.subTest(length=length):
                self.assertRegex(self.verify(stream[:length]), r"^dbrollback: standard input (is damaged, or was cut off|ends "
                                 r"in the middle of a snapshot: the stream was cut off|ends before its manifest: the "
                                 r"stream was cut off)\n")

    def test_one_cut_before_the_manifest(self):
        stream = self.stream()
        with tarfile.open(fileobj=io.BytesIO(stream)) as archive:
            manifest = archive.getmembers()[-1]
        self.assertEqual(self.verify(stream[:manifest.offset] + bytes(1024)), REFUSED.format(
            "ends before its manifest: the stream was cut off"))

    def test_nothing_and_garbage(self):
        self.assertEqual(self.verify(b""), REFUSED.format("is not a tar archive"))
        self.assertEqual(self.verify(b"not a tar " * 1000), REFUSED.format("is not a tar archive"))

    def test_an_archive_that_is_something_else(self):
        for name in ("etc/passwd", "../../etc/passwd", "/etc/passwd", "snapshots/../x", "snapshots/x/manifest.json"):
            with self.subTest(name):
                out = io.BytesIO()
                with tarfile.open(fileobj=out, mode="w") as archive:
                    member = tarfile.TarInfo(name)
                    member.size = 4
                    archive.addfile(member, io.BytesIO(b"root"))
                with self.unchanged():
                    said = self.verify(out.getvalue())
                self.assertEqual(said, REFUSED.format(f"holds '{name}', which is not a file of one snapshot"))

    def test_a_link_in_it_is_refused(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            member = tarfile.TarInfo("snapshots/20261120T233015Z-7f3a/data-0000.seg")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        self.assertEqual(self.verify(out.getvalue()), REFUSED.format(
            "holds 'snapshots/20261120T233015Z-7f3a/data-0000.seg', which is not a plain file")
            .replace("20261120T233015Z-7f3a", "ID"))

    def test_a_flipped_bit_is_damage(self):
        stream = bytearray(self.stream())
        stream[800] ^= 1
        done = self.feed(3, bytes(stream), "verify", "--input", "-")
        self.assertRegex(self.normal(done.out), r"^✗ ID  DAMAGED  content, 1 finding\n    pages 1 to 2 in data-0000.seg: ")


class ClosedOutput(Piped):
    def closed(self):
        read, write = os.pipe()
        os.close(read)
        self.addCleanup(os.close, write)
        return write

    def full(self):
        file = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, file)
        return file

    def test_a_snapshot_that_nobody_hears_of_is_taken_all_the_same(self):
        self.init()
        self.says(1, OWN_DISK + LOST.format("Broken pipe"), "snapshot", "--database", self.database, stdout=self.closed())
        self.says(1, OWN_DISK + LOST.format("No space left on device"), "snapshot", "--database", self.database, "--json",
                  stdout=self.full())
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 2)

    def test_a_list_that_nobody_reads(self):
        self.init()
        self.says(1, LOST.format("Broken pipe"), "list", stdout=self.closed())

    def test_a_stream_whose_reader_is_gone(self):
        with self.unchanged():
            self.says(1, CUT.format("Broken pipe", "look at why the program that reads this output ended"),
                      "snapshot", "--database", self.database, "--output", "-", stdout=self.closed())
            self.says(1, CUT.format("No space left on device", "free some room on that disk, or choose another one"),
                      "snapshot", "--database", self.database, "--output", "-", stdout=self.full())

    def test_descriptors_that_are_closed_never_become_the_database(self):
        self.init()
        with open(self.database, "rb") as file:
            before = file.read()
        for closing in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(closing):
                line = f"'{dbr.BINARY}' snapshot --database '{self.database}' --repository '{self.repo}' {closing}"
                self.assertEqual(subprocess.run(line, shell=True, cwd=self.at, env=self.environment, check=False,
                                                stderr=subprocess.DEVNULL).returncode, 1)
                with open(self.database, "rb") as file:
                    self.assertEqual(file.read(), before)
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 3)


dbr.main()
