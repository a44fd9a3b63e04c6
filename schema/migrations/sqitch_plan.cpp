// As in https://github.com/sqitchers/sqitch: lib/App/Sqitch/Plan.pm (grammar), Plan/Depend.pm, Plan/ChangeList.pm (what
// a dependency means), Plan/Change.pm and Plan/Tag.pm (ids) and Plan/Line.pm (notes).
#include "schema/migrations/sqitch_plan.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <set>
#include <span>

namespace dbrollback::schema::sqitch {

namespace {

constexpr std::string_view plan_blanks = " \t";
// Punctuation but "_": no name begins or ends with it.
constexpr std::string_view plan_punctuation = "-!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_blank(char c) { return plan_blanks.find(c) != std::string_view::npos; }

bool is_punctuation(char c) { return plan_punctuation.find(c) != std::string_view::npos; }

// A letter, a digit or "_"; beyond ASCII everything is taken for a letter.
bool is_word(char c) { return !is_punctuation(c) && static_cast<unsigned char>(c) > ' ' && c != '\x7F'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view without_blanks_before(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(plan_blanks), text.size()));
}

std::string_view without_blanks_after(std::string_view text) {
  return text.substr(0, text.find_last_not_of(plan_blanks) + 1);
}

bool is_id(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// How many characters could be a name. What looks like "the second before", as in "change^2", ends it.
std::size_t most_of_a_name(std::string_view text) {
  std::size_t at = 0;
  for (; at < text.size() && !is_blank(text[at]) && std::string_view(":@#\\").find(text[at]) == std::string_view::npos;
       ++at) {
    if (std::string_view("~/=%^").find(text[at]) == std::string_view::npos) {
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    if (end > at + 1 && (end == text.size() || is_blank(text[end]))) {
      break;
    }
  }
  return at;
}

// Whether the first `size` characters are a name.
bool is_name(std::string_view text, std::size_t size) {
  return size > 0 && size <= most_of_a_name(text) && !is_punctuation(text.front()) && !is_punctuation(text[size - 1]) &&
         is_word(text[size - 1]) != (size < text.size() && is_word(text[size]));
}

bool is_name(std::string_view text) { return is_name(text, text.size()); }

// "2026-11-20T23:30:15Z"
bool is_timestamp(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  return text.size() == shape.size() &&
         std::ranges::equal(text, shape, [](char c, char like) { return like == '0' ? is_digit(c) : c == like; });
}

unsigned number(std::string_view digits) {
  unsigned out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

bool exists(std::string_view timestamp) {
  const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(number(timestamp.substr(0, 4)))),
                                        std::chrono::month(number(timestamp.substr(5, 2))),
                                        std::chrono::day(number(timestamp.substr(8, 2))));
  return day.ok() && number(timestamp.substr(11, 2)) < 24 && number(timestamp.substr(14, 2)) < 60 &&
         number(timestamp.substr(17, 2)) < 60;
}

std::string read_note(std::string_view text) {
  constexpr std::string_view white = " \t\n\v\f\r";
  text = text.substr(std::min(text.find_first_not_of(white), text.size()));
  text = text.substr(0, text.find_last_not_of(white) + 1);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
    const bool escaped = next == 'n' || next == 'r' || next == '\\';
    out.push_back(next == 'n' ? '\n' : next == 'r' ? '\r' : text[at]);
    at += escaped ? 1 : 0;
  }
  return out;
}

// A line without its note and the blanks before that.
struct PlanLine {
  std::string_view text;
  std::string_view note;
};

PlanLine without_note(std::string_view line) {
  const std::size_t hash = std::min(line.find('#'), line.size());
  return {.text = without_blanks_after(line.substr(0, hash)), .note = line.substr(std::min(hash + 1, line.size()))};
}

// Nothing but blanks, or nothing but a note; "#" alone is neither.
bool is_empty(std::string_view line) {
  const std::string_view text = without_blanks_before(line);
  return text.empty() || (text.front() == '#' && text.size() > 1);
}

// What follows the name in the line of a change or tag; each can be missing.
struct PlanDetails {
  std::string_view dependencies;
  std::string_view timestamp;
  std::string_view planner_name;
  std::string_view planner_email;
};

std::optional<PlanDetails> read_details(std::string_view text) {
  PlanDetails out;
  text = without_blanks_before(text);
  if (const std::size_t end = text.find(']'); text.starts_with('[') && end != std::string_view::npos && end > 1) {
    out.dependencies = text.substr(1, end - 1);
    text = without_blanks_before(text.substr(end + 1));
  }
  if (constexpr std::size_t size = 20; is_timestamp(text.substr(0, size))) {
    out.timestamp = text.substr(0, size);
    text = without_blanks_before(text.substr(size));
  }
  if (text.empty()) {
    return out;
  }
  const std::size_t open = text.find('<');
  if (open == std::string_view::npos || open < 2 || !is_blank(text[open - 1]) || !text.ends_with('>') ||
      text.find('>') != text.size() - 1 || open + 2 == text.size()) {
    return std::nullopt;
  }
  out.planner_name = text.substr(0, open - 1);
  out.planner_email = text.substr(open + 1, text.size() - open - 2);
  return out;
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out.push_back(digits[byte / 16]);
    out.push_back(digits[byte % 16]);
  }
  return out;
}

