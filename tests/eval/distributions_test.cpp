#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "eval/distributions/attribute_counts.h"
#include "eval/distributions/frequency_distribution.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using Catalogue = std::vector<std::vector<std::string>>;

// A long tail with repeats within a product and products without any.
Catalogue random_catalogue() {
  CounterRandom random({.seed = 5, .purpose = "catalogue"});
  Catalogue catalogue(200);
  for (auto& attributes : catalogue) {
    for (uint64_t k = random.below(7); k > 0; --k)
      attributes.push_back("a" +
                           std::to_string(static_cast<int>(80 * std::pow(random.uniform(), 3))));
  }
  return catalogue;
}

std::string json_lines(const Catalogue& catalogue) {
  std::string text;
  for (const auto& attributes : catalogue) {
    text += R"({"id": "x", "vlm": {"raw": [)";
    for (size_t i = 0; i < attributes.size(); ++i)
      text += (i == 0 ? "\"" : ", \"") + attributes[i] + "\"";
    text += "]}}\n";
  }
  return text;
}

TEST(FrequencyDistribution, MatchesNaiveLoops) {
  const testing::TemporaryFolder folder;
  const Catalogue catalogue = random_catalogue();
  write_file(folder.path() / "raw.jsonl", json_lines(catalogue));
  const auto result = frequency_distribution(
      read_attribute_counts(folder.path() / "raw.jsonl", "vlm.raw"), {2, 10});

  std::map<std::string, double> count;
  double pairs = 0, covered = 0;
  std::vector<double> sizes;
  for (const auto& attributes : catalogue) {
    const std::set<std::string> distinct(attributes.begin(), attributes.end());
    for (const auto& attribute : distinct) count[attribute] += 1;
    pairs += static_cast<double>(distinct.size());
    covered += distinct.empty() ? 0 : 1;
    sizes.push_back(static_cast<double>(distinct.size()));
  }
  const auto num = static_cast<double>(count.size());
  double differences = 0, entropy = 0, under_2 = 0, under_10 = 0;
  for (const auto& [a, x] : count) {
    for (const auto& [b, y] : count) differences += std::abs(x - y);
    entropy -= x / pairs * std::log(x / pairs) / std::log(2.0);
    under_2 += x < 2;
    under_10 += x < 10;
  }
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(result.num_products, 200);
  EXPECT_EQ(result.num_attributes, static_cast<int64_t>(count.size()));
  EXPECT_EQ(result.num_pairs, static_cast<int64_t>(pairs));
  EXPECT_NEAR(result.coverage, covered / 200, 1e-12);
  EXPECT_LT(result.coverage, 1);
  EXPECT_NEAR(result.mean_a_product, pairs / 200, 1e-12);
  EXPECT_NEAR(result.median_a_product, (sizes[99] + sizes[100]) / 2, 1e-12);
  EXPECT_NEAR(result.gini, differences / (2 * num * num) / (pairs / num), 1e-12);
  EXPECT_NEAR(result.entropy_bits, entropy, 1e-12);
  EXPECT_NEAR(result.evenness, entropy / (std::log(num) / std::log(2.0)), 1e-12);
  EXPECT_NEAR(result.effective_size, std::pow(2, entropy), 1e-9);
  EXPECT_NEAR(result.share_under[0].second, under_2 / num, 1e-12);
  EXPECT_NEAR(result.share_under[1].second, under_10 / num, 1e-12);
  EXPECT_TRUE(std::is_sorted(result.counts_by_rank.rbegin(), result.counts_by_rank.rend()));
  for (size_t k = 0; k < result.products_by_num_attributes.size(); ++k) {
    EXPECT_EQ(result.products_by_num_attributes[k],
              std::count(sizes.begin(), sizes.end(), static_cast<double>(k)));
  }
}

