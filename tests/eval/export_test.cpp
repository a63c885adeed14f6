#include <ATen/core/Tensor.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "eval/evaluate.h"
#include "eval/export_embeddings.h"
#include "eval/npy.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/eval/myntra.h"
#include "tests/eval/random_embeddings.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using testing::random_embeddings;
using ::testing::ThrowsMessage;

class ExportEmbeddings : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("twinset_export_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(ExportEmbeddings, NpyReadsBackWhatWasWritten) {
  const std::vector<float> values = {1.5f, -2.0f, 3.25f, 0.0f, 1e-30f, 7.0f};
  write_npy(folder_ / "a.npy", values.data(), 2, 3);
  const FloatMatrix matrix = read_npy(folder_ / "a.npy");
  EXPECT_EQ(matrix.num_rows, 2);
  EXPECT_EQ(matrix.num_columns, 3);
  EXPECT_EQ(matrix.values, values);
  EXPECT_EQ(read_file(folder_ / "a.npy").find('\n'), 127u)
      << "values start at a multiple of 64 bytes";
}

TEST_F(ExportEmbeddings, NpyRefusesOtherContent) {
  const auto path = folder_ / "a.npy";
  write_file(path, "hello");
  EXPECT_THAT([&] { read_npy(path); },
              ThrowsMessage<DataError>(HasSubstr("has no .npy header of version 1.0")));
  const std::vector<float> values(6);
  write_npy(path, values.data(), 2, 3);
  std::string content = read_file(path);
  write_file(path, content.substr(0, content.size() - 4));
  EXPECT_THAT([&] { read_npy(path); },
              ThrowsMessage<DataError>(HasSubstr("holds 20 bytes of values for the shape [2, 3]")));
  write_file(path, content.replace(content.find("<f4"), 3, "<f8"));
  EXPECT_THAT([&] { read_npy(path); }, ThrowsMessage<DataError>(HasSubstr("'descr': '<f8'")));
}

TEST_F(ExportEmbeddings, RefusesNamesThatDoNotFitTheRows) {
  EmbeddingExport embeddings{.phrases = {"a: x"},
                             .attribute_embeddings = random_embeddings(2, 3, 1)};
  EXPECT_THAT(
      [&] { export_embeddings(embeddings, folder_); },
      ThrowsMessage<ShapeError>(HasSubstr(
          "the embeddings are [2, 3], expected [1, D], one row for each line of vocab.txt")));
  embeddings.phrases = {"a: x", "a: y\nz"};
  EXPECT_THAT([&] { export_embeddings(embeddings, folder_); },
              ThrowsMessage<DataError>(HasSubstr("holds a line break")));
}

// A python with numpy: the one in TWINSET_PYTHON, or python3.
std::string python_with_numpy() {
  const char* named = std::getenv("TWINSET_PYTHON");
  const std::string python = named != nullptr ? named : "python3";
  return std::system((python + " -c 'import numpy' 2>/dev/null").c_str()) == 0 ? python : "";
}

// Names of the reference scorer's numbers, and ours.
std::vector<std::pair<std::string, std::string>> reference_names(bool with_log_frequency) {
  const std::string products =
      with_log_frequency ? "product_to_attribute.log_frequency." : "product_to_attribute.";
  const std::string within = with_log_frequency ? "tuple_to_product.log_frequency.within_family."
                                                : "tuple_to_product.within_family.";
  std::vector<std::pair<std::string, std::string>> names = {
      {"mAP", products + "map"},
      {"a2p_P@10", "attribute_to_product.precision@10"},
      {"a2p_n", "attribute_to_product.num_attributes"},
      {"a2p_capP@10", "attribute_to_product.capped_precision@10"},
      {"a2p_cap_n", "attribute_to_product.num_attributes_capped"},
      {"combo_P@10", "tuple_to_product.sum.precision@10"},
      {"combo_capP@10", "tuple_to_product.sum.capped_precision@10"},
      {"combo_logp_P@10", within + "precision@10"},
      {"combo_logp_capP@10", within + "capped_precision@10"},
      {"combo_phrase_P@10", "tuple_to_product.phrase.precision@10"},
      {"combo_phrase_capP@10", "tuple_to_product.phrase.capped_precision@10"},
      {"combo_n", "tuple_to_product.num_tuples"},
      {"combo_ceiling_P@10", "tuple_to_product.ceiling.precision@10"}};
  for (const char* k : {"1", "5", "10"})
    names.emplace_back(std::string("hit@") + k, products + "hit@" + k);
  for (const char* k : {"5", "6", "10"})
    names.emplace_back(std::string("recall@") + k, products + "recall@" + k);
  for (const char* key :
       {"gender", "articleType", "baseColour", "season", "usage", "subCategory"}) {
    names.emplace_back(std::string("acc_") + key, products + "accuracy." + key);
  }
  return names;
}

