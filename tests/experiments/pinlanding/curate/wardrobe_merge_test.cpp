// How well the noisy attributes of a fixed wardrobe are merged, against the truth.
#include <gtest/gtest.h>

#include <map>

#include "datasets/wardrobe/raw_attributes.h"
#include "datasets/wardrobe/titles.h"
#include "experiments/pinlanding/curate/curation.h"
#include "experiments/pinlanding/curate/merge_quality.h"
#include "tests/experiments/pinlanding/curate/default_curate.h"

namespace twinset::pinlanding {
namespace {

CurateOptions default_options() {
  return read_options<CurateOptions>(testing::default_curate(), "curate");
}

CurateKnowledge default_knowledge(const CurateOptions& options) {
  return {FamilySheet(std::filesystem::path(options.families)),
          SynonymSheet(std::filesystem::path(options.synonyms)),
          {}};
}

using Truth = std::map<std::pair<std::string, std::string>, std::string>;

ExtractedAttributes extracted_from_wardrobe(int64_t seed, int64_t num_products, Truth& truth) {
  ExtractedAttributesBuilder builder;
  for (int64_t i = 0; i < num_products; ++i) {
    const wardrobe::Product product = wardrobe::sample_product(seed, i);
    ExtractedAttributesBuilder::Attributes attributes;
    for (const wardrobe::RawAttribute& raw : wardrobe::raw_attributes(seed, product)) {
      attributes.emplace_back(wardrobe::family_name(raw.family), raw.phrase);
      truth.emplace(attributes.back(), raw.value);
    }
    builder.add(wardrobe::make_title(seed, product), attributes);
  }
  return builder.build();
}

Curation curated(const ExtractedAttributes& extracted, const CurateOptions& options,
                 const CurateKnowledge& knowledge) {
  const Plugins plugins = builtin_plugins();
  const auto embedder = phrase_embedders().create(options.embedding, plugins);
  return curate(extracted, knowledge, options, *embedder, plugins.indexes);
}

MergeQuality quality_on_wardrobe(int64_t seed, int64_t num_products, const CurateOptions& options,
                                 const CurateKnowledge& knowledge) {
  Truth truth;
  const ExtractedAttributes extracted = extracted_from_wardrobe(seed, num_products, truth);
  const Curation curation = curated(extracted, options, knowledge);
  std::vector<JudgedForm> forms;
  for (const RawPhrase& raw : extracted.raw) {
    if (raw.count < options.min_count) continue;
    forms.push_back({raw.family, truth.at({raw.family, raw.text}),
                     curation.forms[static_cast<size_t>(raw.form)].canonical});
  }
  return merge_quality(forms);
}

// The values of configs/pinlanding/curate.yaml were chosen on seed 7; the others are measured here
// for the first time.
TEST(WardrobeMerges, ArePreciseAndCompleteOnOtherWardrobes) {
  const CurateOptions options = default_options();
  for (const int64_t seed : {1, 3}) {
    const MergeQuality quality =
        quality_on_wardrobe(seed, 10000, options, default_knowledge(options));
    RecordProperty(fmt::format("precision_{}", seed), fmt::format("{:.4f}", quality.precision()));
    RecordProperty(fmt::format("recall_{}", seed), fmt::format("{:.4f}", quality.recall()));
    std::printf("seed %d: precision %.4f, recall %.4f over %d pairs\n", static_cast<int>(seed),
                quality.precision(), quality.recall(),
                static_cast<int>(quality.num_right + quality.num_missed));
    EXPECT_GE(quality.precision(), 0.95);
    EXPECT_GE(quality.recall(), 0.90);
  }
}

TEST(WardrobeMerges, NameAValueByItsMostFrequentForm) {
  const CurateOptions options = default_options();
  Truth truth;
  const ExtractedAttributes extracted = extracted_from_wardrobe(1, 10000, truth);
  const Curation curation = curated(extracted, options, default_knowledge(options));
  EXPECT_TRUE(curation.vocabulary.contains(
      {"length", "knee length"}));  // not "knee", which is what is left without affixes
  std::map<std::pair<std::string, std::string>, size_t> form_of;
  for (size_t i = 0; i < extracted.forms.size(); ++i)
    form_of[{extracted.forms[i].family, extracted.forms[i].phrase}] = i;
  size_t num_checked = 0;
  for (size_t i = 0; i < extracted.forms.size(); ++i) {
    const std::string& canonical = curation.forms[i].canonical;
    if (canonical.empty()) continue;
    const size_t name = form_of.at({extracted.forms[i].family, canonical});
    if (curation.forms[i].base != curation.forms[name].base) continue;  // merged as another phrase
    EXPECT_LE(extracted.forms[i].products.size(), extracted.forms[name].products.size())
        << extracted.forms[i].phrase << " " << canonical;
    ++num_checked;
  }
  EXPECT_GT(num_checked, 1000u);
}

TEST(WardrobeMerges, NeedMoreThanSpelling) {
  CurateOptions options = default_options();
  const CurateKnowledge knowledge = default_knowledge(options);
  options.merge.use_contexts = false;
  const MergeQuality without_contexts = quality_on_wardrobe(1, 10000, options, knowledge);
  std::printf("without contexts: precision %.4f, recall %.4f\n", without_contexts.precision(),
              without_contexts.recall());
  EXPECT_LT(without_contexts.recall(), 0.8);
}

}  // namespace
}  // namespace twinset::pinlanding
