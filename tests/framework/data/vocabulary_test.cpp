#include "framework/data/vocabulary.h"

#include <gmock/gmock.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/framework/data/memory_dataset.h"
#include "tests/framework/data/temporary_folder.h"

namespace twinset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void fill(MemoryDataset& dataset) {
  dataset.add({{"colour", "red"}, {"type", "dress"}});
  dataset.add({{"colour", "blue"}, {"type", "dress"}, {"type", "dress"}});
  dataset.add({{"type", "top"}, {"colour", "red"}, {"colour", "blue"}});
  dataset.add({{"colour", "Red"}, {"season", "fall"}});
}

std::string vocabulary_error(const MemoryDataset& dataset, const VocabularyOptions& options) {
  try {
    AttributeVocabulary::build(dataset, options);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(AttributeVocabulary, OrdersByKeyThenByteValue) {
  MemoryDataset dataset;
  fill(dataset);
  const auto vocabulary =
      AttributeVocabulary::build(dataset, {.keys = {"type", "colour"}, .min_count = 1});
  EXPECT_THAT(vocabulary.phrases(), ElementsAre("type: dress", "type: top", "colour: Red",
                                                "colour: blue", "colour: red"));
  EXPECT_THAT(vocabulary.families(), ElementsAre("type", "colour"));
  EXPECT_THAT(vocabulary.family_of(), ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(vocabulary.counts(), ElementsAre(2, 1, 1, 2, 2));
  EXPECT_EQ(vocabulary.num_products(), 4);
  EXPECT_EQ(vocabulary.find("colour: blue"), 3);
  EXPECT_EQ(vocabulary.find("colour: green"), -1);
}

TEST(AttributeVocabulary, WithoutKeysTakesAllSorted) {
  MemoryDataset dataset;
  fill(dataset);
  EXPECT_THAT(AttributeVocabulary::build(dataset, {.keys = {}, .min_count = 1}).families(),
              ElementsAre("colour", "season", "type"));
}

TEST(AttributeVocabulary, MinCountDropsPhrasesAndEmptyFamilies) {
  MemoryDataset dataset;
  fill(dataset);
  const auto vocabulary =
      AttributeVocabulary::build(dataset, {.keys = {"season", "type", "colour"}, .min_count = 2});
  EXPECT_THAT(vocabulary.phrases(), ElementsAre("type: dress", "colour: blue", "colour: red"));
  EXPECT_THAT(vocabulary.families(), ElementsAre("type", "colour"));
  EXPECT_THAT(vocabulary.family_of(), ElementsAre(0, 1, 1));
}

TEST(AttributeVocabulary, OneEntryIsAnError) {
  MemoryDataset dataset;
  fill(dataset);
  EXPECT_EQ(vocabulary_error(dataset, {.keys = {"season"}, .min_count = 1}),
            "vocabulary: 1 attribute phrase is left of 4 training products at min_count 1, "
            "expected at least 2 to tell apart; "
            "lower vocabulary.min_count, or name more vocabulary.keys");
  EXPECT_THAT(vocabulary_error(dataset, {.keys = {}, .min_count = 10}),
              HasSubstr("0 attribute phrases are left of 4 training products at min_count 10"));
}

TEST(AttributeVocabulary, UnknownKeyNamesThoseThatOccur) {
  MemoryDataset dataset;
  fill(dataset);
  EXPECT_EQ(vocabulary_error(dataset, {.keys = {"type", "color"}, .min_count = 1}),
            "vocabulary.keys: no training product has an attribute 'color', expected some of: "
            "colour, season, type; did you mean 'colour'?");
  EXPECT_THAT(vocabulary_error(dataset, {.keys = {"type", "type"}, .min_count = 1}),
              HasSubstr("'type' is named twice"));
}

TEST(AttributeVocabulary, SavesAndLoads) {
  MemoryDataset dataset;
  fill(dataset);
  const TemporaryFolder folder;
  const auto vocabulary = AttributeVocabulary::build(dataset, {.keys = {}, .min_count = 1});
  vocabulary.save(folder / "vocabulary.json");
  const auto loaded = AttributeVocabulary::load(folder / "vocabulary.json");
  EXPECT_EQ(loaded.phrases(), vocabulary.phrases());
  EXPECT_EQ(loaded.families(), vocabulary.families());
  EXPECT_EQ(loaded.family_of(), vocabulary.family_of());
  EXPECT_EQ(loaded.counts(), vocabulary.counts());
  EXPECT_EQ(loaded.num_products(), vocabulary.num_products());
  EXPECT_EQ(loaded.find("type: top"), vocabulary.find("type: top"));
}

TEST(AttributeVocabulary, DamagedFilesAreErrors) {
  const TemporaryFolder folder;
  write_file(folder / "a.json", "{\"phrases\": [");
  EXPECT_THROW(AttributeVocabulary::load(folder / "a.json"), DataError);
  write_file(
      folder / "b.json",
      R"({"num_products": 3, "families": ["a"], "phrases": ["a: x", "a: y"], "family_of": [0, 1], "counts": [1, 1]})");
  EXPECT_THROW(AttributeVocabulary::load(folder / "b.json"), DataError);
}

TEST(LabelTable, MatchesAttributesWithoutRepeats) {
  MemoryDataset dataset;
  fill(dataset);
  const auto vocabulary =
      AttributeVocabulary::build(dataset, {.keys = {"type", "colour"}, .min_count = 2});
  const SparsePairs table = label_table(dataset, vocabulary);  // dress, blue, red
  ASSERT_EQ(table.num_rows(), 4);
  EXPECT_EQ(table.num_columns, 3);
  EXPECT_THAT(table.row(0), ElementsAre(0, 2));
  EXPECT_THAT(table.row(1), ElementsAre(0, 1));
  EXPECT_THAT(table.row(2), ElementsAre(1, 2));
  EXPECT_THAT(table.row(3), ElementsAre());
}

}  // namespace
}  // namespace twinset
