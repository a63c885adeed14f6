#include "framework/negatives/in_batch.h"

#include <algorithm>
#include <numeric>

#include "framework/negatives/sample_positive.h"

namespace twinset {
namespace {

class InBatch final : public Negatives {
 public:
  explicit InBatch(const InBatchOptions& options) : options_(options) {}

  DocumentPlan plan(const NegativesRequest& request) override {
    const std::vector<int64_t> drawn = sample_positives(request);
    DocumentPlan plan;
    for (int64_t document : drawn) {
      if (document >= 0) plan.documents.push_back(document);
    }
    Candidates& result = plan.candidates;
    if (options_.deduplicate) {
      std::sort(plan.documents.begin(), plan.documents.end());
      plan.documents.erase(std::unique(plan.documents.begin(), plan.documents.end()), plan.documents.end());
    }
    // Columns of each document, ascending: several if they are not de-duplicated.
    std::vector<size_t> order(plan.documents.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return plan.documents[a] < plan.documents[b]; });
    const auto columns_of = [&](int64_t document) {
      const auto less = [&](size_t column, int64_t value) { return plan.documents[column] < value; };
      const auto begin = std::lower_bound(order.begin(), order.end(), document, less);
      auto end = begin;
      while (end != order.end() && plan.documents[*end] == document) ++end;
      return std::pair(begin, end);
    };

    result.positives.num_columns = result.excluded.num_columns = static_cast<int64_t>(plan.documents.size());
    int64_t next_column = 0;
    std::vector<int64_t> columns;
    for (size_t i = 0; i < drawn.size(); ++i) {
      int64_t target = -1;
      if (drawn[i] >= 0) {
        target = options_.deduplicate ? static_cast<int64_t>(*columns_of(drawn[i]).first) : next_column++;
      }
      result.targets.push_back(target);
      columns.clear();
      if (options_.known_positives == "positive") {
        for (int64_t document : request.labels->row(static_cast<int64_t>(i))) {
          const auto [begin, end] = columns_of(document);
          for (auto column = begin; column != end; ++column) columns.push_back(static_cast<int64_t>(*column));
        }
        std::sort(columns.begin(), columns.end());
      } else if (target >= 0) {
        columns.push_back(target);
      }
      result.positives.add_row(columns);
      result.excluded.add_row({});
    }
    return plan;
  }

 private:
  InBatchOptions options_;
};

}  // namespace

std::unique_ptr<Negatives> make_in_batch(const InBatchOptions& options, const NegativesContext&) {
  return std::make_unique<InBatch>(options);
}

}  // namespace twinset
