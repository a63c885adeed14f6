#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "eval/logistic_regression.h"
#include "eval/protocols/class_labels.h"
#include "eval/protocols/classification.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

struct LabelledRows {
  LabelledProducts products;
  at::Tensor embeddings;

  std::vector<bool> judge(const LogisticRegression& model) const {
    const std::vector<int64_t> predicted = model.predict(embeddings);
    std::vector<bool> is_right;
    for (size_t i = 0; i < predicted.size(); ++i)
      is_right.push_back(predicted[i] == products.classes[i]);
    return is_right;
  }
};

class LinearProbe : public SubjectProtocol {
 public:
  explicit LinearProbe(const LinearProbeOptions& options) : options_(options) {
    if (options.penalties.empty())
      throw ConfigError({.where = "protocol.penalties",
                         .what = "is empty",
                         .expected = "at least one L2 penalty"});
    std::ranges::sort(options_.penalties, std::greater<>());
  }

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    ProtocolReport report;
    for (const std::string& family : families_to_judge(subject, options_.family)) {
      Groups classes;
      const LabelledRows train = rows_of(subject, "train", family, classes);
      const LabelledRows judged = rows_of(subject, split, family, classes);
      if (classes.names().size() < 2 || judged.products.rows.empty()) continue;
      const std::string prefix = "linear_probe." + family;
      double penalty = options_.penalties.front();
      const LogisticRegression model = choose(subject, train, family, classes, penalty);
      report_accuracy(judged.products, judged.judge(model), prefix, 1, report);
      report_majority(train.products, judged.products, prefix, report);
      report.metrics.emplace_back(prefix + ".penalty", penalty);
    }
    return report;
  }

 private:
  static LabelledRows rows_of(Subject& subject, const std::string& split, const std::string& family,
                              Groups& classes) {
    const EmbeddedProducts& products = subject.products(split);
    LabelledRows rows{labelled_products(products, family, classes, split == "train"), {}};
    rows.embeddings =
        at::index_select(products.embeddings, 0, at::tensor(rows.products.rows, at::kLong));
    return rows;
  }

  LogisticRegression choose(Subject& subject, const LabelledRows& train, const std::string& family,
                            Groups& classes, double& penalty) const {
    const auto fit = [&](double value) {
      const auto model =
          fit_logistic_regression(train.embeddings, train.products.classes,
                                  static_cast<int64_t>(classes.names().size()), value);
      if (!model.has_converged)
        log_warning("linear probe of {}: penalty {} has not converged", family, value);
      return model;
    };
    if (options_.penalties.size() == 1) return fit(penalty);
    const LabelledRows validation = rows_of(subject, "val", family, classes);
    LogisticRegression best;
    int64_t most = -1;
    for (const double value : options_.penalties) {
      const LogisticRegression model = fit(value);
      const auto right = validation.judge(model);
      const int64_t count = std::ranges::count(right, true);
      if (count <= most) continue;
      most = count;
      best = model;
      penalty = value;
    }
    return best;
  }

  LinearProbeOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_linear_probe(const LinearProbeOptions& options) {
  return std::make_unique<LinearProbe>(options);
}

}  // namespace twinset
