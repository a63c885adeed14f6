#include "experiments/pinlanding/baseline/baseline_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "eval/baselines/title_words.h"
#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/baseline/baseline_options.h"
#include "experiments/pinlanding/baseline/click_mixture.h"
#include "experiments/pinlanding/records/intents.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kProductShape = R"({"id": "42", "title": "..."})";

BaselineOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("baseline");
  auto options = read_options<BaselineOptions>(node == nullptr ? Node() : *node, "baseline");
  if (options.tuning.mix.empty() || options.tuning.k1.empty() || options.tuning.b.empty())
    throw ConfigError({.where = "baseline.tuning",
                       .what = "has an empty list",
                       .expected = "at least one value each"});
  return options;
}

struct Setting {
  double k1 = 0, b = 0, mix = 0;
  double ndcg = 0;
};

class Baseline {
 public:
  explicit Baseline(const StageContext& context)
      : context_(context),
        options_(options_of(context)),
        num_threads_(options_.num_threads > 0 ? options_.num_threads : available_cores()) {}

  std::string run() {
    read_catalogue();
    read_log();
    const std::vector<Setting> settings = tune();
    const Setting best =
        *std::max_element(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
          return a.ndcg < b.ndcg;  // the earlier of equal ones
        });
    const int64_t num_written = write_collections(best);
    write_tuning(settings, best);
    return fmt::format(
        "{} collections; k1 {}, b {}, clicks weigh {} (nDCG@{} of held-out clicks {:.3f}); {} "
        "frequent "
        "queries without a known attribute left out",
        num_written, best.k1, best.b, best.mix, options_.k, best.ndcg, num_without_attributes_);
  }

 private:
  void read_catalogue() {
    const auto file = context_.file("extract/products.jsonl");
    for_each_json_line(file, kProductShape, [&](const auto& json, const std::string& where) {
      ids_.push_back(json.at("id").template get<std::string>());
      titles_.push_back(title_words(json.at("title").template get<std::string>()));
      if (!product_of_.emplace(ids_.back(), std::ssize(ids_) - 1).second) {
        throw DataError({.where = where,
                         .what = "the product '" + ids_.back() + "' occurs twice",
                         .expected = "each id once"});
      }
    });
    if (ids_.empty())
      throw DataError(
          {.where = file.string(), .what = "holds no product", .expected = kProductShape});
  }

  void read_log() {
    int64_t num_unknown = 0;
    for (Intent& intent : read_intents(context_.file("demand/intents.jsonl"))) {
      if (intent.searches < options_.min_searches) continue;
      if (intent.attributes.empty()) {
        ++num_without_attributes_;
        continue;
      }
      if (options_.max_collections > 0 && std::ssize(intents_) >= options_.max_collections) break;
      ClickedQuery& clicked = queries_.emplace_back(ClickedQuery{intent.query, {}});
      for (const auto& [id, number] : intent.clicks) {
        const auto product = product_of_.find(id);
        if (product == product_of_.end()) {
          ++num_unknown;
        } else if (number > 0) {
          clicked.clicks.emplace_back(product->second, number);
        }
      }
      intents_.push_back(std::move(intent));
    }
    if (num_unknown > 0)
      log_warning("baseline: {} clicked products are not in the catalogue", num_unknown);
    if (!intents_.empty()) return;
    throw DataError(
        {.where = context_.file("demand/intents.jsonl").string(),
         .what = fmt::format("no query was searched for {} times and asks for a known attribute",
                             options_.min_searches),
         .expected = "frequent queries",
         .todo = "lower baseline.min_searches"});
  }

  std::vector<Setting> tune() const {
    std::vector<std::pair<ClickedQuery, ClickedQuery>> splits;
    for (const ClickedQuery& query : queries_) {
      auto split =
          split_clicks(query, options_.tuning.held_out_share, static_cast<uint64_t>(options_.seed));
      if (!split.second.clicks.empty()) splits.push_back(std::move(split));
    }
    if (splits.empty()) {
      throw DataError({.where = context_.file("demand/intents.jsonl").string(),
                       .what = "no frequent query has clicks that could be held out",
                       .expected = "clicks to tune the baseline on",
                       .todo = "raise baseline.tuning.held_out_share, or use a log with clicks"});
    }
    std::vector<Setting> settings;
    for (const double k1 : options_.tuning.k1) {
      for (const double b : options_.tuning.b) {
        const Bm25 bm25(titles_, {.k1 = k1, .b = b});
        const size_t num_mixes = options_.tuning.mix.size();
        std::vector<double> values(splits.size() * num_mixes);
        parallel_for(std::ssize(splits), num_threads_, [&](int64_t q) {
          stop_if_asked();
          const auto& [stays, held_out] = splits[static_cast<size_t>(q)];
          const auto scores = bm25.scores(title_words(stays.query));
          for (size_t m = 0; m < num_mixes; ++m) {
            const auto ranking =
                mixed_top_k(scores, stays.clicks, options_.tuning.mix[m], options_.k);
            values[static_cast<size_t>(q) * num_mixes + m] =
                click_ndcg(ranking, held_out.clicks, options_.k);
          }
        });
        for (size_t m = 0; m < num_mixes; ++m) {
          Setting& setting = settings.emplace_back(Setting{k1, b, options_.tuning.mix[m]});
          for (size_t q = 0; q < splits.size(); ++q)
            setting.ndcg += values[q * num_mixes + m] / static_cast<double>(splits.size());
        }
      }
    }
    return settings;
  }

  int64_t write_collections(const Setting& best) const {
    const Bm25 bm25(titles_, {.k1 = best.k1, .b = best.b});
    std::vector<std::vector<MixedHit>> feeds(queries_.size());
    parallel_for(std::ssize(queries_), num_threads_, [&](int64_t q) {
      stop_if_asked();
      const ClickedQuery& query = queries_[static_cast<size_t>(q)];
      feeds[static_cast<size_t>(q)] =
          mixed_top_k(bm25.scores(title_words(query.query)), query.clicks, best.mix, options_.k);
    });
    AtomicFile file(context_.file("baseline/collections.jsonl"));
    int64_t num_written = 0;
    for (size_t q = 0; q < feeds.size(); ++q) {
      if (feeds[q].empty() || std::ssize(feeds[q]) < options_.min_products) continue;
      nlohmann::ordered_json json = {{"title", intents_[q].query},
                                     {"attributes", nlohmann::ordered_json::object()},
                                     {"products", nlohmann::ordered_json::array()},
                                     {"scores", nlohmann::ordered_json::array()}};
      for (const Attribute& attribute : intents_[q].attributes)
        json["attributes"][attribute.key].push_back(attribute.value);
      for (const MixedHit& hit : feeds[q]) {
        json["products"].push_back(ids_[static_cast<size_t>(hit.product)]);
        json["scores"].push_back(hit.score);
      }
      file.write(json.dump() + "\n");
      ++num_written;
    }
    if (num_written == 0) {
      throw DataError({.where = "baseline",
                       .what = fmt::format("no query finds {} products", options_.min_products),
                       .expected = "titles that share words with queries"});
    }
    file.commit();
    return num_written;
  }

  void write_tuning(const std::vector<Setting>& settings, const Setting& best) const {
    const auto json_of = [](const Setting& s) {
      return nlohmann::ordered_json{{"k1", s.k1}, {"b", s.b}, {"mix", s.mix}, {"ndcg", s.ndcg}};
    };
    nlohmann::ordered_json json = {{"held_out_share", options_.tuning.held_out_share},
                                   {"k", options_.k},
                                   {"best", json_of(best)}};
    for (const Setting& setting : settings) json["tried"].push_back(json_of(setting));
    write_file(context_.file("baseline/tuning.json"), json.dump(1) + "\n");
  }

  static void stop_if_asked() {
    if (interrupt_requested())
      throw Interrupted({.where = "baseline", .what = "stopped", .todo = "run it again"});
  }

  const StageContext& context_;
  BaselineOptions options_;
  int num_threads_;
  std::vector<std::string> ids_;
  std::vector<std::vector<std::string>> titles_;
  std::unordered_map<std::string, int64_t> product_of_;
  std::vector<Intent> intents_;
  std::vector<ClickedQuery> queries_;
  int64_t num_without_attributes_ = 0;
};

}  // namespace

Stage baseline_stage() {
  Stage stage;
  stage.name = "baseline";
  stage.help = "collections from the search log, to compare with";
  stage.options = describe_options<BaselineOptions>();
  stage.reads = {"demand/intents.jsonl", "extract/products.jsonl"};
  stage.check = [](const StageContext& context) { options_of(context); };
  stage.run = [](const StageContext& context) { return Baseline(context).run(); };
  return stage;
}

}  // namespace twinset::pinlanding
