// From what a model said to a vocabulary: the steps in order, without files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/pinlanding/curate/affixes.h"
#include "experiments/pinlanding/curate/merge.h"
#include "experiments/pinlanding/curate/phrase_embedder.h"
#include "experiments/pinlanding/curate/review.h"

namespace twinset::pinlanding {

struct CurateOptions {
  int64_t min_count = 10;
  AffixOptions affixes;
  Node embedding;
  Node index;
  MergeOptions merge;
  std::string families = "configs/pinlanding/families.yaml";
  std::string synonyms = "configs/pinlanding/synonyms.yaml";
  std::string judge_answers;
  Node judge_model;

  template <class V>
  void visit(V&& v) {
    v("min_count", min_count,
      Field{.help = "a phrase on fewer is dropped, unless it is another spelling of one that "
                    "stays; the paper states no number",
            .unit = "products",
            .min = 1});
    v("affixes", affixes, Field{});
    v("embedding", embedding,
      Field{.help = "what embeds phrases: hashed_ngrams, tower or vectors, with its options"});
    v("index", index, Field{.help = "index that finds the nearest phrases (configs/index)"});
    v("merge", merge, Field{});
    v("families", families, Field{.help = "YAML file of what is known of families; empty: none"});
    v("synonyms", synonyms, Field{.help = "YAML file of synonyms; empty: none"});
    v("judge_answers", judge_answers,
      Field{.help = "JSON lines of a judge model's decisions, which those of review.tsv overrule; "
                    "empty: none"});
    v("judge_model", judge_model,
      Field{.help = "language model that is asked about every merge, instead (configs/chat/"
                    "merges.yaml); null: none"});
  }
};

/// What becomes of a phrase in one spelling.
struct CuratedForm {
  int64_t base = -1;            ///< form without affixes
  std::string canonical;        ///< value; empty: dropped
  const char* reason = "kept";  ///< kept, merged, rare, rejected
};

/// A phrase that was merged or kept, as the review sheet shows it.
struct Proposal {
  PhraseKey key;
  int64_t count = 0;
  std::string value;
  MergeEvidence evidence = MergeEvidence::kNone;
  double strength = 0;
};

struct Curation {
  std::vector<CuratedForm> forms;                        ///< [extracted.forms]
  std::vector<Proposal> proposals;                       ///< by family, then frequency
  std::map<PhraseKey, std::vector<int32_t>> vocabulary;  ///< value to its products, ascending
  Affixes affixes;
};

/// What curation needs beside the phrases.
struct CurateKnowledge {
  FamilySheet families;
  SynonymSheet synonyms;
  Decisions decisions;  ///< of people and judges together
};

/// Strips affixes, drops phrases that are rare, merges those that are one value, applies decisions.
Curation curate(const ExtractedAttributes& extracted, const CurateKnowledge& knowledge,
                const CurateOptions& options, PhraseEmbedder& embedder,
                const IndexRegistry& indexes);

}  // namespace twinset::pinlanding
