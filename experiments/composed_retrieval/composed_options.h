#pragma once

#include <string>
#include <vector>

#include "experiments/twinset/run_options.h"

namespace twinset {

/// What composed retrieval adds to the options of a run.
struct ComposedOptions {
  std::vector<std::string> queries = {"image", "text", "sum", "tirg"};
  std::vector<int64_t> seeds = {1};
  int64_t draws_per_image = 8;
  std::string split = "test";
  int64_t test_seed = 1;

  template <class V>
  void visit(V&& v) {
    v("queries", queries,
      Field{.help = "rows of the table, each trained: image or text alone, or both under a kind of "
                    "fusion",
            .choices = {"image", "text", "sum", "concat_mlp", "tirg"}});
    v("seeds", seeds,
      Field{.help = "of weights and order; every row is trained with each", .min = 0});
    v("draws_per_image", draws_per_image,
      Field{.help = "targets drawn for each source image before training; the published code draws "
                    "anew at each step",
            .min = 1});
    v("split", split, Field{.help = "that is judged", .choices = {"val", "test"}});
    v("test_seed", test_seed, Field{.help = "of the judged split's generated queries", .min = 0});
  }
};

/// A run whose queries are composed. Of RunOptions, `encoder` is the tower of source and target
/// images, `title_encoder` that of modification texts; `attribute_encoder`, `dataset.tuple_keys`,
/// `evaluation` (but its batch_size) have no say; `seed` draws the training pairs.
struct ComposedRunOptions : RunOptions {
  ComposedOptions composed;

  template <class V>
  void visit(V&& v) {
    RunOptions::visit(v);
    v("composed", composed, Field{});
  }
};

}  // namespace twinset
