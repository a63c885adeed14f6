#include "framework/negatives/classify_pairs.h"

#include <algorithm>

#include "framework/core/error.h"

namespace twinset {
namespace {

// Columns by document: the columns of one document are neighbours, ascending.
class ColumnsOfDocuments {
 public:
  explicit ColumnsOfDocuments(const std::vector<int64_t>& documents) {
    entries_.reserve(documents.size());
    for (size_t j = 0; j < documents.size(); ++j)
      entries_.emplace_back(documents[j], static_cast<int64_t>(j));
    std::sort(entries_.begin(), entries_.end());
  }
  template <class Visit>
  void visit(int64_t document, Visit visit) const {
    for (auto entry =
             std::lower_bound(entries_.begin(), entries_.end(), std::pair(document, int64_t{0}));
         entry != entries_.end() && entry->first == document; ++entry) {
      visit(entry->second);
    }
  }
  int64_t first(int64_t document) const {
    const auto entry =
        std::lower_bound(entries_.begin(), entries_.end(), std::pair(document, int64_t{0}));
    TWINSET_CHECK(entry != entries_.end() && entry->first == document,
                  "a drawn document is a column");
    return entry->second;
  }

 private:
  std::vector<std::pair<int64_t, int64_t>> entries_;
};

}  // namespace

KnownPositives parse_known_positives(const std::string& name) {
  if (name == "positive") return KnownPositives::kPositive;
  if (name == "excluded") return KnownPositives::kExcluded;
  if (name == "negative") return KnownPositives::kNegative;
  throw_unknown_name("negatives.known_positives", "value", name,
                     {"positive", "excluded", "negative"});
}

void classify_pairs(const SparsePairs& labels, const std::vector<int64_t>& drawn,
                    KnownPositives known, bool column_per_query, Candidates& candidates) {
  const ColumnsOfDocuments columns_of(candidates.documents);
  candidates.positives = candidates.excluded = SparsePairs{};
  candidates.positives.num_columns = candidates.excluded.num_columns =
      static_cast<int64_t>(candidates.documents.size());
  candidates.targets.clear();
  int64_t next_column = 0;
  std::vector<int64_t> true_columns, positive, excluded;
  for (size_t i = 0; i < drawn.size(); ++i) {
    int64_t target = -1;
    if (drawn[i] >= 0) target = column_per_query ? next_column++ : columns_of.first(drawn[i]);
    candidates.targets.push_back(target);
    true_columns.clear();
    if (known != KnownPositives::kNegative) {
      for (int64_t document : labels.row(static_cast<int64_t>(i))) {
        columns_of.visit(document, [&](int64_t column) { true_columns.push_back(column); });
      }
      std::sort(true_columns.begin(), true_columns.end());
    }
    positive.clear();
    excluded.clear();
    if (known == KnownPositives::kPositive) {
      positive = true_columns;
    } else {
      if (target >= 0) positive.push_back(target);
      std::copy_if(true_columns.begin(), true_columns.end(), std::back_inserter(excluded),
                   [&](int64_t c) { return c != target; });
    }
    candidates.positives.add_row(positive);
    candidates.excluded.add_row(excluded);
  }
}

}  // namespace twinset
