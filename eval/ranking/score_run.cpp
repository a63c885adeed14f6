#include "eval/ranking/score_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <unordered_map>

#include "framework/core/error.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// Documents of one query by id: open addressing, emptied by growing an epoch, so that nothing is
// allocated a query.
class DocumentPlaces {
 public:
  void clear(size_t count) {
    size_t size = 64;
    while (size < 2 * count) size *= 2;
    if (slots_.size() < size) slots_.assign(size, {});
    mask_ = slots_.size() - 1;
    ++epoch_;
  }
  /// The place of the document, if it was there, else -1 after inserting it with `place`.
  int64_t insert(std::string_view document, int64_t place) {
    Slot& slot = find_slot(document);
    if (slot.epoch == epoch_) return slot.place;
    slot = {std::hash<std::string_view>()(document), document, place, epoch_};
    return -1;
  }
  int64_t find(std::string_view document) {
    const Slot& slot = find_slot(document);
    return slot.epoch == epoch_ ? slot.place : -1;
  }

 private:
  struct Slot {
    size_t hash = 0;
    std::string_view document;
    int64_t place = 0;
    uint64_t epoch = 0;
  };
  Slot& find_slot(std::string_view document) {
    const size_t hash = std::hash<std::string_view>()(document);
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.epoch != epoch_ || (slot.hash == hash && slot.document == document)) return slot;
    }
  }
  std::vector<Slot> slots_;
  size_t mask_ = 0;
  uint64_t epoch_ = 0;
};

// What one thread uses again and again.
struct Workspace {
  DocumentPlaces places;
  std::vector<int32_t> order, grades, sorted_grades, judged;
};

void order_by_score(const std::vector<TrecEntry>& entries, bool as_listed,
                    std::vector<int32_t>& order) {
  order.resize(entries.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  const auto at = [&](int32_t i) -> const TrecEntry& { return entries[static_cast<size_t>(i)]; };
  const auto is_before = [&](int32_t a, int32_t b) {
    if (as_listed) return at(a).value > at(b).value || (at(a).value == at(b).value && a < b);
    const auto x = static_cast<float>(at(a).value), y = static_cast<float>(at(b).value);
    return x > y || (x == y && at(a).document > at(b).document);
  };
  // Runs usually come in their order.
  if (!std::is_sorted(order.begin(), order.end(), is_before))
    std::sort(order.begin(), order.end(), is_before);
}

[[noreturn]] void fail_twice(const char* file, std::string_view query, std::string_view document) {
  throw DataError(
      {.where = file,
       .what = fmt::format("document '{}' occurs twice for query '{}'", document, query),
       .expected = "each document once a query"});
}

JudgedRanking judge(const TrecTable::Query* run, const TrecTable::Query& judgments, bool as_listed,
                    Workspace& work) {
  static const std::vector<TrecEntry> kNone;
  const std::vector<TrecEntry>& entries = run != nullptr ? run->entries : kNone;
  work.places.clear(entries.size() + judgments.entries.size());
  work.grades.assign(entries.size(), kUnjudged);
  for (size_t i = 0; i < entries.size(); ++i) {
    if (work.places.insert(entries[i].document, static_cast<int64_t>(i)) >= 0) {
      fail_twice("run", judgments.id, entries[i].document);
    }
  }
  constexpr int64_t kNotRetrieved = INT64_MAX, kSeen = INT64_MAX - 1;
  work.judged.clear();
  for (const TrecEntry& judgment : judgments.entries) {
    const auto grade = static_cast<int32_t>(judgment.value);
    work.judged.push_back(grade);
    const int64_t place = work.places.insert(judgment.document, kNotRetrieved);
    if (place < 0) continue;
    if (place >= kSeen || work.grades[static_cast<size_t>(place)] != kUnjudged)
      fail_twice("judgments", judgments.id, judgment.document);
    work.grades[static_cast<size_t>(place)] = grade;
  }
  std::sort(work.judged.begin(), work.judged.end(), std::greater<>());
  order_by_score(entries, as_listed, work.order);
  work.sorted_grades.resize(entries.size());
  for (size_t i = 0; i < work.order.size(); ++i)
    work.sorted_grades[i] = work.grades[static_cast<size_t>(work.order[i])];
  return {work.sorted_grades, work.judged};
}

}  // namespace

std::vector<QueryValues> score_run(const TrecTable& run, const TrecTable& judgments,
                                   const std::vector<std::string>& metrics,
                                   const ScoreRunOptions& options) {
  std::vector<RankingMetric> parsed;
  for (const std::string& name : metrics) parsed.push_back(parse_ranking_metric(name));
  std::unordered_map<std::string_view, const TrecTable::Query*> run_of;
  for (const TrecTable::Query& query : run.queries()) run_of.emplace(query.id, &query);
  struct Case {
    const TrecTable::Query* run;
    const TrecTable::Query* judgments;
  };
  std::vector<Case> cases;
  size_t num_found = 0;
  for (const TrecTable::Query& query : judgments.queries()) {
    const auto found = run_of.find(query.id);
    num_found += found != run_of.end();
    if (found != run_of.end())
      cases.push_back({found->second, &query});
    else if (options.missing == "zero")
      cases.push_back({nullptr, &query});
  }
  if (num_found == 0) {
    throw DataError({.where = "score",
                     .what = fmt::format("none of the {} judged queries is in the run",
                                         judgments.queries().size()),
                     .expected = "run and judgments with the same query ids"});
  }
  std::vector<QueryValues> results;
  for (const std::string& name : metrics) {
    results.push_back(
        {name, std::vector<std::string>(cases.size()), std::vector<double>(cases.size())});
  }
  constexpr int64_t kBlock = 64;
  const auto num_cases = static_cast<int64_t>(cases.size());
  parallel_for((num_cases + kBlock - 1) / kBlock,
               options.num_threads > 0 ? options.num_threads : available_cores(),
               [&](int64_t block) {
                 Workspace work;
                 for (auto i = static_cast<size_t>(block * kBlock);
                      i < static_cast<size_t>(std::min(num_cases, (block + 1) * kBlock)); ++i) {
                   const JudgedRanking ranking =
                       judge(cases[i].run, *cases[i].judgments, options.ties == "as_listed", work);
                   for (size_t m = 0; m < parsed.size(); ++m) {
                     results[m].queries[i] = cases[i].judgments->id;
                     results[m].values[i] = evaluate_metric(parsed[m], ranking);
                   }
                 }
               });
  return results;
}

}  // namespace twinset
