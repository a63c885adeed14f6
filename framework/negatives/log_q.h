#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"
#include "framework/negatives/count_min_sketch.h"

namespace twinset {

/// Options of the logQ correction, which every sampled strategy has.
struct LogQOptions {
  std::string estimate = "none";
  bool corrects_positives = false;
  int64_t sketch_width = 8192;
  int64_t sketch_depth = 4;

  template <class V>
  void visit(V&& v) {
    v("estimate", estimate,
      Field{.help = "how likely a document is a candidate: none (no correction), counts (from the "
                    "training labels and the "
                    "strategy's law), count_min_sketch (from the steps so far; also where there is "
                    "no law)",
            .choices = {"none", "counts", "count_min_sketch"}});
    v("corrects_positives", corrects_positives,
      Field{.help = "subtract log q from a row's own positives too; false is the refinement: they "
                    "are there for certain"});
    v("sketch_width", sketch_width,
      Field{.help = "counters a row; the error is at most 2.8 / width of all counts", .min = 1});
    v("sketch_depth", sketch_depth,
      Field{.help = "rows; the bound fails with probability exp(-depth)", .min = 1});
  }
};

/// Fills Candidates::log_q, with which a sampled softmax estimates the sum over all documents:
/// \f$ \ell'_{ij} = \ell_{ij} - \log q_j \f$, and
/// \f$ E\sum_{j \in S} e^{\ell_j} / q_j = \sum_j e^{\ell_j} \f$.
///
/// `counts`: with the laws of the sources and p_j of the drawn positives (sample_positive.h), for a
/// batch of B queries
/// \f$ q_j = 1 - (1 - p_j - \sum_s a_{sj})^B \prod_s (1 - b_{sj}) \f$ (a: per query, b: per step),
/// as if the batch were drawn with replacement. With one column a query: \f$ q_j = B p_j \f$, the
/// expected number of columns.
/// `count_min_sketch`: \f$ q_j = (c_j + 1) / (t + 1) \f$ with c_j steps of the t so far in which j
/// was a candidate; the present one counts too.
///
/// Source: Yi et al. 2019, "Sampling-bias-corrected neural modeling for large corpus item
/// recommendations", section 3;
/// the positive is left alone as in arXiv:2507.09331, whose weight 1 - P(positive) on a sum without
/// the positive gives the gradient of a sum that has it.
class LogQ {
 public:
  /// @throws ConfigError  counts without the training labels
  LogQ(const LogQOptions& options, const NegativesContext& context);
  bool is_enabled() const { return options_.estimate != "none"; }
  bool needs_laws() const { return options_.estimate == "counts"; }
  void apply(int64_t num_queries, const std::vector<std::unique_ptr<CandidateSource>>& sources,
             bool column_per_query, Candidates& candidates) const;
  /// @param documents  distinct documents that were candidates
  void finish_step(const std::vector<int64_t>& documents);
  NamedTensors state() const;

 private:
  LogQOptions options_;
  std::vector<double> draw_probabilities_;
  std::unique_ptr<CountMinSketch> sketch_;
  at::Tensor num_steps_;
};

}  // namespace twinset
