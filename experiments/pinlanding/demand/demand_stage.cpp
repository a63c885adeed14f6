#include "experiments/pinlanding/demand/demand_stage.h"

#include <fmt/format.h>

#include "experiments/pinlanding/demand/demand_report.h"
#include "experiments/pinlanding/demand/table_log.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/data/file_patterns.h"

namespace twinset::pinlanding {
namespace {

DemandOptions options_of(const StageContext& context) {
  return read_options<DemandOptions>(context.config.at("demand"), "demand");
}

std::unique_ptr<SearchLog> make_log(const DemandOptions& options, const StageContext& context) {
  return builtin_search_logs().create(options.log, context.config.at("dataset").at("reader"));
}

std::vector<std::filesystem::path> optional_files(const DemandOptions& options) {
  std::vector<std::filesystem::path> files;
  for (const auto& file :
       {options.vocabulary, options.collections, options.autocomplete, options.filters}) {
    if (file) files.emplace_back(*file);
  }
  return files;
}

void check(const StageContext& context) {
  const DemandOptions options = options_of(context);
  make_log(options, context);
  if (options.attributes == "vocabulary" && !options.vocabulary)
    throw ConfigError({.where = "demand.vocabulary",
                       .what = "is null, although demand.attributes is vocabulary",
                       .expected = "a table with the columns family, phrase, value"});
  if (options.head_share > options.torso_share)
    throw ConfigError(
        {.where = "demand.head_share",
         .what = fmt::format("is {}", options.head_share),
         .expected = fmt::format("at most demand.torso_share, {}", options.torso_share)});
  for (const auto& file : optional_files(options)) {
    if (!std::filesystem::is_regular_file(file))
      throw ConfigError(
          {.where = "demand",
           .what = fmt::format("'{}' does not exist{}", file.string(), nearest_path(file))});
  }
}

std::vector<std::filesystem::path> external(const StageContext& context) {
  const DemandOptions options = options_of(context);
  std::vector<std::filesystem::path> files = make_log(options, context)->files();
  for (const auto& file : optional_files(options)) files.push_back(file);
  return files;
}

void add_suggestions(const DemandOptions& options, IntentGatherer& gatherer) {
  if (options.autocomplete) {
    for_each_row(*options.autocomplete, {"query", "count"},
                 [&](const auto& cells, const std::string& where) {
                   LoggedSearch search;
                   search.query = cells[0];
                   search.searches = options.autocomplete_weight *
                                     static_cast<double>(count_of(cells[1], where, "count"));
                   gatherer.add(search, where);
                 });
  }
  if (options.filters) {
    for_each_row(*options.filters, {"family", "value", "count", "query"},
                 [&](const auto& cells, const std::string& where) {
                   if (cells[0].empty() || cells[1].empty())
                     throw DataError({.where = where,
                                      .what = "has an empty cell",
                                      .expected = "family, value and count"});
                   LoggedSearch search;
                   search.query = cells[1] + " " + cells[3];
                   search.searches = options.filter_weight *
                                     static_cast<double>(count_of(cells[2], where, "count"));
                   // Its value is learned first, so that it is found among the words of the query.
                   LoggedSearch value{cells[1], 0, {}, {}, {{cells[0], cells[1]}}};
                   gatherer.add(value, where);
                   gatherer.add(search, where);
                 });
  }
}

std::string run(const StageContext& context) {
  const DemandOptions options = options_of(context);
  const auto log = make_log(options, context);
  IntentGatherer gatherer(options);
  log->read([&](LoggedSearch&& search, const std::string& where) {
    if (interrupt_requested()) throw Interrupted({.what = "interrupted in stage demand"});
    gatherer.add(search, where);
  });
  const std::string place = log->files().front().string();
  if (gatherer.num_searches() == 0)
    throw DataError({.where = place, .what = "holds no search", .expected = "at least one query"});
  add_suggestions(options, gatherer);
  PhraseMatcher vocabulary(options.normalise);
  if (options.vocabulary) read_phrases(*options.vocabulary, vocabulary);
  const auto collections =
      options.collections ? read_collections(*options.collections) : std::vector<Collection>();
  const auto intents = gatherer.intents(&vocabulary, collections);
  if (intents.empty())
    throw DataError({.where = place,
                     .what = fmt::format("no query was searched {} times", options.min_searches),
                     .todo = "lower demand.min_searches"});

  const auto summary = demand_summary(intents, gatherer.num_searches(), gatherer.num_blank());
  std::string lines;
  for (const DemandIntent& intent : intents) lines += intent_line(intent);
  write_file(context.file("demand/report.md"), demand_report(intents, summary));
  write_file(context.file("demand/summary.json"), summary.dump(1) + "\n");
  write_file(context.file("demand/intents.jsonl"), lines);
  return fmt::format(
      "{:.0f} searches, {} intents ({} head, {} torso), {} thin spots, {} failing",
      gatherer.num_searches(), intents.size(), summary["bands"]["head"]["queries"].get<int64_t>(),
      summary["bands"]["torso"]["queries"].get<int64_t>(),
      summary["thin"]["queries"].get<int64_t>(), summary["failing"]["queries"].get<int64_t>());
}

}  // namespace

Stage demand_stage() {
  return {
      .name = "demand",
      .help = "search logs to intents: what shoppers ask for, how often, and whether they find it",
      .reads = {},
      .config_keys = {"dataset.reader"},
      .check = check,
      .external = external,
      .run = run,
      .options = describe_options<DemandOptions>()};
}

}  // namespace twinset::pinlanding
