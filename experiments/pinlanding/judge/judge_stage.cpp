#include "experiments/pinlanding/judge/judge_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "eval/distributions/distribution_results.h"
#include "eval/judged/rating_page.h"
#include "eval/run_result.h"
#include "eval/statistics/comparison.h"
#include "experiments/pinlanding/judge/attribute_truth.h"
#include "experiments/pinlanding/judge/judge_options.h"
#include "experiments/pinlanding/judge/judge_report.h"
#include "experiments/pinlanding/judge/judge_tables.h"
#include "experiments/pinlanding/judge/page_questions.h"
#include "experiments/pinlanding/records/assigned_products.h"
#include "experiments/pinlanding/records/canonical_values.h"
#include "experiments/pinlanding/records/catalogue_images.h"
#include "experiments/pinlanding/records/topics.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

const std::vector<int64_t> kThresholds = {2, 5, 10, 50};

JudgeOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("judge");
  auto options = read_options<JudgeOptions>(node == nullptr ? Node() : *node, "judge");
  const auto needs = [](const char* key, const std::string& judge) {
    throw ConfigError({.where = std::string("judge.") + key,
                       .what = "is empty",
                       .expected = "a file, for judge.judge=" + judge});
  };
  if (options.judge == "truth" && options.truth.empty()) needs("truth", "truth");
  if (options.judge == "answers" && options.answers.empty()) needs("answers", "answers");
  if (options.judge == "model") {
    if (options.model.is_null()) {
      throw ConfigError({.where = "judge.model",
                         .what = "is null",
                         .expected = "a language model, for judge.judge=model",
                         .todo = "choose +chat=pages"});
    }
    read_chat_questions(options.model, "judge.model");
  }
  if (options.judge == "ratings" && options.ratings.empty()) needs("ratings", "ratings");
  if (options.judge == "ratings" && options.key.empty()) needs("key", "ratings");
  if (!options.fields.is_null() && !options.fields.is_map()) {
    throw ConfigError({.where = "judge.fields",
                       .what = "is " + options.fields.describe(),
                       .expected = "a map of names in the data set to families"});
  }
  for (const std::string& key : options.fields.keys()) {
    if (options.fields.at(key).is_string()) continue;
    throw ConfigError({.where = "judge.fields." + key,
                       .what = "is " + options.fields.at(key).describe(),
                       .expected = "the name of a family"});
  }
  read_families(options.families.is_null() ? Node::map() : options.families);
  return options;
}

std::vector<std::filesystem::path> files_of_options(const JudgeOptions& options) {
  std::vector<std::filesystem::path> files;
  if (options.judge == "truth") files.emplace_back(options.truth);
  if (options.judge == "answers") files.emplace_back(options.answers);
  if (options.judge == "ratings") {
    files.assign(options.ratings.begin(), options.ratings.end());
    files.emplace_back(options.key);
  }
  if (options.synonyms != "none" && options.synonyms != "wardrobe")
    files.emplace_back(options.synonyms);
  return files;
}

AttributeCounts counts_of(const AttributeGraph& graph) {
  AttributeCounts counts;
  counts.products_with = graph.counts();
  for (const Attribute& attribute : graph.attributes)
    counts.attributes.push_back(attribute.phrase());
  for (int64_t p = 0; p < graph.num_products(); ++p)
    counts.attributes_of.push_back(std::ssize(graph.columns_of(p)));
  return counts;
}

class Judge {
 public:
  explicit Judge(const StageContext& context)
      : context_(context),
        options_(options_of(context)),
        families_(read_families(options_.families.is_null() ? Node::map() : options_.families)) {}

  std::string run() {
    systems_ = {{"feeds", read_collections(context_.file("feeds/collections.jsonl"))},
                {"baseline", read_collections(context_.file("baseline/collections.jsonl"))}};
    if (options_.rating_titles > 0) write_rating_page_of_systems();
    judge_all();
    auto log = read_intents(context_.file("demand/intents.jsonl"));
    const CanonicalValues canonical(context_.folder);
    for (Intent& intent : log) canonical.apply(intent.attributes);
    for (size_t s = 0; s < systems_.size(); ++s) topics_.push_back(topic_counts(s, log, canonical));
    const std::string comparison = comparison_text();
    const Table precision = precision_table(judged_, families_, static_cast<size_t>(options_.k));
    const Table topics = topics_table(topics_);
    const std::vector<NamedDistribution> sets = distributions();
    const Table distributions_of_sets = distribution_table(sets);
    const RunResult training = read_run_result(context_.file("train"));
    const Table recall = recall_table(training, options_.split);
    const auto folder = context_.file("judge");
    write_table(precision, folder, "table");
    write_table(topics, folder, "topics");
    write_table(distributions_of_sets, folder, "distributions");
    write_table(recall, folder, "recall");
    write_file(folder / "comparison.md", comparison);
    std::vector<std::string> precision_figures, distribution_figures;
    if (has_gnuplot()) {
      draw_figure(precision_figure(), folder / "figures");
      precision_figures = {"precision_by_family"};
      for (const Figure& figure :
           {rank_frequency_figure(sets), attributes_a_product_figure(sets)}) {
        draw_figure(figure, folder / "figures");
        distribution_figures.push_back(figure.stem);
      }
    } else {
      log_warning(
          "judge: no figures were drawn: there is no gnuplot on PATH (Debian, Ubuntu: "
          "gnuplot-nox)");
    }
    write_judge_report(
        {{fmt::format("Precision@{}", options_.k), comparison, {precision}, precision_figures},
         {"Topics and demand", "", {topics}, {}},
         {"How often attributes occur", "", {distributions_of_sets}, distribution_figures},
         {"The encoder", "", {recall}, {}}},
        folder / "figures", folder / "report.html");
    write_result(training);
    return fmt::format("precision@{} {:.3f} against {:.3f} of the search log, {} topics against {}",
                       options_.k, judged_[0].overall.mean, judged_[1].overall.mean,
                       topics_[0].num_topics, topics_[1].num_topics);
  }

