#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "eval/protocols/class_labels.h"
#include "eval/protocols/classification.h"
#include "framework/retrieval/exact_index.h"

namespace twinset {
namespace {

class ZeroShot : public SubjectProtocol {
 public:
  explicit ZeroShot(const ZeroShotOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    ProtocolReport report;
    const AttributeVocabulary& vocabulary = subject.vocabulary();
    for (const std::string& family : families_to_judge(subject, options_.family)) {
      Groups classes;
      LabelledProducts train;  // for the majority: the training counts of the vocabulary
      for (int64_t column = 0; column < vocabulary.size(); ++column) {
        const auto at = static_cast<size_t>(column);
        if (vocabulary.families()[static_cast<size_t>(vocabulary.family_of()[at])] != family)
          continue;
        const int64_t number = classes.of(vocabulary.phrases()[at]);
        train.classes.insert(train.classes.end(), static_cast<size_t>(vocabulary.counts()[at]),
                             number);
      }
      const EmbeddedProducts& judged = subject.products(split);
      const LabelledProducts products = labelled_products(judged, family, classes, false);
      if (products.rows.empty()) continue;
      const at::Tensor phrases = subject.texts(classes.names());
      const at::Tensor queries = at::index_select(judged.embeddings, 0, at::tensor(products.rows));
      const auto rows_of = [](const at::Tensor& m) {
        return FloatRows{m.const_data_ptr<float>(), m.size(0), m.size(1)};
      };
      const SearchHits hits =
          make_exact_index({}, rows_of(phrases))
              ->search(rows_of(queries), *std::ranges::max_element(options_.cuts));
      const std::string prefix = "zero_shot." + family;
      for (const int64_t k : options_.cuts) {
        std::vector<bool> is_right;
        for (int64_t q = 0; q < hits.num_queries; ++q) {
          const auto first = hits.documents_of(q).first(static_cast<size_t>(k));
          const int64_t number = products.classes[static_cast<size_t>(q)];
          is_right.push_back(number >= 0 && std::ranges::find(first, number) != first.end());
        }
        report_accuracy(products, is_right, prefix, k, report);
      }
      report_majority(train, products, prefix, report);
    }
    return report;
  }

 private:
  ZeroShotOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_zero_shot(const ZeroShotOptions& options) {
  return std::make_unique<ZeroShot>(options);
}

}  // namespace twinset
