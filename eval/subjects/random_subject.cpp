#include "eval/subjects/random_subject.h"

#include <ATen/ops/empty.h>

#include <map>

#include "framework/core/random.h"

namespace twinset {
namespace {

class RandomSubject : public Subject {
 public:
  RandomSubject(OpenSplit open, const AttributeVocabulary& vocabulary, uint64_t seed, int64_t dim)
      : open_(std::move(open)), vocabulary_(vocabulary), seed_(seed), dim_(dim) {}

  const EmbeddedProducts& products(const std::string& split) override {
    const auto [place, is_new] = products_.try_emplace(split);
    if (!is_new) return place->second;
    EmbeddedProducts& result = place->second;
    result.dataset = &open_(split);
    std::vector<std::string> ids;
    for (int64_t i = 0; i < result.dataset->size(); ++i) {
      result.samples.push_back(i);
      ids.push_back(result.dataset->record(i).id);
    }
    result.embeddings = directions(ids, "product");
    return result;
  }

  at::Tensor texts(const std::vector<std::string>& texts) override {
    return directions(texts, "text");
  }
  const AttributeVocabulary& vocabulary() const override { return vocabulary_; }

 private:
  at::Tensor directions(const std::vector<std::string>& names, const char* purpose) const {
    const at::Tensor rows = at::empty({static_cast<int64_t>(names.size()), dim_}, at::kFloat);
    float* value = rows.mutable_data_ptr<float>();
    for (const std::string& name : names) {
      CounterRandom random({.seed = seed_, .sample = purpose_id(name), .purpose = purpose});
      for (int64_t d = 0; d < dim_; ++d) *value++ = static_cast<float>(random.normal());
    }
    return unit_rows(rows, purpose);
  }

  OpenSplit open_;
  const AttributeVocabulary& vocabulary_;
  uint64_t seed_;
  int64_t dim_;
  std::map<std::string, EmbeddedProducts> products_;
};

}  // namespace

std::unique_ptr<Subject> make_random_subject(OpenSplit open, const AttributeVocabulary& vocabulary,
                                             uint64_t seed, int64_t dim) {
  return std::make_unique<RandomSubject>(std::move(open), vocabulary, seed, dim);
}

}  // namespace twinset
