#include "experiments/pinlanding/topics/topics_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/records/canonical_values.h"
#include "experiments/pinlanding/topics/frequent_sets.h"
#include "experiments/pinlanding/topics/query_language.h"
#include "experiments/pinlanding/topics/topic_scores.h"
#include "experiments/pinlanding/topics/topic_selection.h"
#include "framework/core/atomic_file.h"
#include "framework/core/thread_pool.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kTitleShape =
    R"({"attributes": {"colour": ["black"]}, "title": "black dress"})";
constexpr const char* kScoreShape =
    R"({"title": "black dress", "coherence": 1, "plausibility": 0.8, "phrasing": 0.9})";

TopicsOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("topics");
  auto options = read_options<TopicsOptions>(node == nullptr ? Node() : *node, "topics");
  if (options.max_attributes < options.min_attributes) {
    throw ConfigError(
        {.where = "topics.max_attributes",
         .what = fmt::format("is {}", options.max_attributes),
         .expected = fmt::format("at least min_attributes, {}", options.min_attributes)});
  }
  TitleTemplate{options.title};
  topic_score({}, options.weights);
  return options;
}

FrequentSetRules rules_of(const AttributeGraph& graph, const TopicsOptions& options) {
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  FrequentSetRules rules{.min_size = options.min_attributes,
                         .max_size = options.max_attributes,
                         .min_support = options.min_support,
                         .max_sets = options.max_sets};
  std::vector<std::string> families;
  for (const Attribute& attribute : graph.attributes) {
    if (families.empty() || families.back() != attribute.key) families.push_back(attribute.key);
    rules.is_required.push_back(has(options.category_families, attribute.key));
    rules.is_excluded.push_back(has(options.excluded, attribute.phrase()));
    rules.exclusive.push_back(
        has(options.multi_valued, attribute.key) ? -1 : static_cast<int32_t>(families.size()));
  }
  for (const std::string& family : options.category_families) {
    if (!has(families, family))
      throw_unknown_name("topics.category_families", "family", family, families);
  }
  return rules;
}

std::unordered_map<std::string, std::string> read_titles(const std::filesystem::path& file) {
  std::unordered_map<std::string, std::string> titles;
  for_each_json_line(file, kTitleShape, [&](const auto& json, const std::string& where) {
    std::vector<Attribute> attributes;
    for (auto& [family, value] : attributes_of_json(json.at("attributes")))
      attributes.push_back({family, value});
    const auto title = json.at("title").template get<std::string>();
    if (title.empty())
      throw DataError({.where = where, .what = "the title is empty", .expected = kTitleShape});
    titles[attribute_set_key(attributes)] = title;
  });
  return titles;
}

std::unordered_map<std::string, Topic> read_scores(const std::filesystem::path& file) {
  std::unordered_map<std::string, Topic> scores;
  for_each_json_line(file, kScoreShape, [&](const auto& json, const std::string& where) {
    const auto number = [&](const char* name) {
      const auto value = json.at(name).template get<double>();
      if (value >= 0 && value <= 1) return value;
      throw DataError({.where = where,
                       .what = fmt::format("'{}' is {}", name, value),
                       .expected = "a number from 0 to 1"});
    };
    Topic& topic = scores[json.at("title").template get<std::string>()];
    topic.coherence = number("coherence");
    topic.plausibility = number("plausibility");
    topic.phrasing = number("phrasing");
  });
  return scores;
}

[[noreturn]] void no_answer(const std::string& key, const std::string& file,
                            const std::string& title, const StageContext& context) {
  throw DataError(
      {.where = file,
       .what = "has no answer for '" + title + "'",
       .expected = "one for each line of " + context.file("topics/candidates.jsonl").string(),
       .todo = "ask about those that are missing, or leave " + key + " empty"});
}

// The category first, as the demand model wants it.
std::vector<Attribute> category_first(std::vector<Attribute> attributes,
                                      const std::vector<std::string>& families) {
  std::stable_partition(attributes.begin(), attributes.end(), [&](const Attribute& a) {
    return std::find(families.begin(), families.end(), a.key) != families.end();
  });
  return attributes;
}

class TopicMaker {
 public:
  TopicMaker(const StageContext& context, TopicsOptions options)
      : context_(context),
        options_(std::move(options)),
        num_threads_(options_.num_threads > 0 ? options_.num_threads : available_cores()) {}

