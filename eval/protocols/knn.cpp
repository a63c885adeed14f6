#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/protocols/class_labels.h"
#include "eval/protocols/classification.h"
#include "framework/retrieval/exact_index.h"

namespace twinset {
namespace {

class Knn : public SubjectProtocol {
 public:
  explicit Knn(const KnnOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    ProtocolReport report;
    for (const std::string& family : families_to_judge(subject, options_.family))
      judge(subject, split, family, report);
    return report;
  }

 private:
  void judge(Subject& subject, const std::string& split, const std::string& family,
             ProtocolReport& report) const {
    const EmbeddedProducts &train = subject.products("train"), &judged = subject.products(split);
    Groups classes;
    const LabelledProducts voters = labelled_products(train, family, classes, true);
    const LabelledProducts products = labelled_products(judged, family, classes, false);
    if (voters.rows.empty() || products.rows.empty()) return;
    const at::Tensor gallery = at::index_select(train.embeddings, 0, at::tensor(voters.rows));
    const at::Tensor queries = at::index_select(judged.embeddings, 0, at::tensor(products.rows));
    const auto rows_of = [](const at::Tensor& m) {
      return FloatRows{m.const_data_ptr<float>(), m.size(0), m.size(1)};
    };
    // Within the training split itself a product is its own nearest neighbour, which does not vote.
    const bool is_train = split == "train";
    const SearchHits hits =
        make_exact_index({}, rows_of(gallery))
            ->search(rows_of(queries), *std::ranges::max_element(options_.neighbors) + is_train);
    const std::string prefix = "knn." + family;
    for (const int64_t neighbors : options_.neighbors) {
      std::vector<bool> is_right;
      for (int64_t q = 0; q < hits.num_queries; ++q) {
        std::vector<double> votes(classes.names().size());
        int64_t num_votes = 0;
        for (int64_t j = 0; j < hits.k && num_votes < neighbors; ++j) {
          const int64_t voter = hits.documents_of(q)[static_cast<size_t>(j)];
          if (voter < 0 || (is_train && voter == q)) continue;
          votes[static_cast<size_t>(voters.classes[static_cast<size_t>(voter)])] +=
              std::exp(hits.scores_of(q)[static_cast<size_t>(j)] / options_.temperature);
          ++num_votes;
        }
        is_right.push_back(std::ranges::max_element(votes) - votes.begin() ==
                           products.classes[static_cast<size_t>(q)]);
      }
      report_accuracy(products, is_right, prefix, neighbors, report);
    }
    report_majority(voters, products, prefix, report);
  }

  KnnOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_knn(const KnnOptions& options) {
  return std::make_unique<Knn>(options);
}

}  // namespace twinset
