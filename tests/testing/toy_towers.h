// Document towers that are a table of embeddings, for tests of negatives that remember.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <memory>
#include <utility>
#include <vector>

#include "framework/negatives/document_towers.h"
#include "framework/negatives/negatives.h"
#include "framework/negatives/rows.h"
#include "tests/testing/random_candidates.h"
#include "tests/testing/training_labels.h"

namespace twinset::testing {

/// "Weights" that are the documents' embeddings [V, D] themselves, float32 and of length 1.
struct ToyTowers {
  at::Tensor weights;

  explicit ToyTowers(int64_t documents = 20, int64_t dim = 4, uint64_t seed = 1)
      : weights(unit_rows(documents, dim, seed).to(at::kFloat)) {}

  /// Moves the weights, as an optimiser's step would.
  void train(uint64_t step) {
    weights.copy_(unit_rows(weights.size(0), weights.size(1), 1000 + step).to(at::kFloat));
  }

  DocumentTowers towers() const {
    class Copy final : public MomentumTower {
     public:
      Copy(at::Tensor trained, double momentum)
          : trained_(std::move(trained)), slow_(trained_.clone()), momentum_(momentum) {}
      at::Tensor embed(const std::vector<int64_t>& documents) override {
        return select_rows(slow_, documents);
      }
      void update() override { slow_.mul_(momentum_).add_(trained_, 1.0 - momentum_); }
      NamedTensors state() const override { return {{"weights", slow_}}; }

     private:
      at::Tensor trained_, slow_;
      double momentum_;
    };
    return {
        .embed = [w = weights](
                     const std::vector<int64_t>& documents) { return select_rows(w, documents); },
        .make_momentum_tower =
            [w = weights](double momentum) { return std::make_unique<Copy>(w, momentum); }};
  }

  NegativesContext context(const TrainingLabels& training) const {
    NegativesContext context = training.context();
    context.towers = towers();
    return context;
  }
};

/// One whole step of a strategy: documents are embedded by the towers, queries at random.
inline Candidates run_step(Negatives& negatives, const DrawnBatch& batch, const ToyTowers& towers) {
  DocumentPlan plan = negatives.plan(batch.request());
  const at::Tensor queries = unit_rows(batch.labels.num_rows(), towers.weights.size(1),
                                       500 + static_cast<uint64_t>(batch.step))
                                 .to(at::kFloat);
  const at::Tensor documents = select_rows(towers.weights, plan.documents);
  Candidates candidates = negatives.gather(std::move(plan), queries, documents);
  negatives.finish_step();
  return candidates;
}

}  // namespace twinset::testing
