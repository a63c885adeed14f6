#include "experiments/pinlanding/topics/frequent_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/thread_pool.h"

namespace twinset::pinlanding {
namespace {

using Bitmap = std::vector<uint64_t>;

struct Extension {
  int32_t column;
  Bitmap products;
  int64_t support;
};

int64_t intersect(const Bitmap& a, const Bitmap& b, Bitmap& both) {
  both.resize(a.size());
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += std::popcount(both[i] = a[i] & b[i]);
  return count;
}

class Miner {
 public:
  Miner(const AttributeGraph& graph, const FrequentSetRules& rules,
        const std::vector<std::vector<int32_t>>& inverted)
      : graph_(graph), rules_(rules), inverted_(inverted), place_(inverted.size(), -1) {
    for (int32_t a = 0; a < graph.num_attributes(); ++a) {
      const auto i = static_cast<size_t>(a);
      const auto support = static_cast<int64_t>(inverted[i].size());
      if (!rules.is_excluded[i] && support >= rules.min_support) order_.push_back(a);
    }
    std::stable_partition(order_.begin(), order_.end(),
                          [&](int32_t a) { return rules.is_required[static_cast<size_t>(a)]; });
    for (size_t i = 0; i < order_.size(); ++i)
      place_[static_cast<size_t>(order_[i])] = static_cast<int32_t>(i);
  }

  int64_t num_roots() const {
    return std::count_if(order_.begin(), order_.end(),
                         [&](int32_t a) { return rules_.is_required[static_cast<size_t>(a)]; });
  }

  void mine(int64_t root, std::vector<FrequentSet>& found) {
    std::vector<int32_t> set = {order_[static_cast<size_t>(root)]};
    const auto& products = inverted_[static_cast<size_t>(set[0])];
    if (rules_.min_size <= 1) emit(set, static_cast<int64_t>(products.size()), found);
    const size_t words = (products.size() + 63) / 64;
    std::vector<Extension> extensions(order_.size());
    for (size_t p = 0; p < products.size(); ++p) {
      for (const int32_t column : graph_.columns_of(products[p])) {
        const int32_t place = place_[static_cast<size_t>(column)];
        if (place <= root || contradict(set[0], column)) continue;
        Extension& extension = extensions[static_cast<size_t>(place)];
        if (extension.products.empty()) extension = {column, Bitmap(words), 0};
        uint64_t& word = extension.products[p / 64];
        const uint64_t bit = uint64_t{1} << (p % 64);
        extension.support += (word & bit) == 0;
        word |= bit;
      }
    }
    std::erase_if(extensions, [&](const Extension& e) { return e.support < rules_.min_support; });
    extend(set, extensions, found);
  }

 private:
  bool contradict(int32_t a, int32_t b) const {
    const int32_t family = rules_.exclusive[static_cast<size_t>(a)];
    return family >= 0 && family == rules_.exclusive[static_cast<size_t>(b)];
  }

  void emit(const std::vector<int32_t>& set, int64_t support, std::vector<FrequentSet>& found) {
    if (num_found_.fetch_add(1) >= rules_.max_sets) {
      throw ConfigError({.where = "topics.max_sets",
                         .what = fmt::format("more than {} frequent sets", rules_.max_sets),
                         .expected = "fewer",
                         .todo = "raise topics.min_support, or exclude attributes"});
    }
    found.push_back({set, support});
    std::sort(found.back().columns.begin(), found.back().columns.end());
  }

  void extend(std::vector<int32_t>& set, const std::vector<Extension>& extensions,
              std::vector<FrequentSet>& found) {
    if (interrupt_requested())
      throw Interrupted({.where = "topics", .what = "stopped", .todo = "run it again"});
    if (static_cast<int64_t>(set.size()) >= rules_.max_size) return;
    for (size_t i = 0; i < extensions.size(); ++i) {
      set.push_back(extensions[i].column);
      if (static_cast<int64_t>(set.size()) >= rules_.min_size)
        emit(set, extensions[i].support, found);
      std::vector<Extension> deeper;
      if (static_cast<int64_t>(set.size()) < rules_.max_size) {
        Bitmap both;
        for (size_t j = i + 1; j < extensions.size(); ++j) {
          if (contradict(extensions[i].column, extensions[j].column)) continue;
          const int64_t support = intersect(extensions[i].products, extensions[j].products, both);
          if (support >= rules_.min_support)
            deeper.push_back({extensions[j].column, both, support});
        }
      }
      extend(set, deeper, found);
      set.pop_back();
    }
  }

  const AttributeGraph& graph_;
  const FrequentSetRules& rules_;
  const std::vector<std::vector<int32_t>>& inverted_;
  std::vector<int32_t> order_;  // columns in the order of the search
  std::vector<int32_t> place_;  // [A] in the order, or -1
  std::atomic<int64_t> num_found_ = 0;
};

}  // namespace

std::vector<FrequentSet> frequent_sets(const AttributeGraph& graph, const FrequentSetRules& rules,
                                       int num_threads) {
  const auto inverted = inverted_lists(graph);
  Miner miner(graph, rules, inverted);
  std::vector<std::vector<FrequentSet>> by_root(static_cast<size_t>(miner.num_roots()));
  parallel_for(miner.num_roots(), num_threads,
               [&](int64_t root) { miner.mine(root, by_root[static_cast<size_t>(root)]); });
  std::vector<FrequentSet> sets;
  for (auto& found : by_root) std::move(found.begin(), found.end(), std::back_inserter(sets));
  std::sort(sets.begin(), sets.end(),
            [](const FrequentSet& a, const FrequentSet& b) { return a.columns < b.columns; });
  return sets;
}

std::vector<std::vector<int32_t>> inverted_lists(const AttributeGraph& graph) {
  std::vector<std::vector<int32_t>> lists(graph.attributes.size());
  for (int64_t p = 0; p < graph.num_products(); ++p) {
    for (const int32_t column : graph.columns_of(p)) {
      auto& list = lists[static_cast<size_t>(column)];
      if (list.empty() || list.back() != p) list.push_back(static_cast<int32_t>(p));
    }
  }
  return lists;
}

std::vector<int32_t> products_with_all(const std::vector<std::vector<int32_t>>& inverted,
                                       const std::vector<int32_t>& columns) {
  std::vector<int32_t> common, rest;
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& list = inverted[static_cast<size_t>(columns[i])];
    if (i == 0) {
      common = list;
      continue;
    }
    rest.clear();
    std::set_intersection(common.begin(), common.end(), list.begin(), list.end(),
                          std::back_inserter(rest));
    common.swap(rest);
  }
  return common;
}

}  // namespace twinset::pinlanding
