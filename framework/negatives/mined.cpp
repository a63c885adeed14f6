#include "framework/negatives/mined.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vecdot.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "framework/negatives/rows.h"
#include "framework/retrieval/builtin.h"

namespace twinset {
namespace {

class Mined final : public CandidateSource {
 public:
  Mined(const MinedOptions& options, const NegativesContext& context)
      : options_(options),
        embed_(context.towers.embed),
        queries_(at::zeros({context.num_samples, context.embedding_dim}, context.memory)),
        is_known_(at::zeros({context.num_samples}, at::TensorOptions().dtype(at::kLong))),
        documents_(at::zeros({context.num_documents, context.embedding_dim}, context.memory)),
        counters_(at::tensor({int64_t{0}, int64_t{-1}}, at::TensorOptions().dtype(at::kLong))) {
    if (!embed_ || context.num_samples == 0) {
      throw ConfigError({.where = "negatives",
                         .what = "mined embeds all documents and remembers all queries",
                         .expected = "NegativesContext::towers and num_samples"});
    }
    if (options.depth <= options.skip_top) {
      throw ConfigError({.where = "negatives.depth",
                         .what = fmt::format("is {}", options.depth),
                         .expected = fmt::format("more than skip_top ({})", options.skip_top)});
    }
    register_builtin_indexes(indexes_);
    indexes_.check(options.index);
  }

  ProposedColumns propose(const NegativesRequest& request,
                          const std::vector<int64_t>& drawn) override {
    ProposedColumns columns;
    std::vector<int64_t> rows, samples, targets;
    for (size_t i = 0; i < drawn.size() && refreshed_at() >= 0; ++i) {
      const int64_t sample = (*request.samples)[i];
      if (drawn[i] < 0 || is_known_.const_data_ptr<int64_t>()[sample] == 0) continue;
      rows.push_back(static_cast<int64_t>(i));
      samples.push_back(sample);
      targets.push_back(drawn[i]);
    }
    int64_t num_filtered = 0;
    if (!rows.empty()) {
      const at::Tensor queries_RD = select_rows(queries_, samples);
      const at::Tensor limits_R = at::linalg_vecdot(queries_RD, select_rows(documents_, targets))
                                      .mul(options_.positive_margin)
                                      .to(at::kCPU, at::kDouble);
      const SearchHits hits = search(queries_RD);
      for (size_t r = 0; r < rows.size(); ++r) {
        const auto row = static_cast<int64_t>(r);
        num_filtered +=
            mine(request.labels->row(rows[r]), hits.documents_of(row), hits.scores_of(row),
                 limits_R.const_data_ptr<double>()[r], columns.documents);
      }
    }
    const auto queries = static_cast<double>(std::max<size_t>(1, drawn.size()));
    columns.statistics = {
        {"found_per_query", static_cast<double>(columns.documents.size()) / queries},
        {"filtered_per_query", static_cast<double>(num_filtered) / queries},
        {"index_age", refreshed_at() < 0 ? 0.0 : static_cast<double>(steps() - refreshed_at())}};
    return columns;
  }

  void finish_step(const FinishedStep& step) override {
    const at::NoGradGuard no_grad;
    queries_.index_copy_(0, row_indices(step.samples, queries_),
                         step.queries.to(queries_.options()));
    for (int64_t sample : step.samples) is_known_.mutable_data_ptr<int64_t>()[sample] = 1;
    int64_t* counters = counters_.mutable_data_ptr<int64_t>();
    ++counters[0];
    if (steps() < options_.start_step ||
        (refreshed_at() >= 0 && steps() - refreshed_at() < options_.refresh_every))
      return;
    std::vector<int64_t> all(static_cast<size_t>(documents_.size(0)));
    std::iota(all.begin(), all.end(), 0);
    documents_.copy_(embed_(all));
    counters[1] = counters[0];
  }

  NamedTensors state() const override {
    return {{"queries", queries_},
            {"is_known", is_known_},
            {"documents", documents_},
            {"counters", counters_}};
  }

 private:
  // The index is made when it is first needed after a refresh, or after the state was loaded.
  SearchHits search(const at::Tensor& queries_RD) {
    const auto rows_of = [](const at::Tensor& matrix) {
      return FloatRows{.values = matrix.const_data_ptr<float>(),
                       .num_rows = matrix.size(0),
                       .dim = matrix.size(1)};
    };
    if (indexed_at_ != refreshed_at()) {
      index_ = nullptr;
      indexed_ = documents_.to(at::kCPU, at::kFloat, /*non_blocking=*/false, /*copy=*/true);
      index_ = indexes_.create(options_.index, rows_of(indexed_));
      indexed_at_ = refreshed_at();
    }
    const at::Tensor queries = queries_RD.to(at::kCPU, at::kFloat).contiguous();
    return index_->search(rows_of(queries), std::min(options_.depth, documents_.size(0)));
  }

  // Appends one query's hard negatives; returns how many the margin kept out.
  int64_t mine(std::span<const int64_t> truth, std::span<const int64_t> nearest,
               std::span<const float> scores, double limit, std::vector<int64_t>& mined) const {
    int64_t num_skipped = 0, num_filtered = 0, num_mined = 0;
    for (size_t k = 0; k < nearest.size() && nearest[k] >= 0 && num_mined < options_.num_per_query;
         ++k) {
      if (std::binary_search(truth.begin(), truth.end(), nearest[k]) ||
          num_skipped++ < options_.skip_top)
        continue;
      if (options_.positive_margin > 0 && static_cast<double>(scores[k]) >= limit) {
        ++num_filtered;
        continue;
      }
      mined.push_back(nearest[k]);
      ++num_mined;
    }
    return num_filtered;
  }

  int64_t steps() const { return counters_.const_data_ptr<int64_t>()[0]; }
  int64_t refreshed_at() const { return counters_.const_data_ptr<int64_t>()[1]; }

  MinedOptions options_;
  std::function<at::Tensor(const std::vector<int64_t>&)> embed_;
  at::Tensor queries_;    // [num_samples, D] as they were when last in a batch
  at::Tensor is_known_;   // [num_samples] 1 for those that ever were
  at::Tensor documents_;  // [V, D] what is indexed
  at::Tensor counters_;   // steps finished; steps that had been finished when the index was made,
                          // -1: none yet
  IndexRegistry indexes_{"negatives.index"};
  at::Tensor indexed_;  // the documents that the index reads
  std::unique_ptr<Index> index_;
  int64_t indexed_at_ = -1;  // refreshed_at() of the index
};

}  // namespace

std::unique_ptr<CandidateSource> make_mined(const MinedOptions& options,
                                            const NegativesContext& context) {
  return std::make_unique<Mined>(options, context);
}

}  // namespace twinset
