#include "experiments/pinlanding/curate/phrase_embedder.h"

#include <ATen/core/Tensor.h>
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <unordered_map>

#include "eval/npy.h"
#include "experiments/pinlanding/curate/phrase_ngrams.h"
#include "experiments/twinset/run_evaluation.h"
#include "experiments/twinset/sweep_results.h"
#include "framework/checkpoints/training_state.h"

namespace twinset::pinlanding {
namespace {

class HashedNgrams : public PhraseEmbedder {
 public:
  explicit HashedNgrams(const HashedNgramsOptions& options) : options_(options) {}
  PhraseEmbeddings embed(const std::string&, const std::vector<std::string>& phrases) override {
    return {options_.dim, hashed_ngrams(phrases, options_)};
  }

 private:
  HashedNgramsOptions options_;
};

void require(const std::string& value, const std::string& key, const std::string& expected) {
  if (value.empty())
    throw ConfigError(
        {.where = "curate.embedding." + key, .what = "is not set", .expected = expected});
}

class Tower : public PhraseEmbedder {
 public:
  Tower(const TowerEmbedderOptions& options, const Plugins& plugins) {
    require(options.run, "run", "the folder of a finished run");
    options_ = read_options<RunOptions>(read_run_config(options.run), "");
    data_ = load_run_data(options_, plugins, options.run);
    model_ = make_run_model(options_, data_, plugins);
    load_state(std::filesystem::path(options.run) / "model.safetensors",
               model_state(model_.encoders, *model_.loss));
  }

  PhraseEmbeddings embed(const std::string& family,
                         const std::vector<std::string>& phrases) override {
    std::vector<std::string> texts;
    for (const std::string& phrase : phrases) texts.push_back(Attribute{family, phrase}.phrase());
    const at::Tensor rows = embed_phrases(options_, data_, model_, texts).contiguous();
    const float* values = rows.data_ptr<float>();
    return {rows.size(1), std::vector<float>(values, values + rows.numel())};
  }

 private:
  RunOptions options_;
  RunData data_;
  RunModel model_;
};

class Vectors : public PhraseEmbedder {
 public:
  explicit Vectors(const VectorsEmbedderOptions& options) : options_(options) {
    require(options.vectors, "vectors", "a .npy file");
    require(options.phrases, "phrases", "a text file");
    matrix_ = read_npy(options.vectors);
    std::ifstream lines(options.phrases);
    if (!lines)
      throw DataError(
          {.where = options.phrases, .what = "can't be read", .expected = "a phrase a line"});
    int64_t number = 0;
    for (std::string line; std::getline(lines, line);) row_of_[line] = number++;
    if (number != matrix_.num_rows) {
      throw DataError({.where = options.phrases,
                       .what = fmt::format("has {} lines for the {} rows of {}", number,
                                           matrix_.num_rows, options.vectors),
                       .expected = "a line a row"});
    }
  }

  PhraseEmbeddings embed(const std::string& family,
                         const std::vector<std::string>& phrases) override {
    PhraseEmbeddings result{matrix_.num_columns, {}};
    for (const std::string& phrase : phrases) {
      const auto found = row_of_.find(Attribute{family, phrase}.phrase());
      if (found == row_of_.end()) {
        throw DataError(
            {.where = options_.phrases,
             .what = fmt::format("has no line '{}'", Attribute{family, phrase}.phrase()),
             .expected = "every phrase of curate/phrases.txt",
             .todo = "embed that file again"});
      }
      const float* row = matrix_.values.data() + found->second * matrix_.num_columns;
      double norm = 0;
      for (int64_t d = 0; d < matrix_.num_columns; ++d)
        norm += static_cast<double>(row[d]) * row[d];
      norm = std::sqrt(norm);
      for (int64_t d = 0; d < matrix_.num_columns; ++d)
        result.values.push_back(static_cast<float>(norm > 0 ? row[d] / norm : 0));
    }
    return result;
  }

 private:
  VectorsEmbedderOptions options_;
  FloatMatrix matrix_;
  std::unordered_map<std::string, int64_t> row_of_;
};

}  // namespace

PhraseEmbedderRegistry phrase_embedders() {
  PhraseEmbedderRegistry registry("curate.embedding");
  registry.add<HashedNgramsOptions>("hashed_ngrams",
                                    "character n-grams and words, hashed; needs no model",
                                    [](const HashedNgramsOptions& options, const Plugins&) {
                                      return std::make_unique<HashedNgrams>(options);
                                    });
  registry.add<TowerEmbedderOptions>(
      "tower", "the attribute tower of a finished run",
      [](const TowerEmbedderOptions& options, const Plugins& plugins) {
        return std::make_unique<Tower>(options, plugins);
      });
  registry.add<VectorsEmbedderOptions>("vectors", "a file of embeddings that any model made",
                                       [](const VectorsEmbedderOptions& options, const Plugins&) {
                                         return std::make_unique<Vectors>(options);
                                       });
  return registry;
}

}  // namespace twinset::pinlanding
