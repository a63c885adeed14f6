#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// Options of the stage `extract`.
struct ExtractOptions {
  Node provider;
  std::vector<std::string> splits = {"train", "val", "test"};
  int64_t max_products = 0;
  double max_failed_share = 0.05;
  int64_t min_answers = 50;

  template <class V>
  void visit(V&& v) {
    v("provider", provider,
      Field{.help = "who says the attributes, by name, with its options: "
                    "provider=catalog|recorded|wardrobe|http"});
    v("splits", splits, Field{.help = "splits of the data set"});
    v("max_products", max_products,
      Field{.help = "only the first of each split, for a trial; 0: all",
            .unit = "products",
            .min = 0});
    v("max_failed_share", max_failed_share,
      Field{.help = "products without a usable answer; more stop the run", .min = 0, .max = 1});
    v("min_answers", min_answers,
      Field{.help = "the share is looked at once so many answers are there",
            .unit = "products",
            .min = 1});
  }
};

/// Products to key-value attributes: extract/products.jsonl, extract/failed.jsonl (with the reason)
/// and extract/summary.json.
Stage extract_stage();

}  // namespace twinset::pinlanding