TEST(FrequencyDistribution, ExtremesHaveTheirClosedForms) {
  const auto equal =
      frequency_distribution({{"a", "b", "c", "d"}, {3, 3, 3, 3}, {4, 4, 4}}, {3, 4});
  EXPECT_NEAR(equal.gini, 0, 1e-12);
  EXPECT_NEAR(equal.entropy_bits, 2, 1e-12);
  EXPECT_NEAR(equal.evenness, 1, 1e-12);
  EXPECT_NEAR(equal.effective_size, 4, 1e-12);
  EXPECT_EQ(equal.share_under, (std::vector<std::pair<int64_t, double>>{{3, 0.0}, {4, 1.0}}));
  const auto single = frequency_distribution({{"a"}, {2}, {1, 1, 0}}, {});
  EXPECT_EQ(single.gini, 0);
  EXPECT_EQ(single.evenness, 1);
  EXPECT_EQ(single.median_a_product, 1);
  const auto none = frequency_distribution({{}, {}, {0, 0}}, {2});
  EXPECT_EQ(none.coverage, 0);
  EXPECT_TRUE(none.share_under.empty());
}

TEST(AttributeCounts, ReadsTablesAndObjects) {
  const testing::TemporaryFolder folder;
  const auto table = folder.path() / "catalogue.tsv";
  write_file(table,
             "id\tcolour\ttype\ttitle\r\n1\tRed\tShirt\tRed one\r\n2\t\tShirt\tNo colour\r\n");
  EXPECT_THAT(read_attribute_counts(table, "").attributes,
              ElementsAre("colour: Red", "type: Shirt"));
  EXPECT_THAT(read_attribute_counts(table, "").products_with, ElementsAre(1, 2));
  EXPECT_THAT(read_attribute_counts(table, "").attributes_of, ElementsAre(2, 1));
  EXPECT_THAT(read_attribute_counts(table, "type").attributes, ElementsAre("type: Shirt"));

  const auto objects = folder.path() / "truth.jsonl";
  write_file(objects,
             "{\"id\": \"1\", \"title\": \"t\", \"colour\": \"Red\", \"season\": [\"spring\", "
             "\"fall\"], \"year\": 2011}\n"
             "\n{\"id\": \"2\", \"title\": \"u\", \"colour\": null}\n");
  EXPECT_THAT(read_attribute_counts(objects, "").attributes,
              ElementsAre("colour: Red", "season: spring", "season: fall", "year: 2011"));
  EXPECT_THAT(read_attribute_counts(objects, "").attributes_of, ElementsAre(4, 0));
  EXPECT_THAT(read_attribute_counts(objects, "season").attributes, ElementsAre("spring", "fall"));
}

TEST(AttributeCounts, ErrorsNameThePlace) {
  const testing::TemporaryFolder folder;
  const auto table = folder.path() / "t.tsv", lines = folder.path() / "t.jsonl";
  write_file(table, "id\tcolour\n1\tRed\n2\n");
  EXPECT_THAT([&] { read_attribute_counts(table, ""); },
              ThrowsMessage<DataError>(
                  AllOf(HasSubstr("t.tsv:3: has 1 cells"), HasSubstr("2, as in the header"))));
  EXPECT_THAT([&] { read_attribute_counts(table, "color"); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("'color'"), HasSubstr("'colour'"))));
  write_file(lines, "{\"raw\": [\"a\"]}\n{\"raw\": [");
  EXPECT_THAT([&] { read_attribute_counts(lines, "raw"); },
              ThrowsMessage<DataError>(HasSubstr("t.jsonl:2: is no JSON")));
  write_file(lines, "{\"raw_attributes\": [\"a\"]}\n");
  EXPECT_THAT([&] { read_attribute_counts(lines, "raw_atributes"); },
              ThrowsMessage<ConfigError>(HasSubstr("'raw_attributes'")));
  write_file(lines, "{\"raw\": [{\"a\": 1}]}\n");
  EXPECT_THAT([&] { read_attribute_counts(lines, "raw"); },
              ThrowsMessage<DataError>(HasSubstr("holds an object")));
  write_file(lines, "\n");
  EXPECT_THAT([&] { read_attribute_counts(lines, ""); },
              ThrowsMessage<DataError>(HasSubstr("holds no product")));
  EXPECT_THAT([&] { read_attribute_counts(folder.path() / "none", ""); },
              ThrowsMessage<DataError>(HasSubstr("can't be read")));
}

}  // namespace
}  // namespace twinset
