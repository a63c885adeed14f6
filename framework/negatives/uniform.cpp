#include "framework/negatives/uniform.h"

#include <algorithm>

#include "framework/negatives/draw_distinct.h"

namespace twinset {
namespace {

class Uniform final : public CandidateSource {
 public:
  Uniform(const UniformOptions& options, const NegativesContext& context)
      : num_samples_(std::min(options.num_samples, context.num_documents)),
        num_documents_(context.num_documents) {}

  ProposedColumns propose(const NegativesRequest& request, const std::vector<int64_t>&) override {
    CounterRandom random({.seed = request.seed,
                          .sample = static_cast<uint64_t>(request.step),
                          .purpose = "uniform"});
    return {.documents = draw_distinct(num_samples_, num_documents_, random),
            .remembered = {},
            .embeddings = {},
            .statistics = {}};
  }

  bool has_law() const override { return true; }
  InclusionLaw law(int64_t) const override {
    return {.per_step = static_cast<double>(num_samples_) / static_cast<double>(num_documents_)};
  }

 private:
  int64_t num_samples_, num_documents_;
};

}  // namespace

std::unique_ptr<CandidateSource> make_uniform(const UniformOptions& options,
                                              const NegativesContext& context) {
  return std::make_unique<Uniform>(options, context);
}

}  // namespace twinset
