#include "engine/config/web_url.hpp"

#include "engine/base/http.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/url.hpp"

namespace dbrollback::config {

namespace {

bool has_user(std::string_view url) {
  const std::size_t begin = url.find("://");
  const std::string_view rest = begin == std::string_view::npos ? url : url.substr(begin + 3);
  return rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos;
}

bool has_blank(std::string_view url) { return url.find_first_of(" \t\r\n") != std::string_view::npos; }

}  // namespace

WebUrl web_url_of(const Item& item) {
  const std::string& text = text_of(item);
  const Resolved resolved = resolve(text);
  if (resolved.unset) {
    return {.text = {}, .problem = place_of(item).sentence(resolved.problem), .shown = text};
  }
  if (!resolved.problem.empty()) {
    place_of(item).mistake(resolved.problem);
  }
  if (!resolved.from_environment && (holds_password(text) || has_user(text))) {
    place_of(item).mistake(
        "this URL holds a user or a password, which must not stand in this file; write env:NAME and set that "
        "environment variable");
  }
  if (!base::is_http_url(resolved.value) || has_blank(resolved.value)) {
    place_of(item).mistake("this is no URL to ask; write http://HOST/PATH, https://HOST/PATH, or env:NAME");
  }
  return {.text = resolved.value, .problem = {}, .shown = base::shown_url(resolved.value)};
}

}  // namespace dbrollback::config