int hexadecimal_digit(char c) {
  return is_digit(c) ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

// As Perl's URI writes it in its canonical form, which is what the ids are made of.
std::string canonical(std::string_view uri) {
  std::string out;
  out.reserve(uri.size() + 1);
  for (std::size_t at = 0; at < uri.size(); ++at) {
    const int high = uri[at] == '%' && at + 2 < uri.size() ? hexadecimal_digit(uri[at + 1]) : -1;
    const int low = high >= 0 ? hexadecimal_digit(uri[at + 2]) : -1;
    if (low < 0) {
      out.push_back(uri[at]);
      continue;
    }
    const char c = static_cast<char>(high * 16 + low);
    const bool plain = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
                       (c != '\0' && std::string_view("-_.!~*'()").find(c) != std::string_view::npos);
    if (plain) {
      out.push_back(c);
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out.push_back('%');
      out.push_back(digits[static_cast<std::size_t>(high)]);
      out.push_back(digits[static_cast<std::size_t>(low)]);
    }
    at += 2;
  }
  const std::size_t colon = out.find(':');
  if (colon == std::string::npos) {
    return out;
  }
  const auto to_lower = [&](std::size_t begin, std::size_t end) {
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(begin), out.begin() + static_cast<std::ptrdiff_t>(end),
                   out.begin() + static_cast<std::ptrdiff_t>(begin), lower);
  };
  to_lower(0, colon);
  const std::map<std::string_view, std::string_view> ports = {
      {"ftp", ":21"}, {"http", ":80"}, {"https", ":443"}, {"ssh", ":22"}};
  const auto port = ports.find(std::string_view(out).substr(0, colon));
  if (port == ports.end() || out.compare(colon, 3, "://") != 0) {
    return out;
  }
  const bool is_web = port->first.starts_with("http");
  const std::size_t authority = colon + 3;
  const std::size_t end = std::min(out.find_first_of("/?", authority), out.size());
  const std::size_t user = out.find('@', authority);
  to_lower(user < end ? user : authority, end);
  if (is_web && end == out.size()) {
    out.push_back('/');
  }
  const std::string_view host = std::string_view(out).substr(authority, end - authority);
  const std::size_t to_drop = host.ends_with(port->second) ? port->second.size() : host.ends_with(':') ? 1 : 0;
  return out.erase(end - to_drop, to_drop);
}

void add_line(std::string& out, std::string_view what, std::string_view value) {
  out.append(what).append(value).push_back('\n');
}

void add_dependencies(std::string& out, std::string_view title, std::string_view sign,
                      const std::vector<Dependency>& dependencies) {
  if (dependencies.empty()) {
    return;
  }
  out.append(title).push_back('\n');
  for (const auto& dependency : dependencies) {
    add_line(out, sign, dependency.name);
  }
}

std::string planner(const Entry& entry) { return entry.planner_name + " <" + entry.planner_email + ">"; }

