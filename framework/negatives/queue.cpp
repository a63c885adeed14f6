#include "framework/negatives/queue.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <unordered_set>

#include "framework/negatives/rows.h"
#include "framework/negatives/sample_positive.h"

namespace twinset {
namespace {

class Queue final : public CandidateSource {
 public:
  Queue(const QueueOptions& options, const NegativesContext& context)
      : options_(options),
        embeddings_(at::zeros({options.size, context.embedding_dim}, context.memory)),
        documents_(at::full({options.size}, -1, at::TensorOptions().dtype(at::kLong))),
        made_at_(at::zeros({options.size}, at::TensorOptions().dtype(at::kLong))),
        counters_(at::zeros({2}, at::TensorOptions().dtype(at::kLong))) {
    if (context.labels != nullptr) draw_probabilities_ = draw_probabilities(*context.labels);
    if (options.momentum == 0) return;
    if (!context.towers.make_momentum_tower) {
      throw ConfigError({.where = "negatives.momentum",
                         .what = "needs a copy of the document tower",
                         .expected = "NegativesContext::towers",
                         .todo = "hand it in, or set momentum to 0"});
    }
    tower_ = context.towers.make_momentum_tower(options.momentum);
  }

  ProposedColumns propose(const NegativesRequest& request, const std::vector<int64_t>&) override {
    ProposedColumns columns;
    const int64_t size = options_.size, num_pushed = pushed(),
                  num_entries = std::min(num_pushed, size);
    const int64_t *documents = documents_.const_data_ptr<int64_t>(),
                  *made_at = made_at_.const_data_ptr<int64_t>();
    draws_ = 0;
    std::vector<int64_t> slots;
    double age_sum = 0;
    if (steps() >= options_.start_step) {
      std::unordered_set<int64_t> seen;
      for (int64_t back = 1; back <= num_entries; ++back) {
        const int64_t slot = (num_pushed - back) % size;
        if (!seen.insert(documents[slot]).second) continue;
        slots.push_back(slot);
        columns.remembered.push_back(documents[slot]);
        age_sum += static_cast<double>(steps() - made_at[slot]);
      }
      if (num_entries > 0) {
        draws_ = static_cast<double>(steps() - made_at[(num_pushed - num_entries) % size]) *
                 static_cast<double>(request.samples->size());
      }
    }
    if (!slots.empty()) columns.embeddings = select_rows(embeddings_, slots);
    columns.statistics = {
        {"num_entries", static_cast<double>(num_entries)},
        {"age", slots.empty() ? 0.0 : age_sum / static_cast<double>(slots.size())}};
    return columns;
  }

  bool has_law() const override { return !draw_probabilities_.empty(); }
  InclusionLaw law(int64_t document) const override {
    if (draws_ == 0) return {};
    return {.per_step = -std::expm1(
                draws_ * std::log1p(-draw_probabilities_[static_cast<size_t>(document)]))};
  }

  void finish_step(const FinishedStep& step) override {
    const at::NoGradGuard no_grad;
    std::vector<int64_t> documents, rows;
    for (size_t k = 0; k < step.documents.size(); ++k) {
      if (!step.is_drawn[k]) continue;
      documents.push_back(step.documents[k]);
      rows.push_back(static_cast<int64_t>(k));
    }
    at::Tensor embeddings;
    if (tower_) {
      tower_->update();
      embeddings = tower_->embed(documents);
    } else if (!rows.empty()) {
      embeddings = select_rows(step.embeddings, rows);
    }
    // Of more than the queue holds, the last.
    const auto count = static_cast<int64_t>(documents.size()),
               first = std::max<int64_t>(0, count - options_.size);
    std::vector<int64_t> slots, kept;
    for (int64_t k = first; k < count; ++k) {
      const int64_t slot = (pushed() + k - first) % options_.size;
      slots.push_back(slot);
      kept.push_back(k);
      documents_.mutable_data_ptr<int64_t>()[slot] = documents[static_cast<size_t>(k)];
      made_at_.mutable_data_ptr<int64_t>()[slot] = steps();
    }
    if (!slots.empty())
      embeddings_.index_copy_(0, row_indices(slots, embeddings_),
                              select_rows(embeddings, kept).to(embeddings_.options()));
    counters_.mutable_data_ptr<int64_t>()[0] += count - first;
    counters_.mutable_data_ptr<int64_t>()[1] += 1;
  }

  NamedTensors state() const override {
    NamedTensors tensors = {{"embeddings", embeddings_},
                            {"documents", documents_},
                            {"made_at", made_at_},
                            {"counters", counters_}};
    if (tower_) {
      for (const auto& [name, tensor] : tower_->state())
        tensors.emplace_back("momentum." + name, tensor);
    }
    return tensors;
  }

 private:
  int64_t pushed() const { return counters_.const_data_ptr<int64_t>()[0]; }
  int64_t steps() const { return counters_.const_data_ptr<int64_t>()[1]; }

  QueueOptions options_;
  at::Tensor embeddings_;  // [size, D]
  at::Tensor documents_;   // [size]
  at::Tensor made_at_;     // [size] steps that had been finished when the entry was made
  at::Tensor counters_;    // entries ever pushed, steps finished
  std::vector<double> draw_probabilities_;
  std::unique_ptr<MomentumTower> tower_;
  double draws_ = 0;  // queries whose draws the proposed columns are
};

}  // namespace

std::unique_ptr<CandidateSource> make_queue(const QueueOptions& options,
                                            const NegativesContext& context) {
  return std::make_unique<Queue>(options, context);
}

}  // namespace twinset
