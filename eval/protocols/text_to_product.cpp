#include "eval/protocols/text_to_product.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "eval/protocols/group_retrieval.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

class TextToProduct : public SubjectProtocol {
 public:
  explicit TextToProduct(const TextToProductOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    const EmbeddedProducts& products = subject.products(split);
    Groups values;
    GroupRetrieval task;
    for (int64_t i = 0; i < products.size(); ++i) {
      const std::string value = value_of(products.record(i));
      task.gallery_groups.push_back(value.empty() ? -1 : values.of(value));
    }
    if (values.names().empty()) {
      throw ConfigError({.where = "protocol.query",
                         .what = fmt::format("no product of '{}' has '{}'", split, options_.query),
                         .expected = "title, or an attribute family of the data set"});
    }
    task.gallery = documents(subject, products);
    task.query_groups = sample(static_cast<int64_t>(values.names().size()));
    for (const int64_t group : task.query_groups)
      task.query_names.push_back(values.names()[static_cast<size_t>(group)]);
    task.queries = subject.texts(task.query_names);
    const std::string prefix = "text_to_product." + options_.query;
    ProtocolReport report = judge_group_retrieval(task, prefix, options_.cuts);
    double sum = 0.0;
    for (const int64_t k : options_.cuts)
      sum += *find_metric(report.metrics, fmt::format("{}.recall@{}", prefix, k));
    report.metrics.emplace_back(prefix + ".average_recall",
                                sum / static_cast<double>(options_.cuts.size()));
    return report;
  }

 private:
  std::string value_of(const ProductRecord& record) const {
    if (options_.query == "title") return record.title;
    for (const Attribute& attribute : record.attributes) {
      if (attribute.key == options_.query) return attribute.phrase();
    }
    return "";
  }

  std::vector<int64_t> sample(int64_t count) const {
    std::vector<int64_t> groups = random_permutation(
        count,
        CounterRandom({.seed = static_cast<uint64_t>(options_.sample_seed), .purpose = "queries"}));
    groups.resize(static_cast<size_t>(std::min(count, options_.max_queries)));
    std::sort(groups.begin(), groups.end());
    return groups;
  }

  at::Tensor documents(Subject& subject, const EmbeddedProducts& products) const {
    if (options_.text_weight == 0.0) return products.embeddings;
    Groups titles;
    std::vector<int64_t> rows, title_of;
    for (int64_t i = 0; i < products.size(); ++i) {
      if (products.record(i).title.empty()) continue;
      rows.push_back(i);
      title_of.push_back(titles.of(products.record(i).title));
    }
    if (rows.empty()) return products.embeddings;
    const at::Tensor texts =
        at::index_select(subject.texts(titles.names()), 0, at::tensor(title_of));
    at::Tensor sum = products.embeddings * options_.image_weight;
    sum.index_add_(0, at::tensor(rows), texts * options_.text_weight);
    return unit_rows(sum, "document");
  }

  TextToProductOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_text_to_product(const TextToProductOptions& options) {
  return std::make_unique<TextToProduct>(options);
}

}  // namespace twinset
