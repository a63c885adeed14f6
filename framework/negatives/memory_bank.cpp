#include "framework/negatives/memory_bank.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "framework/negatives/draw_distinct.h"
#include "framework/negatives/rows.h"

namespace twinset {
namespace {

class MemoryBank final : public CandidateSource {
 public:
  MemoryBank(const MemoryBankOptions& options, const NegativesContext& context)
      : options_(options),
        embeddings_(at::zeros({context.num_documents, context.embedding_dim}, context.memory)),
        members_(at::full({context.num_documents}, -1, at::TensorOptions().dtype(at::kLong))),
        made_at_(at::full({context.num_documents}, -1, at::TensorOptions().dtype(at::kLong))),
        counters_(at::zeros({2}, at::TensorOptions().dtype(at::kLong))) {}

  ProposedColumns propose(const NegativesRequest& request, const std::vector<int64_t>&) override {
    CounterRandom random({.seed = request.seed,
                          .sample = static_cast<uint64_t>(request.step),
                          .purpose = "memory_bank"});
    ProposedColumns columns;
    double age_sum = 0;
    for (int64_t place : draw_distinct(options_.num_samples, num_members(), random)) {
      const int64_t document = members_.const_data_ptr<int64_t>()[place];
      columns.remembered.push_back(document);
      age_sum += static_cast<double>(steps() - made_at_.const_data_ptr<int64_t>()[document]);
    }
    if (!columns.remembered.empty())
      columns.embeddings = select_rows(embeddings_, columns.remembered);
    columns.statistics = {
        {"num_entries", static_cast<double>(num_members())},
        {"age", age_sum / static_cast<double>(std::max<size_t>(1, columns.remembered.size()))}};
    return columns;
  }

  bool has_law() const override { return true; }
  InclusionLaw law(int64_t document) const override {
    if (made_at_.const_data_ptr<int64_t>()[document] < 0) return {};
    return {.per_step = std::min(1.0, static_cast<double>(options_.num_samples) /
                                          static_cast<double>(num_members()))};
  }

  void finish_step(const FinishedStep& step) override {
    const at::NoGradGuard no_grad;
    int64_t* counters = counters_.mutable_data_ptr<int64_t>();
    if (!step.documents.empty()) {
      std::vector<double> kept;
      for (int64_t document : step.documents) {
        int64_t& made_at = made_at_.mutable_data_ptr<int64_t>()[document];
        kept.push_back(made_at < 0 ? 0.0 : options_.momentum);
        if (made_at < 0) members_.mutable_data_ptr<int64_t>()[counters[0]++] = document;
        made_at = counters[1];
      }
      const at::Tensor kept_M1 =
          at::tensor(at::ArrayRef<double>(kept), at::TensorOptions().dtype(at::kDouble))
              .to(embeddings_.options())
              .unsqueeze(1);
      const at::Tensor rows = row_indices(step.documents, embeddings_),
                       fresh = step.embeddings.to(embeddings_.options());
      const at::Tensor moved =
          embeddings_.index_select(0, rows).mul(kept_M1).add(fresh.mul(kept_M1.neg().add(1.0)));
      embeddings_.index_copy_(
          0, rows, moved.div(at::linalg_vector_norm(moved, 2, {1}, true).clamp_min(1e-12)));
    }
    ++counters[1];
  }

  NamedTensors state() const override {
    return {{"embeddings", embeddings_},
            {"members", members_},
            {"made_at", made_at_},
            {"counters", counters_}};
  }

 private:
  int64_t num_members() const { return counters_.const_data_ptr<int64_t>()[0]; }
  int64_t steps() const { return counters_.const_data_ptr<int64_t>()[1]; }

  MemoryBankOptions options_;
  at::Tensor embeddings_;  // [V, D]
  at::Tensor members_;     // [V] the documents that have an embedding, in the order of their first
  at::Tensor
      made_at_;  // [V] steps that had been finished when the document was last embedded, -1: never
  at::Tensor counters_;  // documents that have an embedding, steps finished
};

}  // namespace

std::unique_ptr<CandidateSource> make_memory_bank(const MemoryBankOptions& options,
                                                  const NegativesContext& context) {
  return std::make_unique<MemoryBank>(options, context);
}

}  // namespace twinset
