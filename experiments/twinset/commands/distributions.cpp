#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "eval/distributions/distribution_results.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/environment.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

std::vector<int64_t> read_thresholds(const std::string& text) {
  std::vector<int64_t> thresholds;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    int64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data() + begin, text.data() + end, value);
    if (error != std::errc() || rest != text.data() + end || value < 1) {
      throw ConfigError({.where = "thresholds",
                         .what = "is '" + text + "'",
                         .expected = "numbers of products, such as 2,5,10"});
    }
    thresholds.push_back(value);
    begin = end + 1;
  }
  return thresholds;
}

// NAME=FILE:FIELD. The field starts behind the last colon of the file's name, so that folders may
// hold colons.
NamedDistribution read_set(const std::string& text, const std::vector<int64_t>& thresholds) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigError(
        {.where = text,
         .what = "names no set of attributes",
         .expected = "NAME=FILE or NAME=FILE:FIELD",
         .todo = "for example: raw=truth.jsonl:raw_attributes curated=truth.jsonl:attributes"});
  }
  const std::string name = text.substr(0, equals), place = text.substr(equals + 1);
  const size_t slash = place.rfind('/'),
               colon = place.find(':', slash == std::string::npos ? 0 : slash);
  const std::string file = place.substr(0, colon),
                    field = colon == std::string::npos ? "" : place.substr(colon + 1);
  return {name, frequency_distribution(read_attribute_counts(file, field), thresholds)};
}

}  // namespace

int distributions_command(const CommandLine& line, const Plugins&) {
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> out = take_override(overrides, "out");
  const auto thresholds =
      read_thresholds(take_override(overrides, "thresholds").value_or("2,5,10,50"));
  if (overrides.empty()) {
    throw ConfigError({.what = "no attributes are named",
                       .expected = "NAME=FILE:FIELD for each set",
                       .todo = "for example: twinset distributions raw=truth.jsonl:raw_attributes "
                               "out=outputs/distributions"});
  }
  std::vector<NamedDistribution> sets;
  for (const std::string& text : overrides) sets.push_back(read_set(text, thresholds));
  const Table table = distribution_table(sets);
  std::fputs(to_markdown(table).c_str(), stdout);
  if (!out) return 0;
  write_table(table, *out, "distributions");
  const nlohmann::ordered_json provenance = {
      {"command", fmt::format("twinset distributions {}", fmt::join(line.overrides, " "))},
      {"table", environment()}};
  write_file(std::filesystem::path(*out) / "provenance.json", provenance.dump(1) + "\n");
  if (has_gnuplot()) {
    draw_figure(rank_frequency_figure(sets), *out);
    draw_figure(attributes_a_product_figure(sets), *out);
  } else {
    log_warning("no figures were drawn: there is no gnuplot on PATH (Debian, Ubuntu: gnuplot-nox)");
  }
  std::puts(fmt::format("\nwritten to {}", *out).c_str());
  return 0;
}

}  // namespace twinset
