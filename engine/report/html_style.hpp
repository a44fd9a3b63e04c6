// How a report in HTML looks: on a phone, on a desktop, in the dark, and on paper.
#pragma once

namespace dbrollback::report {

extern const char* const html_style;

}  // namespace dbrollback::report