// Of the lines that describe an object, as git makes its ids.
std::string id_of(std::string_view kind, std::string lines, const std::string& note) {
  lines.pop_back();
  if (!note.empty() && note != "0") {  // "0" is no note to Perl
    lines.append("\n\n").append(note);
  }
  std::string object;
  object.append(kind).append(" ").append(std::to_string(lines.size())).push_back('\0');
  return hash(object.append(lines));
}

class PlanReader {
 public:
  explicit PlanReader(const SourceFile& file) : file_(file), lines_(lines_of(without_mark(file.text))) {}

  Plan read() {
    read_pragmas();
    for (; at_ < lines_.size(); ++at_) {
      if (!is_empty(lines_[at_].text)) {
        read_entry(lines_[at_].text);
      }
    }
    check_section();
    find_dependencies();
    return std::move(plan_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw FormatError(file_.path, lines_[at_].number, what); }

  // Until the first line without anything.
  void read_pragmas() {
    for (; at_ < lines_.size(); ++at_) {
      const PlanLine line = without_note(lines_[at_].text);
      if (!is_empty(lines_[at_].text)) {
        read_pragma(line.text);
      } else if (read_note(line.note).empty()) {
        break;
      }
    }
    if (plan_.project.empty()) {
      throw FormatError(file_.path, 0, "the line %project= is missing");
    }
  }

  void read_pragma(std::string_view text) {
    text = without_blanks_before(text);
    if (!text.starts_with('%')) {
      fail("no pragma; a line without anything must come between pragmas and changes");
    }
    text = without_blanks_before(text.substr(1));
    const std::size_t equals = text.find('=');
    const std::string_view name = without_blanks_after(text.substr(0, equals));
    const bool has_value = equals != std::string_view::npos;
    const std::string_view value = has_value ? without_blanks_before(text.substr(equals + 1)) : std::string_view();
    if (name.empty() || is_punctuation(name.front()) || is_punctuation(name.back()) ||
        name.find_first_of(plan_blanks) != std::string_view::npos || (has_value && value.empty())) {
      fail("no pragma");
    }
    if (name == "project") {
      if (!is_name(value)) {
        fail("not a name for a project: \"" + std::string(value) + "\"");
      }
      plan_.project = value;
    } else if (name == "uri") {
      plan_.uri = has_value ? value : "1";
      uri_line_ = canonical(plan_.uri);
    }
  }

  // A change or a tag.
  void read_entry(std::string_view line) {
    const PlanLine parts = without_note(line);
    std::string_view text = without_blanks_before(parts.text);
    const bool is_tag = text.starts_with('@');
    if (is_tag) {
      text.remove_prefix(1);
    } else if (text.starts_with('+') || text.starts_with('-')) {
      text = without_blanks_before(text.substr(1));
    }
    std::size_t size = most_of_a_name(text);
    while (size > 0 && !is_name(text, size)) {
      --size;
    }
    const auto details = size > 0 ? read_details(text.substr(size)) : std::nullopt;
    if (!details) {
      fail("no name, or one with punctuation at its beginning or end, \"@\", \":\", \"#\", \"\\\" or blanks");
    }
    if (details->timestamp.empty() || details->planner_name.empty()) {
      fail("no timestamp, or no planner: \"2026-11-20T23:30:15Z Name <email>\" belongs after the name");
    }
    if (!exists(details->timestamp)) {
      fail("no such time: " + std::string(details->timestamp));
    }
    const std::string name(text.substr(0, size));
    if (name == "ROOT" || name == "HEAD" || is_id(name.substr(0, 40))) {
      fail("the name has a meaning to sqitch: \"" + name + "\"");
    }
    Entry entry{.name = is_tag ? "@" + name : name,
                .planned_at = std::string(details->timestamp),
                .planner_name = std::string(details->planner_name),
                .planner_email = std::string(details->planner_email),
                .note = read_note(parts.note),
                .id = {}};
    if (is_tag) {
      add_tag(std::move(entry), details->dependencies);
    } else {
      add_change(std::move(entry), details->dependencies);
    }
  }

  void add_tag(Entry tag, std::string_view dependencies) {
    if (tag.name.find('/') != std::string::npos) {
      fail("a slash in the name of a tag: \"" + tag.name + "\"");
    }
    if (plan_.changes.empty()) {
      fail("a tag without a change before it: \"" + tag.name + "\"");
    }
    if (seen_.contains(tag.name)) {
      fail("the tag is there already, in line " + std::to_string(seen_.at(tag.name)) + ": \"" + tag.name + "\"");
    }
    if (!dependencies.empty()) {
      fail("a tag with dependencies: \"" + tag.name + "\"");
    }
    check_section();
    Change& change = plan_.changes.back();
    for (std::size_t i = section_; i < plan_.changes.size(); ++i) {
      seen_.insert_or_assign(plan_.changes[i].entry.name, numbers_[i]);
    }
    section_ = plan_.changes.size();
    seen_.emplace(tag.name, lines_[at_].number);

    std::string lines = first_lines();
    add_line(lines, "tag ", tag.name);
    add_line(lines, "change ", change.entry.id);
    add_line(lines, "planner ", planner(tag));
    add_line(lines, "date ", tag.planned_at);
    tag.id = id_of("tag", std::move(lines), tag.note);
    tagged_.emplace(tag.name, plan_.changes.size() - 1);
    change.tags.push_back(std::move(tag));
  }

  void add_change(Entry entry, std::string_view dependencies) {
    auto& places = named_[entry.name];
    if (!places.empty() && places.back() >= section_) {
      fail("the change is there already, in line " + std::to_string(numbers_[places.back()]) +
           ", and no tag is between: \"" + entry.name + "\"");
    }
    Change change;
    read_dependencies(dependencies, change);

    std::string lines = first_lines();
    add_line(lines, "change ", entry.name);
    if (!plan_.changes.empty()) {
      add_line(lines, "parent ", plan_.changes.back().entry.id);
    }
    add_line(lines, "planner ", planner(entry));
    add_line(lines, "date ", entry.planned_at);
    add_dependencies(lines, "requires", "  + ", change.required);
    add_dependencies(lines, "conflicts", "  - ", change.conflicting);
    entry.id = id_of("change", std::move(lines), entry.note);
    change.entry = std::move(entry);

    if (!places.empty()) {
      tag_reworked(places.back());
    }
    places.push_back(plan_.changes.size());
    with_id_.emplace(change.entry.id, plan_.changes.size());
    numbers_.push_back(lines_[at_].number);
    plan_.changes.push_back(std::move(change));
  }

  // The change comes again now: sqitch lists its tags last, after those of the latest change.
  void tag_reworked(std::size_t place) {
    std::vector<std::string> tags;
    for (std::size_t i = plan_.changes.size(); i-- > place;) {
      std::ranges::transform(plan_.changes[i].tags, std::back_inserter(tags), &Entry::name);
    }
    plan_.changes[place].rework_tags = std::move(tags);
  }

  void read_dependencies(std::string_view text, Change& change) {
    std::set<std::string_view> before;
    for (text = without_blanks_after(text); !text.empty();) {
      const std::size_t end = std::min(text.find_first_of(plan_blanks), text.size());
      const std::string_view written = text.substr(0, end);
      text = without_blanks_before(text.substr(end));
      if (!before.insert(written).second) {
        fail("the dependency is there twice: \"" + std::string(written) + "\"");
      }
      const bool conflicts = written.starts_with('!');
      (conflicts ? change.conflicting : change.required).push_back(dependency(written.substr(conflicts ? 1 : 0)));
    }
  }

  [[nodiscard]] Dependency dependency(std::string_view written) const {
    const std::size_t colon = written.find(':');
    const bool has_project = colon != std::string_view::npos;
    const std::string_view project = has_project ? written.substr(0, colon) : std::string_view();
    const std::string_view key = has_project ? written.substr(colon + 1) : written;
    const std::size_t at = key.find('@');
    const std::string_view name = key.substr(0, at);
    const bool named = is_name(name) || (name.empty() && at == 0);
    if ((has_project && !is_name(project)) || !named ||
        (at != std::string_view::npos && !is_name(key.substr(at + 1)))) {
      fail("no dependency: \"" + std::string(written) + "\"");
    }
    const bool elsewhere = has_project && project != plan_.project;
    return {.project = std::string(project),
            .key = std::string(key),
            .name = std::string(elsewhere ? written : key),
            .change = {}};
  }

  // What the changes since the last tag require must be before them.
  void check_section() const {
    std::set<std::string_view> here;
    for (std::size_t i = section_; i < plan_.changes.size(); ++i) {
      for (const auto& required : plan_.changes[i].required) {
        if (!is_before(required, here)) {
          throw FormatError(
              file_.path, numbers_[i],
              "\"" + plan_.changes[i].entry.name + "\" requires what is not before it: \"" + required.key + "\"");
        }
      }
      here.insert(plan_.changes[i].entry.name);
    }
  }

  [[nodiscard]] bool is_before(const Dependency& required, const std::set<std::string_view>& here) const {
    const bool elsewhere = required.project.empty() ? is_id(required.key) : required.project != plan_.project;
    const std::size_t at = required.key.find('@');
    if (elsewhere) {
      return true;
    }
    if (at == std::string::npos || at == 0) {
      return seen_.contains(required.key) || here.contains(required.key);
    }
    const auto change = seen_.find(required.key.substr(0, at));
    const auto tag = seen_.find(required.key.substr(at));
    return change != seen_.end() && tag != seen_.end() && change->second < tag->second;
  }

  // Only when all tags are known: they may stand after the change that is meant.
  void find_dependencies() {
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      for (auto* dependencies : {&plan_.changes[i].required, &plan_.changes[i].conflicting}) {
        for (auto& dependency : *dependencies) {
          find_dependency(dependency, numbers_[i]);
        }
      }
    }
  }

