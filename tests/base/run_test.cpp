#include "engine/base/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "engine/base/child.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "tests/support/another_process.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Command shell(const std::string& script) { return {.arguments = {"sh", "-c", script}}; }

std::function<Bytes()> pieces(std::size_t count, std::size_t size) {
  return [=]() mutable { return count-- > 0 ? Bytes(size, std::byte{'x'}) : Bytes(); };
}

// Seconds that `action` takes.
double time_of(const std::function<void()>& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::size_t open_descriptors() { return list_folder("/proc/self/fd").size(); }

// Neither there nor a zombie that its new parent has not looked at yet.
bool is_alive(const std::string& pid) {
  const std::string stat = test::content_of(cat("/proc/", pid, "/stat"));
  const auto state = stat.rfind(") ");
  return state != std::string::npos && stat[state + 2] != 'Z' && stat[state + 2] != 'X';
}

bool ends_soon(const std::string& pid) {
  for (int i = 0; i < 200 && is_alive(pid); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  return !is_alive(pid);
}

class Run : public test::InFolder {
 protected:
  Run() : descriptors_(open_descriptors()) {}
  ~Run() override { EXPECT_EQ(open_descriptors(), descriptors_) << "descriptors are left open"; }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  Run(Run&&) = delete;
  Run& operator=(Run&&) = delete;

  // What was written to a file of the test's folder by a script, without its line end.
  [[nodiscard]] std::string line_of(const std::string& name) const {
    const std::string text = test::content_of(at(name));
    return text.substr(0, text.find('\n'));
  }
  [[nodiscard]] fs::path script(const std::string& name, const std::string& text) const {
    test::put_content(at(name), text);
    fs::permissions(at(name), fs::perms::owner_all);
    return at(name);
  }

 private:
  std::size_t descriptors_;
};

TEST_F(Run, SaysWhatTheProgramWroteAndHowItEnded) {
  const Outcome done = run(shell("echo to people >&2; echo to programs; exit 7"));
  EXPECT_EQ(done.status, 7);
  EXPECT_EQ(done.signal, 0);
  EXPECT_EQ(done.output, "to programs\n");
  EXPECT_EQ(done.messages, "to people\n");
  EXPECT_FALSE(done.timed_out);
  EXPECT_FALSE(done.succeeded());
  EXPECT_TRUE(run({.arguments = {"true"}}).succeeded());
}

TEST_F(Run, IsQuick) {
  double best = 1;
  for (int i = 0; i < 20; ++i) {
    best = std::min(best, time_of([] { EXPECT_TRUE(run({.arguments = {"true"}}).succeeded()); }));
  }
  EXPECT_LT(best, 0.05) << "the end is seen when it comes, not at the next tick";
}

TEST_F(Run, SaysWhichSignalEndedIt) {
  const Outcome done = run(shell("kill -SEGV $$"));
  EXPECT_EQ(done.signal, SIGSEGV);
  EXPECT_EQ(done.status, 0);
  EXPECT_FALSE(done.succeeded());
}

TEST_F(Run, GivesArgumentsAsTheyAre) {
  EXPECT_EQ(run({.arguments = {"printf", "%s|", "a b", "$(id)", "", "'\"\\\n*"}}).output, "a b|$(id)||'\"\\\n*|");
}

TEST_F(Run, AddsToTheEnvironment) {
  test::Environment environment;
  environment.set("DBR_INHERITED", "ours");
  environment.set("DBR_REPLACED", "ours");
  Command command = shell("echo \"$DBR_INHERITED $DBR_REPLACED $DBR_NEW\"; env | grep -c ^DBR_REPLACED=");
  command.environment = {{"DBR_REPLACED", "theirs"}, {"DBR_NEW", "a=b"}};
  EXPECT_EQ(run(command).output, "ours theirs a=b\n1\n");
}

TEST_F(Run, GivesOfTheEnvironmentWhatItIsToldTo) {
  test::Environment environment;
  environment.set("DBR_INHERITED", "ours");
  environment.set("DBR_SECRET", "ours");
  Command command = shell("env | grep ^DBR_ | sort");
  command.environment = {{"DBR_NEW", "theirs"}};
  command.inherits = [](std::string_view name) { return name == "PATH" || name == "DBR_INHERITED"; };
  EXPECT_EQ(run(command).output, "DBR_INHERITED=ours\nDBR_NEW=theirs\n");
}

TEST_F(Run, WorksInAFolder) {
  EXPECT_EQ(run({.arguments = {"pwd"}, .folder = folder()}).output, cat(folder().native(), "\n"));
  const ErrorInfo info = test::error_of([&] { (void)run({.arguments = {"pwd"}, .folder = at("absent")}); });
  EXPECT_EQ(info.code, "not_found");
  EXPECT_EQ(info.object, at("absent"));
}

TEST_F(Run, ReadsNothingWhereNothingIsGiven) {
  EXPECT_EQ(run(shell("wc -c; readlink /proc/self/fd/0")).output, "0\n/dev/null\n");
}

TEST_F(Run, HandsOnNoDescriptorButThree) {
  const int ours = ::dup(1);  // without O_CLOEXEC
  const Outcome done = run({.arguments = {"ls", "/proc/self/fd"}, .give_input = pieces(0, 0)});
  (void)::close(ours);
  EXPECT_EQ(done.output, "0\n1\n2\n3\n") << "3 is what ls reads";
}

TEST_F(Run, WorksWithoutAStandardInputOfItsOwn) {
  const int kept = ::dup(0);
  (void)::close(0);
  Command command = shell("wc -c; echo said >&2");
  command.give_input = pieces(1, 10);
  const Outcome done = run(command);
  (void)::dup2(kept, 0);
  (void)::close(kept);
  EXPECT_EQ(done.output, "10\n");
  EXPECT_EQ(done.messages, "said\n");
}

TEST_F(Run, NeitherSideWaitsForTheOther) {
  // The child writes before it reads, and more than any pipe holds.
  Command command = shell("head -c 10000000 /dev/zero >&2; head -c 10000000 /dev/zero; wc -c");
  command.most_output = 100'000'000;
  command.give_input = pieces(100, 100'000);
  const Outcome done = run(command);
  EXPECT_EQ(done.messages.size(), 10'000'000U);
  EXPECT_EQ(done.output.size(), 10'000'000U + std::strlen("10000000\n"));
  EXPECT_TRUE(done.output.ends_with("10000000\n"));
}

TEST_F(Run, HandsOutputOnInsteadOfKeepingIt) {
  Command command{.arguments = {"cat"}};
  command.give_input = pieces(30, 100'000);
  std::size_t taken = 0;
  command.take_output = [&](ByteView bytes) { taken += bytes.size(); };
  EXPECT_EQ(run(command).output, "");
  EXPECT_EQ(taken, 3'000'000U);
}

TEST_F(Run, KeepsTheBeginningAndTheEnd) {
  Command command = shell("seq 1 100000; seq 1 100000 >&2");
  command.most_output = 20;
  const Outcome done = run(command);
  EXPECT_EQ(done.output, "1\n2\n3\n4\n5\n\n[588875 bytes left out]\n99\n100000\n");
  EXPECT_EQ(done.messages, done.output);
  command.arguments = {"printf", "exactly twenty bytes"};
  EXPECT_EQ(run(command).output, "exactly twenty bytes");
}

TEST_F(Run, DoesNotMindAClosedInput) {
  Command command = shell("exec 0<&-; echo closed; sleep 0.2");
  command.give_input = pieces(1000, 100'000);
  const Outcome done = run(command);
  EXPECT_TRUE(done.succeeded());
  EXPECT_EQ(done.output, "closed\n");
  command.arguments = {"true"};
  EXPECT_TRUE(run(command).succeeded());
}

TEST_F(Run, LeavesSignalsAsTheyAre) {
  sigset_t before;
  sigset_t after;
  (void)::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  Command command{.arguments = {"true"}};
  command.give_input = pieces(1000, 100'000);
  EXPECT_TRUE(run(command).succeeded());
  (void)::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(::sigismember(&before, SIGPIPE), ::sigismember(&after, SIGPIPE));
  (void)::sigpending(&after);
  EXPECT_EQ(::sigismember(&after, SIGPIPE), 0);
}

TEST_F(Run, StartsProgramsThatHearSignals) {
  sigset_t blocked;
  sigset_t before;
  (void)::sigemptyset(&blocked);
  (void)::sigaddset(&blocked, SIGTERM);
  (void)::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto* const handler = std::signal(SIGPIPE, SIG_IGN);
  const Outcome done = run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  (void)std::signal(SIGPIPE, handler);
  (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_NE(done.output.find("SigBlk:\t0000000000000000"), std::string::npos) << done.output;
  const auto ignored = std::stoull(done.output.substr(done.output.find("SigIgn:\t") + 8), nullptr, 16);
  EXPECT_EQ(ignored & (1ULL << (SIGPIPE - 1)), 0U);
}

TEST_F(Run, StopsAtItsTimeout) {
  Command command = shell("echo begun; exec sleep 60");
  command.timeout = milliseconds(300);
  Outcome done;
  const double took = time_of([&] { done = run(command); });
  EXPECT_TRUE(done.timed_out);
  EXPECT_FALSE(done.succeeded());
  EXPECT_EQ(done.signal, SIGTERM);
  EXPECT_EQ(done.output, "begun\n");
  EXPECT_GE(took, 0.3);
  EXPECT_LT(took, 10);
}

TEST_F(Run, KillsWhoDoesNotListen) {
  Command command = shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done");
  command.timeout = milliseconds(300);
  Outcome done;
  const double took = time_of([&] { done = run(command); });
  EXPECT_TRUE(done.timed_out);
  EXPECT_EQ(done.signal, SIGKILL);
  EXPECT_GE(took, 2.3);
  EXPECT_LT(took, 10);
}

TEST_F(Run, StopsWhoWritesWithoutEnd) {
  Command command{.arguments = {"yes"}, .timeout = milliseconds(300), .most_output = 1000};
  EXPECT_TRUE(run(command).timed_out);
  command.take_output = [](ByteView) {};
  EXPECT_TRUE(run(command).timed_out);
}

TEST_F(Run, EndsWithItsGrandchildrenWhenTickThrows) {
  const std::string begin = cat("(trap '' TERM; sleep 100) >/dev/null 2>&1 & echo $! >'", at("quiet").native(),
                                "'; sleep 100 & echo $! >'", at("loud").native(), "'; echo x; wait");
  Command command = shell(begin);
  int ticks = 0;
  command.tick = [&] {
    if (++ticks > 3) {
      throw std::runtime_error("interrupted");
    }
  };
  EXPECT_LT(time_of([&] { EXPECT_THROW((void)run(command), std::runtime_error); }), 10);
  for (const char* name : {"quiet", "loud"}) {
    EXPECT_FALSE(line_of(name).empty()) << name;
    EXPECT_TRUE(ends_soon(line_of(name))) << name;
  }
}

TEST_F(Run, EndsWhatIsStoppedToo) {
  Command command = shell("kill -STOP $$");
  command.timeout = milliseconds(200);
  EXPECT_EQ(run(command).signal, SIGTERM);
}

TEST_F(Run, AsksTickTenTimesASecond) {
  int ticks = 0;
  const auto ticks_of = [&](const std::string& program) {
    Command command{.arguments = {program, "60"}, .timeout = seconds(1)};
    command.tick = [&] { ++ticks; };
    ticks = 0;
    return time_of([&] { EXPECT_TRUE(run(command).timed_out); });
  };
  double took = ticks_of("sleep");
  EXPECT_LE(ticks, took * 10 + 2);
  EXPECT_GE(ticks, 4);
  took = ticks_of("yes");
  EXPECT_LE(ticks, took * 10 + 2) << "also when there is always something to read";
  EXPECT_GE(ticks, 3);
}

TEST_F(Run, EndsTheProgramWhenACallbackThrows) {
  Command taking = shell(cat("echo $$ >'", at("pid").native(), "'; echo x; sleep 100"));
  taking.take_output = [](ByteView) { throw std::runtime_error("no room"); };
  EXPECT_THROW((void)run(taking), std::runtime_error);
  EXPECT_TRUE(ends_soon(line_of("pid")));
  Command giving = shell(cat("echo $$ >'", at("pid").native(), "'; cat; sleep 100"));
  giving.give_input = []() -> Bytes { throw std::runtime_error("damaged"); };
  EXPECT_THROW((void)run(giving), std::runtime_error);
  EXPECT_TRUE(ends_soon(line_of("pid")));
}

TEST_F(Run, WaitsNoLongerThanASecondForWhoKeepsItsOutputOpen) {
  Outcome done;
  const double took =
      time_of([&] { done = run(shell(cat("sleep 100 & echo $! >'", at("pid").native(), "'; echo x"))); });
  EXPECT_TRUE(done.succeeded());
  EXPECT_EQ(done.output, "x\n");
  EXPECT_GE(took, 1);
  EXPECT_LT(took, 10);
  const std::string pid = line_of("pid");
  EXPECT_TRUE(is_alive(pid)) << "a server that was started stays";
  (void)::kill(std::stoi(pid), SIGKILL);
}

TEST_F(Run, WaitsForWhoClosedItsOutput) { EXPECT_EQ(run(shell("exec >&- 2>&-; sleep 0.3; exit 5")).status, 5); }

TEST_F(Run, NamesAProgramThatIsMissing) {
  const Command command{.arguments = {"no-such-program-of-dbr", "secret"},
                        .environment = {{"PASSWORD", "secret"}},
                        .install = "the Debian package nothing"};
  const ErrorInfo info = test::error_of([&] { (void)run(command); });
  EXPECT_EQ(info.code, "no_program");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.object, "no-such-program-of-dbr");
  EXPECT_EQ(info.next, "install the Debian package nothing");
  EXPECT_EQ(info.message.find("secret"), std::string::npos);
  EXPECT_EQ(test::error_of([&] { (void)run({.arguments = {at("absent")}}); }).code, "no_program");
}

TEST_F(Run, NamesAProgramThatCannotBeExecuted) {
  test::put_content(at("data"), "#!/bin/sh\n");
  const ErrorInfo plain = test::error_of([&] { (void)run({.arguments = {at("data")}}); });
  EXPECT_EQ(plain.code, "no_program");
  EXPECT_NE(plain.message.find("may not execute"), std::string::npos) << plain.message;
  EXPECT_EQ(test::error_of([&] { (void)run({.arguments = {folder()}}); }).code, "no_program");
  EXPECT_EQ(test::error_of([&] { (void)run({.arguments = {script("a", "#!/no/such/interpreter\n")}}); }).code,
            "no_program");
  EXPECT_EQ(test::error_of([&] { (void)run({.arguments = {script("b", "echo no shell runs this\n")}}); }).code,
            "no_program");
}

TEST_F(Run, LooksInPathLeavingOutRelativeFolders) {
  test::Environment environment;
  fs::create_directories(at("first"));
  fs::create_directories(at("second"));
  test::put_content(at("first/tool"), "not executable");
  const fs::path tool = script("second/tool", "#!/bin/sh\necho found\n");
  environment.set("PATH", cat(":first:", at("first").native(), "::", at("second").native(), ":"));
  EXPECT_EQ(find_program("tool"), tool);
  EXPECT_EQ(run({.arguments = {"tool"}}).output, "found\n");
  environment.set("PATH", "second:.");
  EXPECT_EQ(find_program("tool"), std::nullopt);
  environment.set("PATH", std::nullopt);
  EXPECT_TRUE(find_program("sh"));
}

TEST_F(Run, RunsAsAnotherAccount) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "not root";
  }
  Command command = shell("id -un; id -G");
  command.as_user = "nobody";
  const Outcome done = run(command);
  EXPECT_TRUE(done.output.starts_with("nobody\n")) << done.output << done.messages;
  EXPECT_EQ((" " + done.output.substr(7)).find(" 0"), std::string::npos) << "root's groups are gone";
  command.as_user = "no-such-account";
  EXPECT_EQ(test::error_of([&] { (void)run(command); }).code, "no_user");
}

TEST_F(Run, LogsWhereItIsTold) {
  Command command = shell("echo said; echo more >&2");
  command.log = at("log");
  for (int i = 0; i < 2; ++i) {
    const Outcome done = run(command);
    EXPECT_TRUE(done.succeeded());
    EXPECT_EQ(done.output + done.messages, "");
  }
  EXPECT_EQ(test::content_of(at("log")), "said\nmore\nsaid\nmore\n");
  command.log = at("absent/log");
  EXPECT_EQ(test::error_of([&] { (void)run(command); }).object, at("absent/log"));
}

TEST_F(Run, TellsTheProgramOfOurDeath) {
  const std::string script = cat("trap 'echo told >\"", at("said").native(), "\"; exit' USR1; echo $$ >'",
                                 at("pid").native(), "'; while :; do sleep 0.05; done");
  for (const bool as_another : {false, true}) {
    if (as_another && ::geteuid() != 0) {
      continue;
    }
    fs::permissions(folder(), fs::perms::all);
    test::AnotherProcess owner([&] {
      Command command = shell(script);
      command.log = "/dev/null";
      command.as_user = as_another ? "nobody" : "";
      command.death_signal = SIGUSR1;
      auto child = std::make_unique<Child>(command);
      while (line_of("pid").empty()) {
        std::this_thread::sleep_for(milliseconds(5));
      }
      return child;
    });
    const std::string pid = line_of("pid");
    EXPECT_TRUE(is_alive(pid));
    owner.kill();
    EXPECT_TRUE(ends_soon(pid));
    EXPECT_EQ(line_of("said"), "told") << as_another;
    fs::remove(at("pid"));
    fs::remove(at("said"));
  }
}

TEST_F(Run, WorksOnSeveralThreads) {
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        Command command = shell("wc -c");
        command.give_input = pieces(static_cast<std::size_t>(i), 100'000);
        right += run(command).output == cat(i * 100'000, "\n") ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(right, 8);
}

// Calls that are interrupted and do less than asked.
class Hesitant final : public System {
 public:
  int poll(std::span<pollfd> watched, milliseconds timeout) override {
    return hesitate() ? -1 : System::poll(watched, timeout);
  }
  ssize_t read(int fd, void* into, std::size_t size) override {
    return hesitate() ? -1 : System::read(fd, into, std::min<std::size_t>(size, 1000));
  }
  ssize_t write(int fd, const void* bytes, std::size_t size) override {
    return hesitate() ? -1 : System::write(fd, bytes, std::min<std::size_t>(size, 1000));
  }
  int wait(pid_t pid, siginfo_t& info, int options) override {
    return hesitate() ? -1 : System::wait(pid, info, options);
  }
  int spawn(const Spawn& what, pid_t& pid) override {
    errno = EAGAIN;
    return spawn_fails ? -1 : System::spawn(what, pid);
  }
  int pipe(std::array<int, 2>& ends) override {
    errno = EMFILE;
    return pipes-- > 0 ? System::pipe(ends) : -1;
  }

  bool spawn_fails = false;
  int pipes = 1000;

 private:
  bool hesitate() {
    errno = EINTR;
    return random_() % 3 == 0;
  }
  std::minstd_rand random_;
};

TEST_F(Run, GoesOnAfterInterruptionsAndShortWrites) {
  Hesitant hesitant;
  const ReplacedSystem replaced(hesitant);
  Command command{.arguments = {"cat"}};
  command.give_input = pieces(10, 10'000);
  const Outcome done = run(command);
  EXPECT_TRUE(done.succeeded());
  EXPECT_EQ(done.output, std::string(100'000, 'x'));
}

TEST_F(Run, SaysWhatTheSystemRefused) {
  Hesitant hesitant;
  const ReplacedSystem replaced(hesitant);
  hesitant.spawn_fails = true;
  EXPECT_EQ(test::error_of([] {
              (void)run({.arguments = {"true", "secret"}});
            }).message,
            cat("could not run true: ", std::strerror(EAGAIN)));
  hesitant.pipes = 1;
  EXPECT_EQ(test::error_of([] { (void)run({.arguments = {"true"}}); }).object, "a pipe");
}

}  // namespace
}  // namespace dbrollback::base
