#include "experiments/pinlanding/feeds/feeds_stage.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "experiments/pinlanding/feeds/attribute_weights.h"
#include "experiments/pinlanding/feeds/embedding_feeds.h"
#include "experiments/pinlanding/feeds/feed_options.h"
#include "experiments/pinlanding/feeds/topic_products.h"
#include "experiments/pinlanding/records/assigned_products.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/thread_pool.h"

namespace twinset::pinlanding {
namespace {

FeedsOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("feeds");
  auto options = read_options<FeedsOptions>(node == nullptr ? Node() : *node, "feeds");
  const bool is_sum = options.rule == "sum";
  if (!is_sum && options.match != "strict") {
    throw ConfigError({.where = "feeds.rule",
                       .what = "is '" + options.rule + "' with match=soft",
                       .expected = "sum",
                       .todo = "products that share fewer attributes would score higher"});
  }
  if (!is_sum && options.weight != "none") {
    throw ConfigError({.where = "feeds.weight",
                       .what = "is '" + options.weight + "' with rule=" + options.rule,
                       .expected = "none",
                       .todo = "only a sum has weights"});
  }
  context.plugins.indexes.check_part(options.index, "feeds.index");
  return options;
}

std::vector<std::vector<FeedEntry>> feeds_by_attributes(const StageContext& context,
                                                        const FeedsOptions& options,
                                                        const std::vector<Topic>& topics) {
  const auto files = assigned_partitions(context.folder);
  const TopicAttributes attributes = topic_attributes(topics);
  const TopicAttributeCounts counts = count_topic_attributes(files, attributes, topics);
  const bool is_diverse = !options.diversity.family.empty();
  const FeedRules rules{
      .rule = options.rule == "product" ? FeedRule::kProduct
              : options.rule == "min"   ? FeedRule::kMin
                                        : FeedRule::kSum,
      .k = options.k * (is_diverse ? options.diversity.pool : 1),
      .min_overlap = options.match == "strict" ? 0 : options.min_overlap,
      .num_threads = options.num_threads > 0 ? options.num_threads : available_cores()};
  FeedBuilder builder(
      attributes.topics,
      attribute_weights(options.weight, options.weight_power, counts.counts, counts.num_products),
      counts.counts, rules);
  for (const auto& file : files)
    builder.add(read_topic_products(file, attributes, options.diversity.family).block());
  auto feeds = builder.finish();
  if (is_diverse) {
    for (auto& feed : feeds) feed = at_most_of_group(feed, options.k, options.diversity.at_most);
  }
  return feeds;
}

bool is_collection(const std::vector<FeedEntry>& feed, const FeedsOptions& options) {
  if (static_cast<int64_t>(feed.size()) < options.min_products) return false;
  double sum = 0;
  for (const FeedEntry& entry : feed) sum += entry.score;
  return sum >= options.min_mean_score * static_cast<double>(feed.size());
}

std::string run(const StageContext& context) {
  const FeedsOptions options = options_of(context);
  const auto topics = read_topics(context.file("topics/topics.jsonl"));
  const auto feeds = options.method == "embeddings" ? feeds_by_embeddings(context, options, topics)
                                                    : feeds_by_attributes(context, options, topics);
  AtomicFile file(context.file("feeds/collections.jsonl"));
  int64_t num_collections = 0, num_short = 0;
  for (size_t t = 0; t < topics.size(); ++t) {
    if (!is_collection(feeds[t], options)) continue;
    nlohmann::ordered_json json = {{"title", topics[t].title},
                                   {"attributes", nlohmann::ordered_json::object()},
                                   {"products", nlohmann::ordered_json::array()},
                                   {"scores", nlohmann::ordered_json::array()}};
    for (const Attribute& attribute : topics[t].attributes)
      json["attributes"][attribute.key].push_back(attribute.value);
    for (const FeedEntry& entry : feeds[t]) {
      json["products"].push_back(entry.id);
      json["scores"].push_back(entry.score);
    }
    file.write(json.dump() + "\n");
    ++num_collections;
    num_short += static_cast<int64_t>(feeds[t].size()) < options.k;
  }
  if (num_collections == 0) {
    throw DataError({.where = "feeds.min_products",
                     .what = fmt::format("no topic has {} products with a mean score of {}",
                                         options.min_products, options.min_mean_score),
                     .expected = "at least one collection",
                     .todo = "lower it or feeds.min_mean_score, or set match=soft"});
  }
  file.commit();
  return fmt::format("{} collections of {} topics, {} of them with fewer than {} products",
                     num_collections, topics.size(), num_short, options.k);
}

}  // namespace

Stage feeds_stage() {
  Stage stage;
  stage.name = "feeds";
  stage.help = "the best products of every topic";
  stage.options = describe_options<FeedsOptions>();
  stage.reads = {"topics/topics.jsonl", "assign/products-*.jsonl"};
  stage.check = [](const StageContext& context) { options_of(context); };
  stage.run = run;
  return stage;
}

}  // namespace twinset::pinlanding
