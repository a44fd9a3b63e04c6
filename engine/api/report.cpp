#include "dbrollback/json.hpp"
#include "dbrollback/run.hpp"
#include "engine/report/run_report.hpp"

namespace dbrollback {

std::string render_report(const Run& run, ReportFormat format, const std::string& timezone) {
  if (format == ReportFormat::json) return to_json(run);
  const report::RunReport value = report::report_of(run, timezone);
  switch (format) {
    case ReportFormat::markdown:
      return report::to_markdown(value);
    case ReportFormat::html:
      return report::to_html(value);
    default:
      return report::to_text(value);
  }
}

}  // namespace dbrollback