  std::string run() {
    const AttributeGraph graph = read_attribute_graph(assigned_partitions(context_.folder));
    const auto sets = frequent_sets(graph, rules_of(graph, options_), num_threads_);
    if (sets.empty()) {
      throw DataError({.where = "topics",
                       .what = fmt::format("no {} to {} attributes stand together on {} products",
                                           options_.min_attributes, options_.max_attributes,
                                           options_.min_support),
                       .expected = "at least one topic",
                       .todo = "lower topics.min_support"});
    }
    std::vector<Topic> topics = candidates_of(graph, sets);
    write_topics(topics, context_.file("topics/candidates.jsonl"));
    score(topics, graph, sets);
    const auto inverted = inverted_lists(graph);
    std::vector<std::vector<int32_t>> products(topics.size());
    parallel_for(std::ssize(topics), num_threads_, [&](int64_t i) {
      products[static_cast<size_t>(i)] =
          products_with_all(inverted, sets[static_cast<size_t>(i)].columns);
    });
    DroppedTopics dropped;
    const auto selected = select_topics(topics, products, options_, dropped);
    if (selected.empty()) {
      throw DataError({.where = "topics.thresholds",
                       .what = fmt::format("all {} candidates are below them", topics.size()),
                       .expected = "at least one topic",
                       .todo = "lower them"});
    }
    const nlohmann::ordered_json report = {
        {"products", graph.num_products()},     {"attributes", graph.num_attributes()},
        {"candidates", topics.size()},          {"below_thresholds", dropped.below_thresholds},
        {"same_title", dropped.same_title},     {"near_duplicates", dropped.near_duplicates},
        {"beyond_limit", dropped.beyond_limit}, {"topics", selected.size()}};
    write_file(context_.file("topics/report.json"), report.dump(1) + "\n");
    write_topics(selected, context_.file("topics/topics.jsonl"));
    return fmt::format(
        "{} topics of {} frequent sets ({} near duplicates, {} below the thresholds)",
        selected.size(), topics.size(), dropped.near_duplicates, dropped.below_thresholds);
  }

 private:
  std::vector<Topic> candidates_of(const AttributeGraph& graph,
                                   const std::vector<FrequentSet>& sets) {
    const TitleTemplate by_template(options_.title);
    const auto& file = options_.answers.titles;
    const auto titles =
        file.empty() ? std::unordered_map<std::string, std::string>() : read_titles(file);
    std::vector<Topic> topics;
    std::string unanswered;
    for (const FrequentSet& set : sets) {
      Topic& topic = topics.emplace_back();
      for (const int32_t column : set.columns)
        topic.attributes.push_back(graph.attributes[static_cast<size_t>(column)]);
      topic.support = set.support;
      topic.title = by_template.title(topic.attributes);
      if (file.empty()) continue;
      const auto found = titles.find(attribute_set_key(topic.attributes));
      if (found != titles.end()) {
        topic.title = found->second;
      } else if (unanswered.empty()) {
        unanswered = topic.title;
      }
    }
    if (!unanswered.empty()) {
      write_topics(topics, context_.file("topics/candidates.jsonl"));
      no_answer("topics.answers.titles", file, unanswered, context_);
    }
    return topics;
  }

  void score(std::vector<Topic>& topics, const AttributeGraph& graph,
             const std::vector<FrequentSet>& sets) {
    if (!options_.answers.scores.empty()) {
      const auto scores = read_scores(options_.answers.scores);
      for (Topic& topic : topics) {
        const auto found = scores.find(topic.title);
        if (found == scores.end())
          no_answer("topics.answers.scores", options_.answers.scores, topic.title, context_);
        topic.coherence = found->second.coherence;
        topic.plausibility = found->second.plausibility;
        topic.phrasing = found->second.phrasing;
      }
      return;
    }
    auto log = read_intents(context_.file("demand/intents.jsonl"));
    const CanonicalValues canonical(context_.folder);
    for (Intent& intent : log) canonical.apply(intent.attributes);  // the log has the shop's words
    const DemandModel demand(log, options_.demand_back_off);
    const QueryPhrasing phrasing(log);
    const auto counts = graph.counts();
    parallel_for(std::ssize(topics), num_threads_, [&](int64_t i) {
      Topic& topic = topics[static_cast<size_t>(i)];
      std::vector<int64_t> counts_of_topic;
      for (const int32_t column : sets[static_cast<size_t>(i)].columns)
        counts_of_topic.push_back(counts[static_cast<size_t>(column)]);
      const double pmi = normalized_pmi(topic.support, counts_of_topic, graph.num_products());
      topic.coherence = named_share(topic.title, topic.attributes) * (1 + pmi) / 2;
      const double searches =
          demand.expected_searches(category_first(topic.attributes, options_.category_families));
      const auto support = static_cast<double>(topic.support);
      topic.plausibility = searches / (searches + options_.half_demand) * support /
                           (support + options_.half_support);
      topic.phrasing = phrasing.score(topic.title);
    });
  }

  const StageContext& context_;
  TopicsOptions options_;
  int num_threads_;
};

}  // namespace

Stage topics_stage() {
  Stage stage;
  stage.name = "topics";
  stage.help = "combinations of attributes with a title, judged and ranked";
  stage.options = describe_options<TopicsOptions>();
  stage.reads = {"assign/products-*.jsonl", "demand/intents.jsonl"};
  stage.check = [](const StageContext& context) { options_of(context); };
  stage.external = [](const StageContext& context) {
    const TopicsOptions options = options_of(context);
    std::vector<std::filesystem::path> files = CanonicalValues::files(context.folder);
    for (const std::string& file : {options.answers.titles, options.answers.scores}) {
      if (!file.empty()) files.emplace_back(file);
    }
    return files;
  };
  stage.run = [](const StageContext& context) {
    return TopicMaker(context, options_of(context)).run();
  };
  return stage;
}

}  // namespace twinset::pinlanding