// Embeddings that are partly right: each product near the sum of its attributes.
at::Tensor informed_embeddings(const SparsePairs& labels, const at::Tensor& attributes,
                               uint64_t seed) {
  at::Tensor products = random_embeddings(labels.num_rows(), attributes.size(1), seed);
  for (int64_t i = 0; i < labels.num_rows(); ++i) {
    for (const int64_t column : labels.row(i)) {
      for (int64_t d = 0; d < attributes.size(1); ++d) {
        products.data_ptr<float>()[i * attributes.size(1) + d] +=
            0.4f * attributes.data_ptr<float>()[column * attributes.size(1) + d];
      }
    }
  }
  return products;
}

TEST_F(ExportEmbeddings, ReferenceScorerAgreesOnEveryNumber) {
  const auto myntra = testing::read_myntra();
  if (!myntra) GTEST_SKIP() << testing::kNoMyntra;
  const std::string python = python_with_numpy();
  if (python.empty()) GTEST_SKIP() << "no python3 with numpy; name one in TWINSET_PYTHON";
  const auto data = testing::myntra_folder();
  const auto scorer = data / "../../reference/python_baseline/ref_eval.py";
  if (!std::filesystem::exists(scorer)) GTEST_SKIP() << scorer << " is not there";

  EvaluationOptions options;
  options.tuple_to_product.keys = {"articleType", "baseColour", "gender"};
  const auto all_tuples = tuples(myntra->labels, myntra->vocabulary, options.tuple_to_product.keys,
                                 options.tuple_to_product.least);
  ASSERT_EQ(all_tuples.size(), 34u);
  EvaluationInput input{.attribute_embeddings = random_embeddings(106, 24, 2),
                        .phrase_embeddings = random_embeddings(34, 24, 3),
                        .inverse_temperature = 12.5,
                        .labels = &myntra->labels,
                        .vocabulary = &myntra->vocabulary};
  input.product_embeddings = informed_embeddings(myntra->labels, input.attribute_embeddings, 1);
  const Metrics metrics = evaluate(input, options);

  EmbeddingExport exported{.phrases = myntra->vocabulary.phrases(),
                           .attribute_embeddings = input.attribute_embeddings,
                           .splits = {{"test", {}, input.product_embeddings}},
                           .inverse_temperature = input.inverse_temperature,
                           .tuple_embeddings = input.phrase_embeddings};
  for (int64_t i = 0; i < myntra->test.size(); ++i)
    exported.splits[0].ids.push_back(myntra->test.record(i).id);
  for (const AttributeTuple& tuple : all_tuples)
    exported.tuple_phrases.push_back(tuple_phrase(tuple, myntra->vocabulary));
  export_embeddings(exported, folder_);

  for (const bool with_log_frequency : {false, true}) {
    const std::string command = fmt::format(
        "'{}' '{}' --train '{}/myntra-train-*.tar' --split 'test={}/myntra-test-*.tar' --run '{}' "
        "--out '{}/out.json' "
        "{}",
        python, scorer.string(), data.string(), data.string(), folder_.string(), folder_.string(),
        with_log_frequency ? "--prior" : "");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    const auto reference =
        nlohmann::json::parse(read_file(folder_ / "out.json")).at("run").at("test");
    for (const auto& [theirs, ours] : reference_names(with_log_frequency)) {
      const double* value = find_metric(metrics, ours);
      ASSERT_NE(value, nullptr) << ours;
      EXPECT_NEAR(*value, reference.at(theirs).get<double>(), 1e-6) << ours;
    }
    for (const auto& [family, value] : reference.at("a2p_capP@10_by_key").items()) {
      const double* ours =
          find_metric(metrics, "attribute_to_product.family." + family + ".capped_precision@10");
      ASSERT_NE(ours, nullptr) << family;
      EXPECT_NEAR(*ours, value.get<double>(), 1e-6) << family;
    }
  }
}

}  // namespace
}  // namespace twinset
