#include "experiments/pinlanding/feeds/topic_products.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "experiments/pinlanding/records/assigned_products.h"
#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset::pinlanding {

TopicAttributes topic_attributes(const std::vector<Topic>& topics) {
  TopicAttributes result;
  for (const Topic& topic : topics) {
    auto& columns = result.topics.emplace_back();
    for (const Attribute& attribute : topic.attributes) {
      const auto [entry, is_new] = result.columns.try_emplace(
          {attribute.key, attribute.value}, static_cast<int32_t>(result.attributes.size()));
      if (is_new) result.attributes.push_back(attribute);
      columns.push_back(entry->second);
    }
  }
  return result;
}

TopicAttributeCounts count_topic_attributes(const std::vector<std::filesystem::path>& files,
                                            const TopicAttributes& attributes,
                                            const std::vector<Topic>& topics) {
  TopicAttributeCounts result{0, std::vector<int64_t>(attributes.attributes.size())};
  std::set<std::string> others;
  for (const auto& file : files) {
    for_each_assigned(file, [&](const AssignedProduct& product, const std::string&) {
      ++result.num_products;
      for (const Attribute& attribute : product.attributes) {
        const auto column = attributes.columns.find({attribute.key, attribute.value});
        if (column == attributes.columns.end()) {
          others.insert(attribute.phrase());
        } else {
          ++result.counts[static_cast<size_t>(column->second)];
        }
      }
    });
  }
  for (size_t t = 0; t < topics.size(); ++t) {
    for (const int32_t column : attributes.topics[t]) {
      if (result.counts[static_cast<size_t>(column)] > 0) continue;
      const std::string phrase = attributes.attributes[static_cast<size_t>(column)].phrase();
      const std::string near = nearest_name(phrase, {others.begin(), others.end()});
      throw DataError(
          {.where = "topics/topics.jsonl: '" + topics[t].title + "'",
           .what = "asks for '" + phrase + "', which no product has",
           .expected = "attributes of the assigned products",
           .todo = near.empty() ? "run the stage topics again" : "did you mean '" + near + "'?"});
    }
  }
  return result;
}

TopicProducts read_topic_products(const std::filesystem::path& file,
                                  const TopicAttributes& attributes,
                                  const std::string& group_family) {
  TopicProducts read;
  for_each_assigned(file, [&](const AssignedProduct& product, const std::string&) {
    read.ids.push_back(product.id);
    const auto first = static_cast<std::ptrdiff_t>(read.columns.size());
    std::string group;
    for (size_t i = 0; i < product.attributes.size(); ++i) {
      const Attribute& attribute = product.attributes[i];
      if (group.empty() && attribute.key == group_family) group = attribute.value;
      const auto column = attributes.columns.find({attribute.key, attribute.value});
      if (column == attributes.columns.end()) continue;
      if (std::find(read.columns.begin() + first, read.columns.end(), column->second) !=
          read.columns.end())
        continue;
      read.columns.push_back(column->second);
      read.confidences.push_back(product.confidences[i]);
    }
    read.offsets.push_back(static_cast<int64_t>(read.columns.size()));
    if (!group_family.empty()) read.groups.push_back(group);
  });
  std::vector<size_t> order(read.ids.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return read.ids[a] < read.ids[b]; });
  TopicProducts sorted;
  for (const size_t p : order) {
    if (!sorted.ids.empty() && sorted.ids.back() == read.ids[p]) {
      throw DataError({.where = file.string(),
                       .what = "the product '" + read.ids[p] + "' occurs twice",
                       .expected = "each id once"});
    }
    sorted.ids.push_back(std::move(read.ids[p]));
    for (auto i = static_cast<size_t>(read.offsets[p]);
         i < static_cast<size_t>(read.offsets[p + 1]); ++i) {
      sorted.columns.push_back(read.columns[i]);
      sorted.confidences.push_back(read.confidences[i]);
    }
    sorted.offsets.push_back(static_cast<int64_t>(sorted.columns.size()));
    if (!group_family.empty()) sorted.groups.push_back(std::move(read.groups[p]));
  }
  return sorted;
}

}  // namespace twinset::pinlanding
