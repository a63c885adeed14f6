#include "experiments/pinlanding/training_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DatasetFiles, OfShardsAreAllThatThePatternsMatch) {
  const twinset::testing::TemporaryFolder folder;
  for (const char* name : {"a-train-0.tar", "a-train-1.tar", "a-test-0.tar"})
    write_file(folder.path() / name, "x");
  Node reader = Node::map();
  reader.set("name", "product_shards");
  reader.set("root", folder.path().string());
  reader.set("train", "a-train-{0,1}.tar");
  reader.set("test", "a-test-*.tar");
  EXPECT_THAT(dataset_files(reader),
              ElementsAre(folder.path() / "a-train-0.tar", folder.path() / "a-train-1.tar",
                          folder.path() / "a-test-0.tar"));
}

TEST(DatasetFiles, OfTheWardrobeMayNotBeThereYet) {
  Node reader = Node::map();
  reader.set("name", "wardrobe");
  reader.set("folder", "nowhere");
  EXPECT_THAT(dataset_files(reader), ElementsAre("nowhere/wardrobe.json", "nowhere/truth.jsonl"));
  reader.set("name", "wardrob");
  EXPECT_THAT(twinset::testing::message_of([&] { dataset_files(reader); }),
              HasSubstr("did you mean 'wardrobe'?"));
}

}  // namespace
}  // namespace twinset::pinlanding
