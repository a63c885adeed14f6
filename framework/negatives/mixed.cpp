#include "framework/negatives/mixed.h"

#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "framework/negatives/builtin.h"
#include "framework/negatives/rows.h"
#include "framework/negatives/sample_positive.h"

namespace twinset {
namespace {

class Mix final : public Negatives {
 public:
  Mix(MixParts parts, const NegativesContext& context)
      : known_positives_(parts.known_positives),
        column_per_query_(parts.column_per_query),
        log_q_(parts.log_q, context) {
    TWINSET_CHECK(!column_per_query_ || parts.sources.empty(),
                  "repeated columns are in batch alone");
    for (auto& [name, source] : parts.sources) {
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
        throw ConfigError({.where = "negatives.sources",
                           .what = fmt::format("names '{}' twice", name),
                           .expected = "each source once"});
      }
      if (log_q_.needs_laws() && !source->has_law()) {
        throw ConfigError(
            {.where = "negatives.log_q.estimate",
             .what = fmt::format(
                 "is counts, but how likely '{}' chooses a document is not known beforehand", name),
             .todo = "set count_min_sketch, or leave the correction out"});
      }
      names_.push_back(name);
      sources_.push_back(std::move(source));
    }
  }

  DocumentPlan plan(const NegativesRequest& request) override {
    step_ = FinishedStep{.samples = *request.samples,
                         .queries = {},
                         .documents = {},
                         .is_drawn = {},
                         .embeddings = {}};
    const std::vector<int64_t> drawn = sample_positives(request);
    std::vector<ProposedColumns> proposals;
    for (const auto& source : sources_) proposals.push_back(source->propose(request, drawn));

    DocumentPlan plan;
    Candidates& candidates = plan.candidates;
    std::vector<int64_t> num_columns(sources_.size() + 1);
    int64_t num_merged = add_fresh(drawn, proposals, num_columns);
    plan.documents = step_.documents;
    candidates.documents = step_.documents;
    num_merged += add_remembered(proposals, num_columns, plan);

    classify_pairs(*request.labels, drawn, known_positives_, column_per_query_, candidates);
    log_q_.apply(static_cast<int64_t>(drawn.size()), sources_, column_per_query_, candidates);
    if (!sources_.empty()) add_statistics(proposals, num_columns, num_merged, candidates);
    candidate_documents_ = candidates.documents;
    return plan;
  }

  Candidates gather(DocumentPlan plan, const at::Tensor& queries_BD,
                    const at::Tensor& documents_MD) override {
    step_.queries = queries_BD.detach();
    step_.embeddings = documents_MD.detach();
    return Negatives::gather(std::move(plan), queries_BD, documents_MD);
  }

  void finish_step() override {
    for (const auto& source : sources_) source->finish_step(step_);
    log_q_.finish_step(candidate_documents_);
  }

  NamedTensors state() const override {
    NamedTensors tensors = log_q_.state();
    for (size_t s = 0; s < sources_.size(); ++s) {
      for (const auto& [name, tensor] : sources_[s]->state())
        tensors.emplace_back(names_[s] + "." + name, tensor);
    }
    return tensors;
  }

 private:
  // The documents to embed; returns how many were proposed more than once.
  int64_t add_fresh(const std::vector<int64_t>& drawn,
                    const std::vector<ProposedColumns>& proposals,
                    std::vector<int64_t>& num_columns) {
    std::vector<std::pair<int64_t, size_t>> entries;  // document, who proposed it: 0 is the batch
    for (int64_t document : drawn) {
      if (document >= 0) entries.emplace_back(document, 0);
    }
    for (size_t s = 0; s < proposals.size(); ++s) {
      for (int64_t document : proposals[s].documents) entries.emplace_back(document, s + 1);
    }
    const auto num_proposed = static_cast<int64_t>(entries.size());
    if (!column_per_query_) {
      std::sort(entries.begin(), entries.end());
      entries.erase(std::unique(entries.begin(), entries.end(),
                                [](const auto& a, const auto& b) { return a.first == b.first; }),
                    entries.end());
    }
    for (const auto& [document, proposer] : entries) {
      step_.documents.push_back(document);
      step_.is_drawn.push_back(proposer == 0);
      ++num_columns[proposer];
    }
    return num_proposed - static_cast<int64_t>(entries.size());
  }

  int64_t add_remembered(const std::vector<ProposedColumns>& proposals,
                         std::vector<int64_t>& num_columns, DocumentPlan& plan) const {
    std::unordered_set<int64_t> present(plan.documents.begin(), plan.documents.end());
    std::vector<at::Tensor> embeddings;
    int64_t num_merged = 0;
    for (size_t s = 0; s < proposals.size(); ++s) {
      std::vector<int64_t> rows;
      for (size_t r = 0; r < proposals[s].remembered.size(); ++r) {
        const int64_t document = proposals[s].remembered[r];
        if (!present.insert(document).second) {
          ++num_merged;
          continue;
        }
        rows.push_back(static_cast<int64_t>(r));
        plan.candidates.documents.push_back(document);
        ++num_columns[s + 1];
      }
      if (!rows.empty()) embeddings.push_back(select_rows(proposals[s].embeddings, rows));
    }
    if (!embeddings.empty()) plan.remembered = at::cat(embeddings);
    return num_merged;
  }

  void add_statistics(const std::vector<ProposedColumns>& proposals,
                      const std::vector<int64_t>& num_columns, int64_t num_merged,
                      Candidates& candidates) const {
    const auto total = static_cast<double>(std::max<size_t>(1, candidates.documents.size()));
    candidates.statistics.emplace_back("merged", static_cast<double>(num_merged));
    candidates.statistics.emplace_back("share.in_batch",
                                       static_cast<double>(num_columns[0]) / total);
    for (size_t s = 0; s < proposals.size(); ++s) {
      candidates.statistics.emplace_back("share." + names_[s],
                                         static_cast<double>(num_columns[s + 1]) / total);
      for (const auto& [name, value] : proposals[s].statistics)
        candidates.statistics.emplace_back(names_[s] + "." + name, value);
    }
  }

  KnownPositives known_positives_;
  bool column_per_query_;
  LogQ log_q_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<CandidateSource>> sources_;
  FinishedStep step_;                         // the step in progress
  std::vector<int64_t> candidate_documents_;  // its columns
};

}  // namespace

std::unique_ptr<Negatives> make_mix(MixParts parts, const NegativesContext& context) {
  return std::make_unique<Mix>(std::move(parts), context);
}

void MixedOptions::check_parts(const NegativesRegistry&, const std::string& path) const {
  const CandidateSourceRegistry known = builtin_candidate_sources();
  for (size_t s = 0; s < sources.size(); ++s)
    known.check_part(sources[s], fmt::format("{}.sources[{}]", path, s));
}

std::unique_ptr<Negatives> make_mixed(const MixedOptions& options,
                                      const NegativesContext& context) {
  const CandidateSourceRegistry known = builtin_candidate_sources();
  MixParts parts{.sources = {},
                 .known_positives = parse_known_positives(options.mix.known_positives),
                 .log_q = options.mix.log_q};
  for (size_t s = 0; s < options.sources.size(); ++s) {
    const Node& node = options.sources[s];
    const std::string path = fmt::format("negatives.sources[{}]", s);
    parts.sources.emplace_back(required_name(node, path, known.names()),
                               known.create_part(node, path, context));
  }
  return make_mix(std::move(parts), context);
}

}  // namespace twinset
