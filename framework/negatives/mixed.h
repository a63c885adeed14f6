#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/options.h"
#include "framework/negatives/candidate_source.h"
#include "framework/negatives/classify_pairs.h"
#include "framework/negatives/log_q.h"

namespace twinset {

/// What every sampled strategy has beside its source.
struct MixOptions {
  std::string known_positives = "positive";
  LogQOptions log_q;

  template <class V>
  void visit(V&& v) {
    v("known_positives", known_positives,
      Field{.help = "what a true pair is that was not the one drawn: positive (a loss with one "
                    "target leaves it out of its "
                    "denominator), or excluded",
            .choices = {"positive", "excluded"}});
    v("log_q", log_q, Field{});
  }
};

/// Options of `mixed`.
struct MixedOptions {
  std::vector<Node> sources;
  MixOptions mix;

  template <class V>
  void visit(V&& v) {
    v("sources", sources,
      Field{.help = "where columns come from beside the batch: a list of sources, each by name "
                    "with its options"});
    mix.visit(v);
  }
  /// Reads every source's options, so that a mistake is told before anything runs.
  void check_parts(const NegativesRegistry& registry, const std::string& path) const;
};

/// A strategy of one source: the source's options and those that all have, in one map.
template <class SourceOptions>
struct SingleSourceOptions {
  SourceOptions source;
  MixOptions mix;

  template <class V>
  void visit(V&& v) {
    source.visit(v);
    mix.visit(v);
  }
};

/// What `make_mix` puts together.
struct MixParts {
  std::vector<std::pair<std::string, std::unique_ptr<CandidateSource>>> sources;  ///< by name
  KnownPositives known_positives = KnownPositives::kPositive;
  bool column_per_query = false;  ///< plain CLIP's columns, repeats kept; only without sources
  LogQOptions log_q;
};

/// The documents that the batch's queries drew, and the columns of any number of sources, as one
/// set of candidates.
///
/// First the documents to embed now, ascending, then the remembered ones. A document is one column:
/// where several sources propose it, an embedding with gradient stands before a remembered one, and
/// the first source of the list before the next. So no document counts twice, and none that is true
/// of a query is its negative, wherever it came from: the pairs of every column are read from the
/// label table.
///
/// Statistics: merged, columns left out as duplicates; share.in_batch and share.SOURCE, of the
/// candidates; SOURCE.NAME, what a source says. State: that of the sources under their names, and
/// the sketch of log q.
/// Distributed: the plan is the whole batch's, so every rank remembers the same.
/// @throws ConfigError a source named twice; log_q.estimate=counts with a source whose law is not
/// known
std::unique_ptr<Negatives> make_mix(MixParts parts, const NegativesContext& context);

/// `mixed`: sources from a list, of those of builtin.h.
std::unique_ptr<Negatives> make_mixed(const MixedOptions& options, const NegativesContext& context);

}  // namespace twinset
