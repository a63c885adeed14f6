// Which phrases of a family are one value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/pinlanding/curate/contexts.h"
#include "experiments/pinlanding/curate/families.h"
#include "framework/core/options.h"
#include "framework/retrieval/index.h"

namespace twinset::pinlanding {

struct MergeOptions {
  double similarity = 0.6;
  int64_t neighbours = 16;
  bool use_contexts = true;
  double agreement = 0.4;
  double disagreement = 0.1;
  double contained_agreement = 0.2;
  double confidence = 1.0;
  int64_t min_context_products = 15;
  double max_shared = 0.05;
  ContextOptions contexts;

  template <class V>
  void visit(V&& v) {
    v("similarity", similarity,
      Field{.help = "cosine of two phrases' embeddings from which on they are one value; the paper "
                    "states none",
            .min = -1,
            .max = 1});
    v("neighbours", neighbours, Field{.help = "nearest phrases that are looked at", .min = 1});
    v("use_contexts", use_contexts,
      Field{.help = "compare the titles of the products that carry two phrases"});
    v("agreement", agreement,
      Field{.help = "agreement of contexts from which on two phrases are one value whatever their "
                    "spelling; above 1: never"});
    v("disagreement", disagreement,
      Field{.help = "agreement below which two phrases are two values whatever their spelling"});
    v("contained_agreement", contained_agreement,
      Field{.help = "least agreement of a phrase with one that it begins or ends with, as 'nappa "
                    "leather' with 'leather'; where titles say nothing, it is one value"});
    v("confidence", confidence,
      Field{.help = "an agreement counts as that far on the unfavourable side",
            .unit = "standard errors",
            .min = 0});
    v("min_context_products", min_context_products,
      Field{.help = "a phrase on fewer has no context to speak of", .unit = "products", .min = 2});
    v("max_shared", max_shared,
      Field{.help = "in an exclusive family, two phrases that share more of the rarer one's "
                    "products are two values",
            .min = 0,
            .max = 1});
    v("contexts", contexts, Field{});
  }
};

/// The phrases of one family, the most frequent first (ties by phrase).
struct FamilyPhrases {
  std::string family;
  bool is_exclusive = true;
  std::vector<std::string> phrases;                   ///< [P]
  std::vector<const std::vector<int32_t>*> products;  ///< [P] ascending
};

/// Why a phrase was merged.
enum class MergeEvidence { kNone, kSpelling, kSynonyms, kContained, kSimilarity, kContext };
const char* evidence_name(MergeEvidence evidence);

struct MergeDecision {
  int64_t canonical =
      -1;  ///< index of the phrase that stands for it; itself if it stands for itself
  MergeEvidence evidence = MergeEvidence::kNone;
  double strength = 0;  ///< cosine or agreement
};

/// Gives each phrase a canonical one, in the order of frequency: the canonical phrase before it
/// with the strongest evidence, or itself. Evidence, the strongest kind first: the same letters
/// (`squashed`), a group of the synonym sheet, the cosine of embeddings, the agreement of contexts.
/// Against all of it: contexts that disagree, and, in an exclusive family, two phrases that stand
/// on the same products more often than `max_shared`. A phrase is compared with canonical ones
/// only, so no chain of small steps joins what is not alike.
///
/// @param embeddings  [P, dim] unit rows
/// @param index       over `embeddings`
/// @param features    titles, or null: no contexts
std::vector<MergeDecision> merge_phrases(const FamilyPhrases& family, FloatRows embeddings,
                                         const Index& index, const SynonymSheet& synonyms,
                                         const TitleFeatures* features,
                                         const MergeOptions& options);

}  // namespace twinset::pinlanding
