#include "experiments/pinlanding/curate/merge.h"

#include <algorithm>
#include <optional>

#include "experiments/pinlanding/curate/normalise.h"

namespace twinset::pinlanding {
namespace {

int64_t size_of_intersection(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  int64_t count = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) ++count;
    const bool step_a = a[i] <= b[j], step_b = b[j] <= a[i];
    i += step_a;
    j += step_b;
  }
  return count;
}

// "wool blend" begins with "wool", "nappa leather" ends with "leather".
bool contains_phrase(const std::string& longer, const std::string& shorter) {
  return longer.starts_with(shorter + " ") || longer.ends_with(" " + shorter);
}

class Merger {
 public:
  Merger(const FamilyPhrases& family, FloatRows embeddings, const SynonymSheet& synonyms,
         const TitleFeatures* features, const MergeOptions& options)
      : family_(family), embeddings_(embeddings), synonyms_(synonyms), options_(options) {
    if (features != nullptr && options.use_contexts)
      contexts_.emplace(family.products, *features, options.contexts);
  }

  // The evidence that phrase b is canonical phrase a.
  MergeDecision judge(int64_t b, int64_t a, bool is_neighbour) const {
    const MergeDecision none;
    if (family_.is_exclusive && shares_products(b, a)) return none;
    const std::optional<Agreement> contexts = compare_contexts(b, a);
    const double margin = contexts ? options_.confidence * contexts->deviation : 0;
    if (contexts && contexts->value + margin < options_.disagreement) return none;
    const std::string &first = phrase(b), &second = phrase(a);
    if (spelling_key(first) == spelling_key(second)) return {a, MergeEvidence::kSpelling, 1};
    if (synonyms_.are_synonyms(family_.family, first, second))
      return {a, MergeEvidence::kSynonyms, 1};
    if (contains_phrase(first, second) &&
        (!contexts || contexts->value >= options_.contained_agreement)) {
      return {a, MergeEvidence::kContained,
              static_cast<double>(second.size()) / static_cast<double>(first.size())};
    }
    if (is_neighbour) {
      const double cosine = dot(b, a);
      if (cosine >= options_.similarity) return {a, MergeEvidence::kSimilarity, cosine};
    }
    if (contexts && contexts->value - margin >= options_.agreement)
      return {a, MergeEvidence::kContext, contexts->value};
    return none;
  }

 private:
  const std::string& phrase(int64_t i) const { return family_.phrases[static_cast<size_t>(i)]; }
  const std::vector<int32_t>& products(int64_t i) const {
    return *family_.products[static_cast<size_t>(i)];
  }

  bool shares_products(int64_t b, int64_t a) const {
    const auto rarer = static_cast<double>(std::min(products(a).size(), products(b).size()));
    return static_cast<double>(size_of_intersection(products(a), products(b))) >
           std::max(1.0, options_.max_shared * rarer);
  }

  std::optional<Agreement> compare_contexts(int64_t b, int64_t a) const {
    const auto least = static_cast<size_t>(options_.min_context_products);
    if (!contexts_ || products(b).size() < least || products(a).size() < least ||
        !contexts_->is_telling(a))
      return std::nullopt;
    return contexts_->mutual_agreement(b, a);
  }

  double dot(int64_t a, int64_t b) const {
    double sum = 0;
    for (int64_t d = 0; d < embeddings_.dim; ++d)
      sum += static_cast<double>(embeddings_.row(a)[d]) * embeddings_.row(b)[d];
    return sum;
  }

  const FamilyPhrases& family_;
  FloatRows embeddings_;
  const SynonymSheet& synonyms_;
  const MergeOptions& options_;
  std::optional<FamilyContexts> contexts_;
};

bool is_stronger(const MergeDecision& a, const MergeDecision& b) {
  if (b.canonical < 0) return a.canonical >= 0;
  if (a.evidence != b.evidence)
    return a.evidence != MergeEvidence::kNone && a.evidence < b.evidence;
  return a.strength > b.strength;
}

}  // namespace

const char* evidence_name(MergeEvidence evidence) {
  switch (evidence) {
    case MergeEvidence::kSpelling:
      return "spelling";
    case MergeEvidence::kSynonyms:
      return "synonyms";
    case MergeEvidence::kContained:
      return "contained";
    case MergeEvidence::kSimilarity:
      return "similarity";
    case MergeEvidence::kContext:
      return "context";
    case MergeEvidence::kNone:
      break;
  }
  return "none";
}

std::vector<MergeDecision> merge_phrases(const FamilyPhrases& family, FloatRows embeddings,
                                         const Index& index, const SynonymSheet& synonyms,
                                         const TitleFeatures* features,
                                         const MergeOptions& options) {
  const auto count = static_cast<int64_t>(family.phrases.size());
  const Merger merger(family, embeddings, synonyms, features, options);
  const SearchHits near = index.search(embeddings, std::min(options.neighbours + 1, count));
  std::vector<MergeDecision> decisions(static_cast<size_t>(count));
  std::vector<int64_t> canonical;
  for (int64_t b = 0; b < count; ++b) {
    const auto neighbours = near.documents_of(b);
    MergeDecision best;
    for (const int64_t a : canonical) {
      const bool is_neighbour =
          std::find(neighbours.begin(), neighbours.end(), a) != neighbours.end();
      const MergeDecision decision = merger.judge(b, a, is_neighbour);
      if (decision.canonical >= 0 && is_stronger(decision, best)) best = decision;
    }
    if (best.canonical < 0) {
      best.canonical = b;
      canonical.push_back(b);
    }
    decisions[static_cast<size_t>(b)] = best;
  }
  return decisions;
}

}  // namespace twinset::pinlanding
