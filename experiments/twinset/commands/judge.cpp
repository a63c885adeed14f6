#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <unordered_map>

#include "datasets/product_shards.h"
#include "eval/judged/judged_precision.h"
#include "eval/judged/rating_page.h"
#include "eval/statistics/comparison.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/named_files.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr const char* kExample =
    "twinset judge search_log=log.jsonl model=model.jsonl truth=truth.jsonl";

void write_page(const RatingPage& page, const std::string& shards,
                const std::filesystem::path& folder) {
  ProductShardsOptions options;
  options.train = shards;
  const auto products = make_product_shards(options, "train");
  std::unordered_map<std::string, int64_t> index;
  for (int64_t i = 0; i < products->size(); ++i) index.emplace(products->record(i).id, i);
  const auto image = [&](const std::string& id) {
    const auto found = index.find(id);
    if (found != index.end()) return products->image_bytes(found->second);
    throw DataError({.where = shards,
                     .what = "holds no picture of product '" + id + "'",
                     .expected = "the shards of the whole catalogue"});
  };
  write_rating_page(page, image, folder);
  std::puts(fmt::format("{} collections to rate: {}\nkeep {} from the raters", page.items.size(),
                        (folder / "rate.html").string(), (folder / "key.json").string())
                .c_str());
}

// Each system against the first, over the titles that both have.
std::string differences_text(const std::vector<CollectionSystem>& systems,
                             const std::vector<JudgedSystem>& judged, size_t k) {
  std::vector<ScoredSystem> scored;
  std::map<std::string, size_t> count;
  for (size_t s = 0; s < systems.size(); ++s) {
    QueryValues values{.metric = fmt::format("precision@{}", k), .queries = {}, .values = {}};
    for (size_t i = 0; i < systems[s].collections.size(); ++i) {
      if (std::isnan(judged[s].by_collection[i])) continue;
      values.queries.push_back(systems[s].collections[i].title);
      values.values.push_back(judged[s].by_collection[i]);
      ++count[values.queries.back()];
    }
    scored.push_back({systems[s].name, {values}});
  }
  const bool has_common = std::any_of(count.begin(), count.end(),
                                      [&](const auto& c) { return c.second == systems.size(); });
  if (systems.size() < 2 || !has_common) return "";
  std::string text;
  for (const Comparison& comparison : compare_with_first(scored))
    text += describe(comparison) + "\n";
  return text;
}

}  // namespace

int judge_command(const CommandLine& line, const Plugins&) {
  std::vector<std::string> rest = line.overrides;
  const auto take = [&](const char* key) { return take_override(rest, key); };
  const auto truth = take("truth"), judge = take("judge"), key = take("key"), page = take("page"),
             images = take("images"), out = take("out");
  const std::vector<std::string> ratings = split_list(take("ratings").value_or(""));
  const auto k = static_cast<size_t>(whole_number("k", take("k").value_or("10"), 0));
  const auto seed = whole_number("seed", take("seed").value_or("0"), 0),
             titles = whole_number("titles", take("titles").value_or("0"), 0);
  const auto families_file =
      take("families")
          .value_or((find_config_dir(line.config_dir) / "families/pinlanding.yaml").string());
  std::vector<CollectionSystem> systems;
  for (const std::string& text : rest) {
    const auto [name, file] = named_file(text, kExample);
    systems.push_back({name, read_collections(file)});
  }
  if (systems.empty())
    throw ConfigError({.what = "no collections are named",
                       .expected = "NAME=FILE for each system",
                       .todo = std::string("for example: ") + kExample});
  if (page) {
    if (!images)
      throw ConfigError({.where = "page",
                         .what = "has no pictures",
                         .expected = "images=SHARDS, such as 'outputs/data/wardrobe/*.tar'"});
    write_page(
        make_rating_page(systems, k, static_cast<size_t>(titles), static_cast<uint64_t>(seed)),
        *images, *page);
    return 0;
  }
  if ((truth ? 1 : 0) + (judge ? 1 : 0) + (ratings.empty() ? 0 : 1) != 1 ||
      (!ratings.empty() && !key)) {
    throw ConfigError({.what = "there is not exactly one judge",
                       .expected = "truth=FILE, or judge=FILE, or ratings=FILE,... with key=FILE",
                       .todo = std::string("for example: ") + kExample});
  }
  const Judgments judgments = truth   ? judge_by_truth(systems, *truth)
                              : judge ? read_judge_file(*judge)
                                      : read_ratings({ratings.begin(), ratings.end()}, *key);
  const AttributeFamilies families = read_families(load_yaml_file(families_file));
  const std::vector<JudgedSystem> judged = judge_systems(systems, judgments, families, k);
  const Table table = judged_table(judged, families, k);
  std::fputs(to_markdown(table).c_str(), stdout);
  std::fputs(("\n" + differences_text(systems, judged, k)).c_str(), stdout);
  if (judgments.judges().size() > 1)
    std::fputs(("\n" + agreement_text(judgments.table(), judgments.judges())).c_str(), stdout);
  if (!out) return 0;
  write_table(table, *out, "judged_precision");
  const nlohmann::ordered_json provenance = {
      {"command", fmt::format("twinset judge {}", fmt::join(line.overrides, " "))},
      {"table", environment()}};
  write_file(std::filesystem::path(*out) / "provenance.json", provenance.dump(1) + "\n");
  return 0;
}

}  // namespace twinset
