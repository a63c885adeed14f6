#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/pinlanding/assign/frequency_weight.h"
#include "framework/core/options.h"

namespace twinset::pinlanding {

struct ThresholdOptions {
  std::string criterion = "f1";
  double target_precision = 0.9;
  double kappa = 20.0;
  std::string shrink_to = "global";

  template <class V>
  void visit(V&& v) {
    v("criterion", criterion,
      Field{.help = "of a threshold on held-out labels", .choices = {"f1", "precision"}});
    v("target_precision", target_precision,
      Field{.help = "for the criterion precision", .min = 0, .max = 1});
    v("kappa", kappa,
      Field{.help = "labels that the common threshold counts as, against an attribute's own",
            .unit = "labels",
            .min = 0});
    v("shrink_to", shrink_to,
      Field{.help = "the common threshold: of all attributes or of the family's",
            .choices = {"global", "family"}});
  }
};

struct ExtractionEvidenceOptions {
  bool counts = false;
  double recall = 0.6;
  double false_rate = 0.02;

  template <class V>
  void visit(V&& v) {
    v("counts", counts,
      Field{.help = "what the extraction named of a product is evidence beside the encoder's "
                    "(assign/extraction_evidence.h)"});
    v("recall", recall,
      Field{.help = "share of a product's attributes that the extraction names",
            .max = 1,
            .above = 0});
    v("false_rate", false_rate,
      Field{.help = "share of the attributes that a product has not which it names; below recall",
            .max = 1,
            .above = 0});
  }
};

struct AssignOptions {
  std::string split = "val";
  std::string score = "vocabulary_softmax";
  FrequencyWeightOptions frequency_weight;
  ThresholdOptions threshold;
  std::string calibration = "isotonic";
  std::string unlabelled = "applicable";
  std::string group_family = "category";
  std::vector<std::string> several_values = {"season", "material", "detail", "occasion"};
  ExtractionEvidenceOptions extraction;
  double min_confidence = 0.0;
  int64_t partition_products = 2048;
  std::vector<int64_t> partitions = {};
  bool write_embeddings = true;
  int64_t queue_batches = 4;
  std::string truth;
  std::string synonyms = "none";

  template <class V>
  void visit(V&& v) {
    v("split", split,
      Field{.help = "split whose curated labels thresholds and confidences are learned from",
            .choices = {"train", "val", "test"}});
    v("score", score,
      Field{.help = "similarity: cosine x inverse temperature; or its log-softmax over all "
                    "attributes, or over those of the family",
            .choices = {"similarity", "vocabulary_softmax", "family_softmax"}});
    v("frequency_weight", frequency_weight, Field{});
    v("threshold", threshold, Field{});
    v("calibration", calibration,
      Field{.help = "scores to confidences, by family", .choices = {"isotonic", "platt"}});
    v("unlabelled", unlabelled,
      Field{.help = "what a missing label counts as (assign/label_weights.h)",
            .choices = {"all", "labelled", "applicable"}});
    v("group_family", group_family,
      Field{.help = "family whose value says which families apply, for unlabelled: applicable"});
    v("several_values", several_values,
      Field{.help = "families of which a product may have several values; of any other the best "
                    "only is kept"});
    v("extraction", extraction, Field{});
    v("min_confidence", min_confidence,
      Field{.help = "attributes below are dropped", .min = 0, .max = 1});
    v("partition_products", partition_products,
      Field{.help = "of a partition, a multiple of evaluation.batch_size",
            .unit = "products",
            .min = 1});
    v("partitions", partitions,
      Field{.help = "[first, last] partitions to write, both included, beside other processes that "
                    "write others; empty: all"});
    v("write_embeddings", write_embeddings,
      Field{.help = "write each partition's product embeddings as .npy too"});
    v("queue_batches", queue_batches,
      Field{.help = "embedded batches that may wait to be scored", .unit = "batches", .min = 1});
    v("truth", truth,
      Field{.help = "JSON lines of true attributes to report precision against; empty: none"});
    v("synonyms", synonyms,
      Field{.help = "of true values: none, wardrobe, or a file, as for the stage judge"});
  }
};

}  // namespace twinset::pinlanding
