// A program that was started: its process, and this side of its pipes. For run.cpp, and for programs that serve for as
// long as somebody holds them, which have a log instead of pipes.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>

#include "engine/base/pipe.hpp"
#include "engine/base/run.hpp"

namespace dbrollback::base {

class Child {
 public:
  // Starts it, in a process group of its own; of the command, nothing that says when to stop counts here. Throws Error
  // "no_program" and others; then nothing was started.
  explicit Child(const Command& command);
  // Kills what is left of the group where `reap` was not called.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;

  PipeEnd input;   // closed where the command gives none; writing to it never blocks
  PipeEnd output;  // both closed where the command has a log
  PipeEnd messages;

  [[nodiscard]] const std::string& name() const { return name_; }  // for messages
  // Looks, without waiting. The process stays a zombie until `reap`, so that its group keeps its id.
  [[nodiscard]] bool has_ended();
  // To the whole group.
  void signal(int number) noexcept;
  // Waits until it has ended. Nothing but the destructor after this.
  [[nodiscard]] siginfo_t reap();

 private:
  std::string name_;
  pid_t pid_ = -1;
  bool has_ended_ = false;
};

}  // namespace dbrollback::base
