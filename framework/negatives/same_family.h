#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"

namespace twinset {

/// Options of `same_family`.
struct SameFamilyOptions {
  int64_t num_per_query = 1;
  double exclusive_share = 0.95;

  template <class V>
  void visit(V&& v) {
    v("num_per_query", num_per_query,
      Field{.help = "documents drawn for each query", .unit = "documents", .min = 1});
    v("exclusive_share", exclusive_share,
      Field{.help = "a family is exclusive if at least this share of the training queries that "
                    "have a document of it has one only",
            .min = 0,
            .max = 1});
  }
};

/// Hard negatives from the vocabulary: for a query that drew "colour: red", other documents of the
/// family "colour" that are not true of it. Only of exclusive families, where another value is
/// false indeed: in others ("occasion") an unlabelled value is often true. Keyed by (seed, epoch,
/// sample). They are columns for all queries.
///
/// Law, per query: with family F of the drawn document and the query's true documents L,
/// \f$ a_j = P(F \ni j, j \notin L)\cdot\min(1, k / |F \setminus L|) \f$, the mean over the
/// training set.
/// @throws ConfigError without labels and families, or if no family is exclusive (names the
/// nearest)
std::unique_ptr<CandidateSource> make_same_family(const SameFamilyOptions& options,
                                                  const NegativesContext& context);

}  // namespace twinset
