#include "experiments/pinlanding/assign/partition_files.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "eval/npy.h"
#include "experiments/pinlanding/assign/background_writer.h"
#include "framework/core/atomic_file.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::pinlanding {
namespace {

Partition example(int64_t index) {
  return {.index = index,
          .first = 2 * index,
          .count = 3,
          .ids = {"a", "b"},
          .lines = {"{\"id\":\"a\"}", "{\"id\":\"b\"}"},
          .broken = {"c"},
          .embeddings = {1, 0, 0, 1},
          .dim = 2};
}

TEST(PartitionFiles, AreDoneOnlyIfWholeAndOfTheSameDigest) {
  const testing::TemporaryFolder folder;
  EXPECT_FALSE(is_partition_done(folder.path(), 3, "d"));
  write_partition(folder.path(), example(3), "d");
  EXPECT_TRUE(is_partition_done(folder.path(), 3, "d"));
  EXPECT_EQ(num_broken_products(folder.path(), 3), 1);
  EXPECT_FALSE(is_partition_done(folder.path(), 3, "another model"));
  EXPECT_EQ(read_file(folder.path() / "products-00003.jsonl"), "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(read_npy(folder.path() / "embeddings/products-00003.npy").values,
            (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(read_file(folder.path() / "embeddings/products-00003.ids.txt"), "a\nb\n");
  write_file(folder.path() / "products-00003.jsonl", "{\"id\":\"a\"}\n");
  EXPECT_FALSE(is_partition_done(folder.path(), 3, "d")) << "cut short";
  write_partition(folder.path(), example(4), "d");
  remove_partitions_from(folder.path(), 4);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "products-00003.jsonl"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "products-00004.jsonl"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "embeddings/products-00004.npy"));
}

TEST(BackgroundWriter, KeepsOrderAndBoundAndTellsErrors) {
  std::vector<int> written;
  std::atomic<int> in_flight{0}, most{0};
  {
    BackgroundWriter<int> writer(2, [&](int& piece) {
      written.push_back(piece);
      --in_flight;
    });
    for (int i = 0; i < 200; ++i) {
      ++in_flight;
      writer.put(i);
      most = std::max(most.load(), in_flight.load());
    }
    writer.finish();
  }
  ASSERT_EQ(written.size(), 200u);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(written[static_cast<size_t>(i)], i);
  EXPECT_LE(most, 4) << "two waiting, one being written, one being put";
  BackgroundWriter<int> slow(5, [&](int& piece) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    written.push_back(piece);
  });
  slow.wait();  // nothing was handed over
  for (int i = 200; i < 204; ++i) slow.put(i);
  slow.wait();
  EXPECT_EQ(written.size(), 204u) << "the piece in hand counts too";
  BackgroundWriter<int> failing(1, [](int&) { throw std::runtime_error("disk full"); });
  EXPECT_THROW(
      {
        for (int i = 0; i < 5; ++i) failing.put(i);
        failing.finish();
      },
      std::runtime_error);
  EXPECT_THROW(failing.wait(), std::runtime_error);
}

}  // namespace
}  // namespace twinset::pinlanding