  void find_dependency(Dependency& dependency, std::size_t line) const {
    if (!dependency.project.empty() && dependency.project != plan_.project) {
      return;
    }
    dependency.change = find(dependency.key);
    if (!dependency.change && !is_id(dependency.key)) {
      throw FormatError(file_.path, line, "no such change in the plan: \"" + dependency.key + "\"");
    }
  }

  // A name alone means the first change of that name; one with a tag means the last one until there.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& key) const {
    if (const auto found = with_id_.find(key); found != with_id_.end()) {
      return found->second;
    }
    const std::size_t at = key.find('@');
    const auto tag = at == std::string::npos ? tagged_.end() : tagged_.find(key.substr(at));
    const auto places = named_.find(key.substr(0, at));
    if (at == 0) {
      return tag == tagged_.end() ? std::nullopt : std::optional(tag->second);
    }
    if (places == named_.end() || (at != std::string::npos && tag == tagged_.end())) {
      return std::nullopt;
    }
    if (at == std::string::npos) {
      return places->second.front();
    }
    const auto after = std::ranges::upper_bound(places->second, tag->second);
    return after == places->second.begin() ? std::nullopt : std::optional(*std::prev(after));
  }

  // Of the description of every object.
  [[nodiscard]] std::string first_lines() const {
    std::string out;
    add_line(out, "project ", plan_.project);
    if (!plan_.uri.empty()) {
      add_line(out, "uri ", uri_line_);
    }
    return out;
  }

  const SourceFile& file_;
  std::vector<Line> lines_;
  std::size_t at_ = 0;
  Plan plan_;
  std::string uri_line_;
  std::vector<std::size_t> numbers_;  // of the lines of the changes
  std::size_t section_ = 0;           // the first change after the last tag
  // The lines of all tags, and of the changes before the last one, as sqitch keeps them: of the last of each name.
  std::map<std::string, std::size_t, std::less<>> seen_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> named_;
  std::map<std::string, std::size_t, std::less<>> tagged_;
  std::map<std::string, std::size_t, std::less<>> with_id_;
};

}  // namespace

Plan read_plan(const SourceFile& file) { return PlanReader(file).read(); }

std::string hash(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-1, which sqitch's ids need");
  }
  return hexadecimal(std::span(hash).first(size));
}

}  // namespace dbrollback::schema::sqitch