 private:
  void judge_all() {
    const auto k = static_cast<size_t>(options_.k);
    if (options_.judge == "ratings" || options_.judge == "answers" || options_.judge == "model") {
      const Judgments judgments =
          options_.judge == "answers" ? read_judge_file(options_.answers)
          : options_.judge == "model"
              ? read_judge_file(ask_satisfied(read_chat_questions(options_.model, "judge.model"),
                                              systems_, k, context_))
              : read_ratings({options_.ratings.begin(), options_.ratings.end()}, options_.key);
      judged_ = judge_systems(systems_, judgments, families_, k);
    } else {
      AttributeTruth truth = options_.judge == "truth"
                                 ? read_truth(options_.truth, read_synonyms(options_.synonyms))
                                 : truth_of_catalogue();
      const std::string where = options_.judge == "truth" ? options_.truth : "the catalogue";
      // Each system by itself: two systems may ask for different things under one title.
      for (const CollectionSystem& system : systems_)
        judged_.push_back(
            judge_systems({system}, truth.judge(system, where), families_, k).front());
    }
    for (const JudgedSystem& system : judged_) {
      if (system.overall.num_collections > 0) continue;
      throw DataError({.where = "judge." + options_.judge,
                       .what = "no product of " + system.name + " was judged",
                       .expected = "answers about both systems"});
    }
  }

  AttributeTruth truth_of_catalogue() const {
    AttributeTruth truth(read_synonyms(options_.synonyms));
    for_each_catalogue_record(context_, [&](const ProductRecord& record, const std::string& place) {
      std::vector<Attribute> attributes = record.attributes;
      for (Attribute& attribute : attributes) {
        const Node* name = options_.fields.find(attribute.key);
        if (name != nullptr) attribute.key = name->as_string();
      }
      truth.add(record.id, attributes, place);
    });
    return truth;
  }

  void write_rating_page_of_systems() const {
    const CatalogueImages images(context_);
    const RatingPage page = make_rating_page(systems_, static_cast<size_t>(options_.k),
                                             static_cast<size_t>(options_.rating_titles),
                                             static_cast<uint64_t>(options_.seed));
    write_rating_page(
        page, [&](const std::string& id) { return images.bytes(id); }, context_.file("judge/rate"));
  }

  TopicCounts topic_counts(size_t s, const std::vector<Intent>& log,
                           const CanonicalValues& canonical) const {
    std::vector<Collection> collections = systems_[s].collections;
    for (Collection& collection : collections) canonical.apply(collection.attributes);
    const size_t at_precision =
        first_at_precision(judged_[s].by_collection, judged_[1].overall.mean);
    return {systems_[s].name, std::ssize(collections),
            unique_topics(collections, collections.size()),
            unique_topics(collections, at_precision), demand_coverage(collections, log)};
  }

  BootstrapOptions bootstrap() const {
    return {.num_resamples = options_.num_resamples, .seed = static_cast<uint64_t>(options_.seed)};
  }

  static std::vector<double> without_nan(std::vector<double> values) {
    std::erase_if(values, [](double v) { return std::isnan(v); });
    return values;
  }

  std::string comparison_text() const {
    std::string text;
    for (const JudgedSystem& system : judged_) {
      const Interval interval = bootstrap_interval(without_nan(system.by_collection), bootstrap());
      text += fmt::format(
          "{}: precision@{} {:.4f} [{:.4f}, {:.4f}] over {} collections (mean, 95 % bootstrap "
          "interval over collections)\n",
          system.name, options_.k, system.overall.mean, interval.low, interval.high,
          system.overall.num_collections);
    }
    std::vector<ScoredSystem> scored;
    std::map<std::string, size_t> count;
    // The baseline first: others are compared with it. Topics are paired by what they ask for,
    // whatever the title.
    for (const size_t s : {size_t{1}, size_t{0}}) {
      std::map<std::string, std::pair<double, double>> sums;
      for (size_t i = 0; i < systems_[s].collections.size(); ++i) {
        if (std::isnan(judged_[s].by_collection[i])) continue;
        auto& [sum, number] = sums[attribute_set_key(systems_[s].collections[i].attributes)];
        sum += judged_[s].by_collection[i];
        ++number;
      }
      QueryValues values{.metric = fmt::format("precision@{}", options_.k)};
      for (const auto& [key, mean] : sums) {
        values.queries.push_back(key);
        values.values.push_back(mean.first / mean.second);
        ++count[key];
      }
      scored.push_back({systems_[s].name, {values}});
    }
    const bool has_common =
        std::any_of(count.begin(), count.end(), [](const auto& c) { return c.second == 2; });
    if (!has_common)
      return text + "No topic is common to both systems, so there is no paired test.\n";
    ComparisonOptions paired;
    paired.permutation = {.num_permutations = options_.num_resamples,
                          .seed = static_cast<uint64_t>(options_.seed)};
    paired.bootstrap = bootstrap();
    for (const Comparison& comparison : compare_with_first(scored, paired))
      text += "On the topics that both have (queries): " + describe(comparison) + "\n";
    return text;
  }

