#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "datasets/wardrobe/layouts.h"
#include "framework/core/atomic_file.h"
#include "tests/datasets/wardrobe/temporary_folder.h"

namespace twinset::wardrobe {
namespace {

WardrobeOptions small_layout(const TemporaryFolder& folder, int threads) {
  WardrobeOptions options;
  options.folder = folder.string();
  options.layout = "fashion200k";
  options.num_products = 60;
  options.views = 3;
  options.num_queries = 20;
  options.test_fraction = .25;
  options.num_threads = threads;
  return options;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

TEST(WardrobeFashion200k, LabelRowsNameTheirPictures) {
  TemporaryFolder folder;
  const WardrobeSummary summary = write_wardrobe(small_layout(folder, 2));
  const std::regex path_form(
      "women/(dresses|jackets|pants|skirts|tops)/[a-z_-]+/([0-9]{8})/([0-9]{8})_([0-2])\\.jpeg");
  const std::map<std::string, std::string> folders = {{"dress", "dresses"},
                                                      {"jacket", "jackets"},
                                                      {"pants", "pants"},
                                                      {"skirt", "skirts"},
                                                      {"top", "tops"}};
  std::map<std::string, std::set<std::string>> products;
  int64_t num_rows = 0;
  for (const auto& [label, category] : folders) {
    for (const char* part : {"train", "test"}) {
      for (const std::string& line :
           split(read_file(folder / ("labels/" + label + "_" + part + "_detect_all.txt")), '\n')) {
        const std::vector<std::string> columns = split(line, '\t');
        ASSERT_EQ(columns.size(), 3u) << line;
        std::smatch match;
        ASSERT_TRUE(std::regex_match(columns[0], match, path_form)) << columns[0];
        EXPECT_EQ(match[1], category);
        EXPECT_EQ(match[2], match[3]);
        EXPECT_LT(std::stod(columns[1]), 0);
        EXPECT_FALSE(columns[2].empty());
        EXPECT_EQ(read_file(folder / columns[0]).substr(0, 3), "\xff\xd8\xff");
        products[part].insert(match[2]);
        ++num_rows;
      }
    }
  }
  EXPECT_EQ(num_rows, 180);
  EXPECT_EQ(summary.num_images, 180);
  EXPECT_EQ(products["train"].size() + products["test"].size(), 60u);
  for (const std::string& id : products["test"]) EXPECT_FALSE(products["train"].contains(id));
  EXPECT_EQ(static_cast<int64_t>(products["test"].size()), summary.split_products.at("test"));
}

TEST(WardrobeFashion200k, BytesAreTheSameForAnyNumberOfThreadsAndARepeatWritesNothing) {
  TemporaryFolder one, three;
  write_wardrobe(small_layout(one, 1));
  write_wardrobe(small_layout(three, 3));
  int64_t num_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(one.path())) {
    if (!entry.is_regular_file()) continue;
    ++num_files;
    const std::string name = entry.path().lexically_relative(one.path()).string();
    EXPECT_TRUE(read_file(entry.path()) == read_file(three / name)) << name;
  }
  EXPECT_EQ(num_files, 180 + 10 + 3);
  EXPECT_TRUE(write_wardrobe(small_layout(one, 2)).was_complete);
}

TEST(WardrobeFashion200k, EveryCategoryHasAPlace) {
  std::map<std::string, int> labels;
  for (int64_t index = 0; index < 3000; ++index)
    ++labels[fashion200k_place(sample_product(1, index, true)).label];
  EXPECT_EQ(labels.size(), 5u);
  for (const auto& [label, count] : labels) EXPECT_GT(count, 60) << label;
}

}  // namespace
}  // namespace twinset::wardrobe
