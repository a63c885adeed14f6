#include "experiments/pinlanding/demand/demand_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostRows = 20;

struct Total {
  int64_t queries = 0;
  int64_t searches = 0;
  int64_t covered = 0;  ///< searches of covered queries
  void add(const DemandIntent& intent) {
    ++queries;
    searches += intent.searches;
    covered += intent.is_covered ? intent.searches : 0;
  }
};

Json json_of(const Total& total, double num_searches) {
  return {{"queries", total.queries},
          {"searches", total.searches},
          {"share", static_cast<double>(total.searches) / num_searches},
          {"covered", total.searches == 0 ? 0.0
                                          : static_cast<double>(total.covered) /
                                                static_cast<double>(total.searches)}};
}

std::string escaped(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\\|");
  return text;
}

std::string attributes_text(const DemandIntent& intent) {
  std::string text;
  for (const Attribute& attribute : intent.attributes)
    text += (text.empty() ? "" : ", ") + attribute.phrase();
  return escaped(text);
}

std::string rows_of(const std::vector<DemandIntent>& intents,
                    const std::function<bool(const DemandIntent&)>& is_wanted) {
  std::string text =
      "| query | searches | clicks | results | asks for |\n|---|---:|---:|---:|---|\n";
  size_t count = 0;
  for (const DemandIntent& intent : intents) {
    if (!is_wanted(intent) || ++count > kMostRows) continue;
    text += fmt::format(
        "| {} | {} | {} | {} | {} |\n", escaped(intent.query), intent.searches, intent.num_clicks(),
        intent.results ? fmt::format("{}", *intent.results) : "", attributes_text(intent));
  }
  if (count == 0) return "None.\n";
  return text + (count > kMostRows
                     ? fmt::format("\n{} more stand in intents.jsonl.\n", count - kMostRows)
                     : "");
}

std::string table_of(const Json& totals, const std::string& name) {
  std::string text = fmt::format(
      "| {} | queries | searches | share of searches | covered |\n|---|---:|---:|---:|---:|\n",
      name);
  for (const auto& [key, total] : totals.items()) {
    text += fmt::format("| {} | {} | {} | {:.1f} % | {:.1f} % |\n", escaped(key),
                        total["queries"].get<int64_t>(), total["searches"].get<int64_t>(),
                        100 * total["share"].get<double>(), 100 * total["covered"].get<double>());
  }
  return text;
}

}  // namespace

std::string intent_line(const DemandIntent& intent) {
  Json json = {{"query", intent.query},
               {"searches", intent.searches},
               {"share", intent.share},
               {"band", intent.band}};
  json["attributes"] = Json::object();
  for (const Attribute& attribute : intent.attributes)
    json["attributes"][attribute.key].push_back(attribute.value);
  json["clicks"] = intent.clicks;
  json["covered"] = intent.is_covered;
  if (intent.results) json["results"] = *intent.results;
  json["thin"] = intent.is_thin;
  json["failing"] = intent.is_failing;
  return json.dump() + "\n";
}

Json demand_summary(const std::vector<DemandIntent>& intents, double num_searches,
                    int64_t num_blank) {
  Total all, with_attributes, thin, failing;
  std::map<std::string, Total> bands, families;
  std::map<std::string, std::map<std::string, int64_t>> values;
  for (const DemandIntent& intent : intents) {
    all.add(intent);
    bands[intent.band].add(intent);
    if (!intent.attributes.empty()) with_attributes.add(intent);
    if (intent.is_thin) thin.add(intent);
    if (intent.is_failing) failing.add(intent);
    std::set<std::string> own;
    for (const Attribute& attribute : intent.attributes) {
      own.insert(attribute.key);
      values[attribute.key][attribute.value] += intent.searches;
    }
    for (const std::string& family : own) families[family].add(intent);
  }
  Json summary = {{"searches", num_searches},
                  {"blank", num_blank},
                  {"intents", json_of(all, num_searches)},
                  {"with_attributes", json_of(with_attributes, num_searches)},
                  {"thin", json_of(thin, num_searches)},
                  {"failing", json_of(failing, num_searches)}};
  for (const char* band : {"head", "torso", "tail"})
    summary["bands"][band] = json_of(bands[band], num_searches);
  std::vector<std::pair<std::string, Total>> order(families.begin(), families.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second.searches > b.second.searches;
  });
  summary["families"] = Json::object();
  for (const auto& [family, total] : order) {
    summary["families"][family] = json_of(total, num_searches);
    summary["families"][family]["values"] = values[family];
  }
  return summary;
}

std::string demand_report(const std::vector<DemandIntent>& intents, const Json& summary) {
  std::string text = fmt::format(
      "# What shoppers ask for\n\n{:.0f} searches, {} queries; {:.1f} % of the searches name a "
      "known attribute, {:.1f} % are covered by a collection.\n",
      summary["searches"].get<double>(), intents.size(),
      100 * summary["with_attributes"]["share"].get<double>(),
      100 * summary["intents"]["covered"].get<double>());
  text += "\n## Head, torso and tail\n\n" + table_of(summary["bands"], "band");
  text += "\n## Families asked for\n\n" + (summary["families"].empty()
                                               ? "No query names a known attribute.\n"
                                               : table_of(summary["families"], "family"));
  for (const auto& [family, total] : summary["families"].items()) {
    const auto counts = total["values"].get<std::map<std::string, int64_t>>();
    std::vector<std::pair<std::string, int64_t>> values(counts.begin(), counts.end());
    std::stable_sort(values.begin(), values.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    text += fmt::format("\n{}: ", family);
    for (size_t i = 0; i < std::min<size_t>(values.size(), 10); ++i)
      text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", values[i].first, values[i].second);
    text += "\n";
  }
  text +=
      "\n## Most frequent queries\n\n" + rows_of(intents, [](const DemandIntent&) { return true; });
  text += "\n## Thin spots: asked for often, little is found or clicked\n\n" +
          rows_of(intents, [](const DemandIntent& intent) { return intent.is_thin; });
  text += "\n## Failing queries: nothing is found or clicked\n\n" +
          rows_of(intents, [](const DemandIntent& intent) { return intent.is_failing; });
  text += "\n## Not covered by a collection\n\n" +
          rows_of(intents, [](const DemandIntent& intent) { return !intent.is_covered; });
  return text + "\n## Without a known attribute\n\n" +
         rows_of(intents, [](const DemandIntent& intent) { return intent.attributes.empty(); });
}

}  // namespace twinset::pinlanding
