#include "schema/migrations/markers.hpp"

#include <algorithm>

namespace dbrollback::schema::markers {

namespace {

constexpr std::string_view white = " \t\n\v\f\r";

std::string_view last_word(std::string_view line) {
  std::string_view last;
  for (const std::string_view word : words(line)) {
    if (word.starts_with("--")) {
      break;
    }
    last = word;
  }
  return last;
}

}  // namespace

bool is_file(const SourceFile& file, std::string_view end) {
  return file.path.ends_with(end) && file.path.find('/') == std::string::npos;
}

bool any_line(const Folder& folder, bool (*belongs)(std::string_view line)) {
  return std::ranges::any_of(folder, [&](const SourceFile& file) {
    return is_file(file, ".sql") && std::ranges::any_of(lines_of(file.text), belongs, &Line::text);
  });
}

std::string title(const SourceFile& file) { return file.path.substr(0, file.path.rfind(".sql")); }

std::string_view leading_digits(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(white), text.size());
  return text.substr(begin, text.find_last_not_of(white) + 1 - begin);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = text.find_first_not_of(white); at < text.size(); at = text.find_first_not_of(white, at)) {
    const std::size_t end = std::min(text.find_first_of(white, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

void Section::begin(std::size_t line) {
  if (next_ == 0) {
    script_.line = line;
    next_ = line;
  }
}

void Section::add_comment(std::size_t line, std::string_view text) {
  script_.text.append(line - next_, '\n').append(text).push_back('\n');
  next_ = line + 1;
}

void Section::add_statement(std::size_t line, std::string_view text) {
  add_comment(line, text);
  in_statement_ = true;
  unfinished_ = unfinished_ || !trimmed(text).empty();
  const std::string_view last = last_word(text);
  if (!last.empty()) {
    has_semicolon_ = last.ends_with(';');
  }
  if (!in_block_ && last.ends_with(';')) {
    end_statement();
  }
}

void Section::begin_block(std::size_t line, std::string_view text) {
  add_comment(line, text);
  in_block_ = true;
}

void Section::end_block(std::size_t line, std::string_view text) {
  // To these tools the block is a statement whatever it ends with; to the lexer that comes next only a semicolon is an
  // end. Before the marker it moves no line.
  add_comment(line, (unfinished_ && !has_semicolon_ ? "; " : "") + std::string(text));
  in_block_ = false;
  end_statement();
}

std::optional<Script> Section::script() const { return next_ == 0 ? std::nullopt : std::optional(script_); }

void Section::end_statement() {
  in_statement_ = false;
  unfinished_ = false;
  has_semicolon_ = false;
}

}  // namespace dbrollback::schema::markers