  std::vector<NamedDistribution> distributions() const {
    return {
        {"raw", frequency_distribution(
                    read_attribute_counts(context_.file("extract/products.jsonl"), "attributes"),
                    kThresholds)},
        {"curated", frequency_distribution(
                        read_attribute_counts(context_.file("curate/products.jsonl"), "attributes"),
                        kThresholds)},
        {"assigned",
         frequency_distribution(
             counts_of(read_attribute_graph(assigned_partitions(context_.folder))), kThresholds)}};
  }

  Figure precision_figure() const {
    Figure figure{.kind = FigureKind::kBars,
                  .stem = "precision_by_family",
                  .title = "Precision by what the title asks for",
                  .x_label = fmt::format("precision@{}", options_.k)};
    FigureSeries& series = figure.series.emplace_back(FigureSeries{"precision", {}});
    const auto add = [&](const std::string& name, const JudgedPrecision& precision) {
      if (precision.num_collections == 0) return;
      figure.categories.push_back(name);
      const auto y = static_cast<double>(series.points.size());
      series.points.push_back({.x = y, .y = precision.mean});
    };
    for (const JudgedSystem& system : judged_) add("all, " + system.name, system.overall);
    for (size_t f = 0; f < families_.size(); ++f) {
      for (const JudgedSystem& system : judged_)
        add(families_[f].first + ", " + system.name, system.families[f]);
    }
    return figure;
  }

  void write_result(const RunResult& training) const {
    RunResult result;
    result.folder = context_.file("judge");
    result.name = "pinlanding";
    const Node* seed = context_.config.find("seed");
    if (seed != nullptr && seed->is_int()) result.choices.emplace_back("seed", seed->int_text());
    Metrics metrics;
    const auto add = [&](const std::string& name, double value) {
      metrics.emplace_back(name, value);
    };
    for (size_t s = 0; s < systems_.size(); ++s) {
      const std::string name = systems_[s].name;
      add(fmt::format("{}.precision@{}", name, options_.k), judged_[s].overall.mean);
      for (size_t f = 0; f < families_.size(); ++f) {
        if (judged_[s].families[f].num_collections > 0)
          add(fmt::format("{}.precision@{}.{}", name, options_.k, families_[f].first),
              judged_[s].families[f].mean);
      }
      add(name + ".collections", static_cast<double>(topics_[s].num_collections));
      add(name + ".topics", static_cast<double>(topics_[s].num_topics));
      add(name + ".topics_at_baseline_precision", static_cast<double>(topics_[s].num_at_precision));
      add(name + ".demand_exact", topics_[s].coverage.exact);
      add(name + ".demand_answered", topics_[s].coverage.answered);
    }
    add("topics_ratio",
        static_cast<double>(topics_[0].num_topics) / static_cast<double>(topics_[1].num_topics));
    for (const char* name : {"product_to_attribute.hit@10", "product_to_attribute.recall@10",
                             "product_to_attribute.map"}) {
      if (const double* value = training.find(options_.split, name)) add(name, *value);
    }
    result.splits = {{options_.split, metrics}};
    write_run_result(result);
  }

  const StageContext& context_;
  JudgeOptions options_;
  AttributeFamilies families_;
  std::vector<CollectionSystem> systems_;
  std::vector<JudgedSystem> judged_;
  std::vector<TopicCounts> topics_;
};

}  // namespace

Stage judge_stage() {
  Stage stage;
  stage.name = "judge";
  stage.help = "the feeds against the search log's collections";
  stage.options = describe_options<JudgeOptions>();
  stage.reads = {"feeds/collections.jsonl", "baseline/collections.jsonl", "demand/intents.jsonl",
                 "extract/products.jsonl",  "curate/products.jsonl",      "assign/products-*.jsonl",
                 "train/result.json"};
  stage.config_keys = {"dataset", "seed"};
  stage.check = [](const StageContext& context) { options_of(context); };
  stage.external = [](const StageContext& context) {
    auto files = files_of_options(options_of(context));
    for (const auto& file : CanonicalValues::files(context.folder)) files.push_back(file);
    return files;
  };
  stage.run = [](const StageContext& context) { return Judge(context).run(); };
  return stage;
}

}  // namespace twinset::pinlanding
