#include "experiments/pinlanding/judge/judge_report.h"

#include <fmt/format.h>

#include <sstream>

#include "eval/data_uri.h"
#include "eval/escape_html.h"
#include "eval/report_style.h"
#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {

void write_judge_report(const std::vector<JudgeSection>& sections,
                        const std::filesystem::path& figures, const std::filesystem::path& file) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<link rel=\"icon\" "
      "href=\"data:,\">\n<title>PinLanding</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<h1>Collections by content against collections from the search log</h1>\n",
      kReportStyle);
  for (const JudgeSection& section : sections) {
    page += fmt::format("<h2>{}</h2>\n", escape_html(section.title));
    std::istringstream lines(section.text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) page += fmt::format("<p>{}</p>\n", escape_html(line));
    }
    for (const Table& table : section.tables)
      page += fmt::format("<div class=\"scroll\">\n{}</div>\n", to_html(table));
    if (section.figures.empty()) continue;
    page += "<div class=\"figures\">\n";
    for (const std::string& stem : section.figures) {
      const auto svg = figures / (stem + ".svg");
      page += fmt::format("<figure><img alt=\"{}\" src=\"{}\"></figure>\n", escape_html(stem),
                          image_data_uri(read_file(svg), svg.string()));
    }
    page += "</div>\n";
  }
  write_file(file, page + "</body>\n</html>\n");
}

}  // namespace twinset::pinlanding
