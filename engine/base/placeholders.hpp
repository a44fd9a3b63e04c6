// Text with places in braces that values are put into: "systemctl stop {unit}".
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace dbrollback::base {

// `text` with each {name} that `value_of` knows replaced by its value; everything else in braces is some other
// program's ("{{.Image}}", "{.metadata}"), and stays. Values are put in as they are: nothing is looked for in them.
[[nodiscard]] std::string put_in(std::string_view text,
                                 const std::function<const std::string*(std::string_view name)>& value_of);

}  // namespace dbrollback::base
