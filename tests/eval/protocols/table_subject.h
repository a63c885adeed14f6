#pragma once

#include <map>
#include <unordered_map>

#include "eval/subject.h"
#include "framework/core/random.h"
#include "tests/eval/memory_dataset.h"
#include "tests/eval/random_embeddings.h"

namespace twinset::testing {

/// Embeddings that a test sets; texts get random ones on first use.
class TableSubject : public Subject {
 public:
  void add_split(const std::string& name, std::vector<ProductRecord> records,
                 const at::Tensor& embeddings) {
    datasets_.emplace(name, MemoryDataset(std::move(records)));
    EmbeddedProducts& products = products_[name];
    products.dataset = &datasets_.at(name);
    for (int64_t i = 0; i < products.dataset->size(); ++i) products.samples.push_back(i);
    products.embeddings = unit_rows(embeddings, "product");
    if (name == "train")
      vocabulary_ = AttributeVocabulary::build(*products.dataset, {.keys = {}, .min_count = 1});
  }
  const EmbeddedProducts& products(const std::string& split) override {
    return products_.at(split);
  }
  at::Tensor texts(const std::vector<std::string>& texts) override {
    at::Tensor rows = random_embeddings(static_cast<int64_t>(texts.size()), dim, 1);
    for (size_t i = 0; i < texts.size(); ++i) {
      rows.select(0, static_cast<int64_t>(i))
          .copy_(random_embeddings(1, dim, purpose_id(texts[i])).squeeze(0));
    }
    return unit_rows(rows, "text");
  }
  const AttributeVocabulary& vocabulary() const override { return vocabulary_; }
  double inverse_temperature() const override { return 10.0; }

  int64_t dim = 6;

 private:
  std::map<std::string, MemoryDataset> datasets_;
  std::map<std::string, EmbeddedProducts> products_;
  AttributeVocabulary vocabulary_;
};

}  // namespace twinset::testing
