#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "datasets/wardrobe/wardrobe.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "tests/datasets/wardrobe/temporary_folder.h"

namespace twinset::wardrobe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

WardrobeOptions small_wardrobe(const TemporaryFolder& folder) {
  WardrobeOptions options;
  options.folder = folder.string();
  options.num_products = 40;
  options.shard_products = 10;
  options.num_queries = 20;
  options.num_threads = 2;
  return options;
}

std::string message_of(const WardrobeOptions& options) {
  try {
    write_wardrobe(options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(WardrobeFolder, ACompleteFolderIsLeftAlone) {
  TemporaryFolder folder;
  const WardrobeSummary first = write_wardrobe(small_wardrobe(folder));
  EXPECT_FALSE(first.was_complete);
  const auto time = std::filesystem::last_write_time(folder / "wardrobe-train-000000.tar");
  int64_t calls = 0;
  WardrobeOptions options = small_wardrobe(folder);
  options.num_threads = 1;
  const WardrobeSummary second = write_wardrobe(options, [&](int64_t, int64_t) { ++calls; });
  EXPECT_TRUE(second.was_complete);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(second.num_images, first.num_images);
  EXPECT_EQ(second.num_bytes, first.num_bytes);
  EXPECT_EQ(second.split_products, first.split_products);
  EXPECT_EQ(std::filesystem::last_write_time(folder / "wardrobe-train-000000.tar"), time);
}

TEST(WardrobeFolder, ALostOrCutShardIsWrittenAgain) {
  TemporaryFolder folder;
  write_wardrobe(small_wardrobe(folder));
  const std::string a = read_file(folder / "wardrobe-train-000000.tar"),
                    b = read_file(folder / "wardrobe-train-000001.tar");
  std::filesystem::remove(folder / "wardrobe-train-000000.tar");
  std::filesystem::resize_file(folder / "wardrobe-train-000001.tar", 1000);
  EXPECT_FALSE(write_wardrobe(small_wardrobe(folder)).was_complete);
  EXPECT_TRUE(read_file(folder / "wardrobe-train-000000.tar") == a);
  EXPECT_TRUE(read_file(folder / "wardrobe-train-000001.tar") == b);
}

TEST(WardrobeFolder, AnotherDataSetInTheFolderIsAnErrorThatNamesTheDifference) {
  TemporaryFolder folder;
  write_wardrobe(small_wardrobe(folder));
  WardrobeOptions other = small_wardrobe(folder);
  other.seed = 5;
  EXPECT_THAT(message_of(other), AllOf(HasSubstr("wardrobe.json"),
                                       HasSubstr("holds another data set (seed 0 instead of 5)"),
                                       HasSubstr("choose another folder, or remove this one")));
}

TEST(WardrobeFolder, AForeignManifestOrShardIsAnError) {
  TemporaryFolder folder;
  write_file(folder / "wardrobe.json", "{\"name\": \"something else\"}");
  EXPECT_THROW(
      try { write_wardrobe(small_wardrobe(folder)); } catch (const DataError& error) {
        EXPECT_THAT(error.what(), HasSubstr("not a wardrobe's manifest"));
        throw;
      },
      DataError);
  std::filesystem::remove(folder / "wardrobe.json");
  write_file(folder / "wardrobe-train-000000.tar", "of somebody else");
  EXPECT_THAT(message_of(small_wardrobe(folder)),
              HasSubstr("there are files of this layout, but no wardrobe.json"));
  EXPECT_EQ(read_file(folder / "wardrobe-train-000000.tar"), "of somebody else");
}

TEST(WardrobeFolder, OptionsOutOfRangeAreErrors) {
  TemporaryFolder folder;
  WardrobeOptions options = small_wardrobe(folder);
  options.image_size = 64;
  EXPECT_THAT(message_of(options),
              AllOf(HasSubstr("wardrobe.image_size"), HasSubstr("64"), HasSubstr(">= 96")));
  options.image_size = 1024;
  EXPECT_THAT(message_of(options), HasSubstr("<= 512"));
  options = small_wardrobe(folder);
  options.layout = "fashion20k";
  EXPECT_THAT(message_of(options), HasSubstr("fashion200k"));
  options = small_wardrobe(folder);
  options.folder = "";
  EXPECT_THAT(message_of(options), HasSubstr("wardrobe.folder: is empty"));
  EXPECT_FALSE(std::filesystem::exists(folder.path()));
}

TEST(WardrobeFolder, AnInterruptedRunLeavesNoHalfFileAndGoesOn) {
  TemporaryFolder folder, whole;
  EXPECT_THROW(
      try {
        write_wardrobe(small_wardrobe(folder),
                       [](int64_t done, int64_t) { request_interrupt(done >= 20); });
      } catch (const Interrupted& error) {
        EXPECT_THAT(error.what(), HasSubstr("of 40 products"));
        throw;
      },
      Interrupted);
  request_interrupt(false);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "wardrobe.json"));
  EXPECT_FALSE(std::filesystem::exists(folder / "truth.jsonl"));
  EXPECT_TRUE(std::filesystem::exists(folder / "wardrobe-train-000000.tar"));

  write_wardrobe(small_wardrobe(folder));
  write_wardrobe(small_wardrobe(whole));
  for (const auto& entry : std::filesystem::directory_iterator(whole.path())) {
    EXPECT_TRUE(read_file(entry.path()) == read_file(folder / entry.path().filename().string()))
        << entry.path();
  }
}

TEST(WardrobeFolder, ProgressIsReportedUpToTheEnd) {
  TemporaryFolder folder;
  int64_t last = 0;
  write_wardrobe(small_wardrobe(folder), [&](int64_t done, int64_t total) {
    EXPECT_EQ(total, 40);
    EXPECT_GT(done, last);
    last = done;
  });
  EXPECT_EQ(last, 40);
}

}  // namespace
}  // namespace twinset::wardrobe
