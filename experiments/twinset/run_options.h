#pragma once

#include <optional>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/byte_pair_tokenizer.h"
#include "framework/data/loader.h"
#include "framework/data/transform.h"
#include "framework/data/vocabulary.h"
#include "framework/distributed/communicator.h"
#include "framework/encoders/product_encoder.h"
#include "framework/trainer/trainer.h"

namespace twinset {

/// Which data a run sees.
struct DatasetOptions {
  Node reader;
  VocabularyOptions vocabulary;
  std::vector<std::string> tuple_keys;

  template <class V>
  void visit(V&& v) {
    v("reader", reader, Field{.help = "the data set's reader, by name, with its options"});
    v("vocabulary", vocabulary, Field{});
    v("tuple_keys", tuple_keys,
      Field{.help = "families whose combinations are searched for; empty: no tuple protocol"});
  }
};

/// What is evaluated at the end of a run.
struct EvaluationOptionsOfRun {
  std::string select = "last";
  std::string best_metric = "product_to_attribute.map";
  bool mirror = false;
  std::string inputs = "both";
  bool export_embeddings = false;
  int64_t batch_size = 256;
  int64_t min_products_per_tuple = 5;

  template <class V>
  void visit(V&& v) {
    v("select", select,
      Field{.help = "weights that are evaluated: the last, or the best by validation",
            .choices = {"last", "best"}});
    v("best_metric", best_metric,
      Field{.help = "validation metric that decides which weights are best"});
    v("mirror", mirror,
      Field{.help = "embed each image and its mirror image, and take the mean direction"});
    v("inputs", inputs,
      Field{.help = "what of a product is embedded; image: titles are emptied, title: images are "
                    "the mean colour. Shows what leaks",
            .choices = {"both", "image", "title"}});
    v("export_embeddings", export_embeddings,
      Field{.help = "write embeddings as .npy files beside the result"});
    v("batch_size", batch_size, Field{.help = "of embedding", .unit = "products", .min = 1});
    v("min_products_per_tuple", min_products_per_tuple,
      Field{.help = "rarer tuples are left out", .unit = "products", .min = 1});
  }
};

/// What a frozen model, or a judge, knows of the training data; for losses that ask for it.
struct TeacherOptions {
  std::optional<std::string> embeddings;
  std::optional<std::string> positive_weights;
  double default_weight = 1.0;

  template <class V>
  void visit(V&& v) {
    v("embeddings", embeddings,
      Field{.help = "folder of a teacher's embeddings, as evaluation.export_embeddings writes them "
                    "for the split train; null: none"});
    v("positive_weights", positive_weights,
      Field{.help = "file of lines 'product id<TAB>phrase<TAB>weight': how relevant a true "
                    "attribute is, > 0; null: none"});
    v("default_weight", default_weight,
      Field{.help = "of true attributes that have no line", .above = 0});
  }
};

/// A whole run, as `configs/config.yaml` lays it out. The plug-ins' own options stay nodes until
/// their factories read them.
struct RunOptions {
  int64_t seed = 1;
  int64_t embedding_dim = 128;
  int64_t title_length = 24;
  int64_t attribute_length = 16;
  DatasetOptions dataset;
  Node encoder, title_encoder, attribute_encoder, negatives, loss, optimizer, schedule;
  TeacherOptions teacher;
  FusionOptions fusion;
  BytePairOptions tokenizer;
  TransformOptions transform;
  LoaderOptions loader;
  TrainerOptions trainer;
  DistributedOptions distributed;
  EvaluationOptionsOfRun evaluation;

  template <class V>
  void visit(V&& v) {
    v("seed", seed, Field{.help = "of weights, order and augmentation", .min = 0});
    v("embedding_dim", embedding_dim, Field{.help = "width of the common space", .min = 1});
    v("title_length", title_length,
      Field{.help = "longer titles are cut", .unit = "tokens", .min = 3});
    v("attribute_length", attribute_length,
      Field{.help = "longer phrases are cut", .unit = "tokens", .min = 3});
    v("dataset", dataset, Field{});
    v("encoder", encoder, Field{.help = "image tower of a product; none: titles only"});
    v("title_encoder", title_encoder, Field{.help = "title tower of a product; none: images only"});
    v("attribute_encoder", attribute_encoder, Field{.help = "tower of attribute phrases"});
    v("fusion", fusion, Field{});
    v("negatives", negatives, Field{.help = "where candidates come from"});
    v("loss", loss, Field{.help = "what is minimised"});
    v("teacher", teacher, Field{});
    v("optimizer", optimizer, Field{.help = "how weights are updated"});
    v("schedule", schedule, Field{.help = "learning rate over the run"});
    v("tokenizer", tokenizer, Field{});
    v("transform", transform, Field{});
    v("loader", loader, Field{});
    v("trainer", trainer, Field{});
    v("distributed", distributed, Field{});
    v("evaluation", evaluation, Field{});
  }
};

}  // namespace twinset
