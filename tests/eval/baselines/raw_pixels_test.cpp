// Raw pixels as a baseline, against loops that follow the stated rule.
#include "eval/baselines/raw_pixels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "eval/baselines/baselines.h"
#include "eval/subjects/pixel_subject.h"
#include "framework/data/resample.h"
#include "tests/framework/data/memory_dataset.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Row = std::vector<double>;

Row pixels_of(const Dataset& dataset, int64_t i) {
  const Image image = decode_image(dataset.image_bytes(i), dataset.place(i));
  uint8_t bytes[16 * 16 * 3];
  resample(image, {0, 0, image.width, image.height}, 16, false, bytes);
  return Row(std::begin(bytes), std::end(bytes));
}

Row unit(Row row) {
  double sum = 0;
  for (const double x : row) sum += x * x;
  for (double& x : row) x /= std::sqrt(sum);
  return row;
}

void fill(MemoryDataset& dataset, int64_t size, int seed) {
  for (int64_t i = 0; i < size; ++i) {
    Image image = golden_picture(20 + static_cast<int>(i) + seed, 24 + static_cast<int>(i % 3));
    for (size_t p = 0; p < image.pixels.size(); ++p)
      image.pixels[p] = static_cast<uint8_t>(image.pixels[p] / (1 + i % 3) + (i % 2) * 60);
    dataset.add({{"parity", i % 2 == 0 ? "even" : "odd"}, {"third", std::to_string(i % 3)}},
                encode_jpeg(image));
  }
}

struct Data {
  Data() {
    fill(train, 9, 0);
    fill(test, 4, 5);
    vocabulary = AttributeVocabulary::build(train, VocabularyOptions{.keys = {}, .min_count = 1});
  }
  MemoryDataset train, test;
  AttributeVocabulary vocabulary;
};

TEST(RawPixels, ScoreIsTheCosineWithTheMeanTrainingImageOfAnAttribute) {
  const Data data;
  Row mean(768);
  for (int64_t i = 0; i < 9; ++i) {
    const Row row = pixels_of(data.train, i);
    for (size_t d = 0; d < 768; ++d) mean[d] += row[d] / 9;
  }
  const auto direction = [&](const Dataset& dataset, int64_t i) {
    Row row = pixels_of(dataset, i);
    for (size_t d = 0; d < 768; ++d) row[d] -= mean[d];
    return unit(row);
  };
  const auto scores = make_raw_pixels(data.train, data.test, data.vocabulary);
  ASSERT_EQ(scores->num_columns(), 5);
  const ScoreBlock block = scores->rows(1, 3);
  for (int64_t column = 0; column < 5; ++column) {
    const std::string phrase = data.vocabulary.phrases()[static_cast<size_t>(column)];
    Row prototype(768);
    for (int64_t i = 0; i < 9; ++i) {
      for (const Attribute& attribute : data.train.record(i).attributes) {
        if (attribute.phrase() != phrase) continue;
        const Row row = direction(data.train, i);
        for (size_t d = 0; d < 768; ++d) prototype[d] += row[d];
      }
    }
    prototype = unit(prototype);
    for (int64_t i = 0; i < 3; ++i) {
      const Row row = direction(data.test, i + 1);
      double cosine = 0;
      for (size_t d = 0; d < 768; ++d) cosine += row[d] * prototype[d];
      EXPECT_NEAR(block.row(i)[static_cast<size_t>(column)], cosine, 1e-5) << phrase;
    }
  }
}

TEST(RawPixels, AProductWhoseImageCantBeReadScoresZeroAndOthersAsBefore) {
  Data data;
  const ScoreBlock whole = make_raw_pixels(data.train, data.test, data.vocabulary)->rows(0, 4);
  data.test.files[1].clear();
  const ScoreBlock block = make_raw_pixels(data.train, data.test, data.vocabulary)->rows(0, 4);
  for (size_t column = 0; column < 5; ++column) {
    EXPECT_EQ(block.row(1)[column], 0.0);
    for (const int64_t i : {0, 2, 3}) EXPECT_NEAR(block.row(i)[column], whole.row(i)[column], 1e-6);
  }
}

TEST(RawPixels, StandAmongTheBaselinesBesideChance) {
  const Data data;
  const SparsePairs labels = label_table(data.test, data.vocabulary);
  std::vector<std::string> names;
  for (const BaselineResult& baseline :
       evaluate_baselines(&data.train, data.test, {labels, data.vocabulary}, {})) {
    names.push_back(baseline.name);
    EXPECT_NE(find_metric(baseline.metrics, "attribute_to_product.capped_precision@10"), nullptr)
        << baseline.name;
  }
  EXPECT_THAT(names, ::testing::ElementsAre("random", "frequency prior", "raw pixels",
                                            "title keywords + prior", "BM25 over titles"));
}

TEST(RawPixels, HaveNoOtherTextsAndNeedTrainingImages) {
  Data data;
  const OpenSplit open = [&](const std::string& split) -> const Dataset& {
    return split == "train" ? data.train : data.test;
  };
  EXPECT_THAT(
      [&] {
        make_pixel_subject(open, data.vocabulary)->texts({"parity: even", "a red dress"});
      },
      ThrowsMessage<DataError>(HasSubstr("raw pixels have no embedding of 'a red dress'")));
  for (std::string& file : data.train.files) file.clear();
  EXPECT_THAT([&] { make_raw_pixels(data.train, data.test, data.vocabulary); },
              ThrowsMessage<DataError>(HasSubstr("no training image could be read")));
}

}  // namespace
}  // namespace twinset
