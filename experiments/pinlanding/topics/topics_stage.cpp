#include "experiments/pinlanding/topics/topics_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/records/canonical_values.h"
#include "experiments/pinlanding/topics/frequent_sets.h"
#include "experiments/pinlanding/topics/query_language.h"
#include "experiments/pinlanding/topics/topic_questions.h"
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
  const auto check_model = [](const Node& model, const char* key, const std::string& answers) {
    if (model.is_null()) return;
    read_chat_questions(model, std::string("topics.") + key);
    if (answers.empty()) return;
    throw ConfigError({.where = std::string("topics.") + key,
                       .what = "is set, and so is a file of answers, " + answers,
                       .expected = "one of them"});
  };
  check_model(options.title_model, "title_model", options.answers.titles);
  check_model(options.score_model, "score_model", options.answers.scores);
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

[[noreturn]] void no_answer(const std::string& key, const std::filesystem::path& file,
                            const std::string& title, const StageContext& context) {
  throw DataError(
      {.where = file.string(),
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

void keep_those(std::vector<Topic>& topics, std::vector<FrequentSet>& sets,
                const std::function<bool(const Topic&)>& is_kept) {
  size_t kept = 0;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (!is_kept(topics[i])) continue;
    std::swap(topics[kept], topics[i]);
    std::swap(sets[kept++], sets[i]);
  }
  topics.resize(kept);
  sets.resize(kept);
}

class TopicMaker {
 public:
  TopicMaker(const StageContext& context, TopicsOptions options)
      : context_(context),
        options_(std::move(options)),
        num_threads_(options_.num_threads > 0 ? options_.num_threads : available_cores()) {}

  std::string run() {
    const AttributeGraph graph = read_attribute_graph(assigned_partitions(context_.folder));
    auto sets = frequent_sets(graph, rules_of(graph, options_), num_threads_);
    if (sets.empty()) {
      throw DataError({.where = "topics",
                       .what = fmt::format("no {} to {} attributes stand together on {} products",
                                           options_.min_attributes, options_.max_attributes,
                                           options_.min_support),
                       .expected = "at least one topic",
                       .todo = "lower topics.min_support"});
    }
    const size_t num_sets = sets.size();
    std::vector<Topic> topics = candidates_of(graph, sets);
    write_topics(topics, context_.file("topics/candidates.jsonl"));
    score(topics, graph, sets);
    const size_t num_unanswered = num_sets - topics.size();
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
    const nlohmann::ordered_json report = {{"products", graph.num_products()},
                                           {"attributes", graph.num_attributes()},
                                           {"candidates", num_sets},
                                           {"unanswered", num_unanswered},
                                           {"below_thresholds", dropped.below_thresholds},
                                           {"same_title", dropped.same_title},
                                           {"near_duplicates", dropped.near_duplicates},
                                           {"beyond_limit", dropped.beyond_limit},
                                           {"topics", selected.size()}};
    write_file(context_.file("topics/report.json"), report.dump(1) + "\n");
    write_topics(selected, context_.file("topics/topics.jsonl"));
    return fmt::format(
        "{} topics of {} frequent sets ({} near duplicates, {} below the thresholds{})",
        selected.size(), num_sets, dropped.near_duplicates, dropped.below_thresholds,
        num_unanswered == 0
            ? ""
            : fmt::format(", {} without a usable answer of a model", num_unanswered));
  }

 private:
  // Sets that a model gave no usable title are taken out.
  std::vector<Topic> candidates_of(const AttributeGraph& graph, std::vector<FrequentSet>& sets) {
    const TitleTemplate by_template(options_.title);
    std::vector<Topic> topics;
    for (const FrequentSet& set : sets) {
      Topic& topic = topics.emplace_back();
      for (const int32_t column : set.columns)
        topic.attributes.push_back(graph.attributes[static_cast<size_t>(column)]);
      topic.support = set.support;
      topic.title = by_template.title(topic.attributes);
    }
    const bool asks = !options_.title_model.is_null();
    if (!asks && options_.answers.titles.empty()) return topics;
    const std::filesystem::path file =
        asks ? ask_topic_titles(read_chat_questions(options_.title_model, "topics.title_model"),
                                topics, context_.file("topics"))
             : std::filesystem::path(options_.answers.titles);
    const auto titles = read_titles(file);
    const auto has_title = [&](const Topic& topic) {
      return titles.contains(attribute_set_key(topic.attributes));
    };
    if (asks) {
      keep_those(topics, sets, has_title);
    } else if (const auto it = std::find_if_not(topics.begin(), topics.end(), has_title);
               it != topics.end()) {
      write_topics(topics, context_.file("topics/candidates.jsonl"));
      no_answer("topics.answers.titles", file, it->title, context_);
    }
    for (Topic& topic : topics) topic.title = titles.at(attribute_set_key(topic.attributes));
    return topics;
  }

  // Topics that a model gave no usable scores are taken out, with their sets.
  void score(std::vector<Topic>& topics, const AttributeGraph& graph,
             std::vector<FrequentSet>& sets) {
    const bool asks = !options_.score_model.is_null();
    if (asks || !options_.answers.scores.empty()) {
      const std::filesystem::path file =
          asks ? ask_topic_scores(read_chat_questions(options_.score_model, "topics.score_model"),
                                  topics, context_.file("topics"))
               : std::filesystem::path(options_.answers.scores);
      const auto scores = read_scores(file);
      if (asks)
        keep_those(topics, sets, [&](const Topic& topic) { return scores.contains(topic.title); });
      for (Topic& topic : topics) {
        const auto found = scores.find(topic.title);
        if (found == scores.end()) no_answer("topics.answers.scores", file, topic.title, context_);
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
