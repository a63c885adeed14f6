#include "experiments/pinlanding/feeds/feed_builder.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/thread_pool.h"

namespace twinset::pinlanding {
namespace {

constexpr int64_t kChunk = 4096;    // products a thread takes at a time
constexpr float kAbsent = -1.0F;    // no confidence is below 0
constexpr size_t kTopicHeader = 4;  // topic, rarer ones, checked ones, those that must be there

}  // namespace

struct FeedBuilder::Worker {
  std::vector<float> confidence;        // [A] of the product at hand
  std::vector<std::vector<Kept>> kept;  // [T] heaps, the worst in front
  std::vector<double> floors;           // [T] a lower score can't enter
};

FeedBuilder::FeedBuilder(std::vector<std::vector<int32_t>> topics, std::vector<double> weights,
                         const std::vector<int64_t>& frequency, const FeedRules& rules)
    : topics_(std::move(topics)),
      weights_(std::move(weights)),
      rules_(rules),
      list_starts_(frequency.size() + 1),
      floors_(topics_.size(), -std::numeric_limits<double>::infinity()),
      best_(topics_.size()) {
  if (weights_.empty()) weights_.assign(frequency.size(), 1.0);
  std::vector<std::vector<int32_t>> lists(frequency.size());
  for (size_t t = 0; t < topics_.size(); ++t) {
    std::vector<int32_t> rarest = topics_[t];
    std::sort(rarest.begin(), rarest.end(), [&](int32_t a, int32_t b) {
      return std::pair(frequency[static_cast<size_t>(a)], a) <
             std::pair(frequency[static_cast<size_t>(b)], b);
    });
    const auto n = static_cast<int64_t>(rarest.size());
    const int64_t m = rules_.min_overlap <= 0 ? n : std::min(rules_.min_overlap, n);
    for (int64_t i = 0; i <= n - m; ++i) {
      auto& list = lists[static_cast<size_t>(rarest[static_cast<size_t>(i)])];
      list.insert(list.end(), {static_cast<int32_t>(t), static_cast<int32_t>(i),
                               static_cast<int32_t>(n - i - 1), static_cast<int32_t>(m - 1)});
      for (int64_t j = 0; j < n; ++j) {
        if (j != i) list.push_back(rarest[static_cast<size_t>(j)]);
      }
    }
  }
  for (size_t a = 0; a < lists.size(); ++a) {
    lists_.insert(lists_.end(), lists[a].begin(), lists[a].end());
    list_starts_[a + 1] = static_cast<int64_t>(lists_.size());
  }
}

double FeedBuilder::score_of(int32_t topic, const std::vector<float>& confidence) const {
  double score = rules_.rule == FeedRule::kSum ? 0.0 : 1.0;
  for (const int32_t column : topics_[static_cast<size_t>(topic)]) {
    const double c = confidence[static_cast<size_t>(column)];
    if (c < 0) continue;
    switch (rules_.rule) {
      case FeedRule::kSum:
        score += c * weights_[static_cast<size_t>(column)];
        break;
      case FeedRule::kProduct:
        score *= c;
        break;
      case FeedRule::kMin:
        score = std::min(score, c);
        break;
    }
  }
  return score;
}

void FeedBuilder::look_up(int64_t product, int32_t column, Worker& worker) const {
  const float* confidence = worker.confidence.data();
  const int32_t* at = lists_.data() + list_starts_[static_cast<size_t>(column)];
  const int32_t* end = lists_.data() + list_starts_[static_cast<size_t>(column) + 1];
  while (at < end) {
    const int32_t topic = at[0], num_rarer = at[1], num_checked = at[2];
    int32_t missing = at[3], left = num_checked;
    const int32_t* rarer = at + kTopicHeader;
    const int32_t* checked = rarer + num_rarer;
    at = checked + num_checked;
    while (missing > 0 && left >= missing) {
      missing -= confidence[*checked++] >= 0;
      --left;
    }
    if (missing > 0) continue;
    // Its first shared attribute finds a topic; the others pass it by.
    if (std::any_of(rarer, rarer + num_rarer, [&](int32_t a) { return confidence[a] >= 0; }))
      continue;
    const auto t = static_cast<size_t>(topic);
    const double score = score_of(topic, worker.confidence);
    if (score < worker.floors[t]) continue;
    auto& heap = worker.kept[t];
    // Products of a thread come in ascending order: an equal score comes too late, but not against
    // earlier blocks.
    const auto is_better = [](const Kept& a, const Kept& b) {
      return a.score > b.score || (a.score == b.score && a.product < b.product);
    };
    const Kept kept{score, static_cast<int32_t>(product)};
    if (static_cast<int64_t>(heap.size()) == rules_.k) {
      if (!is_better(kept, heap.front())) continue;
      std::pop_heap(heap.begin(), heap.end(), is_better);
      heap.pop_back();
    }
    heap.push_back(kept);
    std::push_heap(heap.begin(), heap.end(), is_better);
    if (static_cast<int64_t>(heap.size()) == rules_.k)
      worker.floors[t] = std::max(worker.floors[t], heap.front().score);
  }
}

void FeedBuilder::scan(const ProductBlock& block, int64_t first, int64_t last,
                       Worker& worker) const {
  for (int64_t p = first; p < last; ++p) {
    const auto begin = static_cast<size_t>(block.offsets[static_cast<size_t>(p)]);
    const auto end = static_cast<size_t>(block.offsets[static_cast<size_t>(p) + 1]);
    for (size_t i = begin; i < end; ++i)
      worker.confidence[static_cast<size_t>(block.columns[i])] = block.confidences[i];
    for (size_t i = begin; i < end; ++i) look_up(p, block.columns[i], worker);
    for (size_t i = begin; i < end; ++i)
      worker.confidence[static_cast<size_t>(block.columns[i])] = kAbsent;
  }
}

void FeedBuilder::add(const ProductBlock& block) {
  const auto num_products = static_cast<int64_t>(block.ids.size());
  const int num_workers = static_cast<int>(std::clamp<int64_t>((num_products + kChunk - 1) / kChunk,
                                                               1, std::max(rules_.num_threads, 1)));
  std::vector<Worker> workers(static_cast<size_t>(num_workers));
  std::atomic<int64_t> next = 0;
  parallel_for(num_workers, num_workers, [&](int64_t w) {
    Worker& worker = workers[static_cast<size_t>(w)];
    worker.confidence.assign(list_starts_.size() - 1, kAbsent);
    worker.kept.resize(topics_.size());
    worker.floors = floors_;
    for (int64_t first = next.fetch_add(kChunk); first < num_products;
         first = next.fetch_add(kChunk)) {
      if (interrupt_requested())
        throw Interrupted({.where = "feeds", .what = "stopped", .todo = "run it again"});
      scan(block, first, std::min(first + kChunk, num_products), worker);
    }
  });
  keep(block, workers);
}

void FeedBuilder::keep(const ProductBlock& block, const std::vector<Worker>& workers) {
  parallel_for(static_cast<int64_t>(topics_.size()), rules_.num_threads, [&](int64_t topic) {
    const auto t = static_cast<size_t>(topic);
    auto& best = best_[t];
    for (const Worker& worker : workers) {
      for (const Kept& kept : worker.kept[t]) {
        const auto p = static_cast<size_t>(kept.product);
        best.push_back(
            {kept.score, block.ids[p], block.groups.empty() ? std::string() : block.groups[p]});
      }
    }
    std::sort(best.begin(), best.end(), [](const FeedEntry& a, const FeedEntry& b) {
      return a.score > b.score || (a.score == b.score && a.id < b.id);
    });
    if (static_cast<int64_t>(best.size()) >= rules_.k) {
      best.resize(static_cast<size_t>(rules_.k));
      floors_[t] = best.back().score;
    }
  });
}

std::vector<FeedEntry> at_most_of_group(const std::vector<FeedEntry>& ranked, int64_t k,
                                        int64_t n) {
  std::vector<FeedEntry> first, passed_over;
  std::map<std::string, int64_t> taken;
  for (const FeedEntry& entry : ranked) {
    // Products without a group are never alike.
    const bool has_room = entry.group.empty() || taken[entry.group]++ < n;
    (has_room ? first : passed_over).push_back(entry);
  }
  first.insert(first.end(), passed_over.begin(), passed_over.end());
  if (static_cast<int64_t>(first.size()) > k) first.resize(static_cast<size_t>(k));
  return first;
}

}  // namespace twinset::pinlanding
