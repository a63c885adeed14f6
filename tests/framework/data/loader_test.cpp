#include "framework/data/loader.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "framework/core/error.h"
#include "framework/data/vocabulary.h"
#include "tests/framework/data/memory_dataset.h"
#include "tests/framework/data/temporary_folder.h"

namespace twinset {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LoaderTest : public testing::Test {
 protected:
  LoaderTest() {
    fill_with_pictures(dataset_, 53);
    labels_ =
        label_table(dataset_, AttributeVocabulary::build(dataset_, {.keys = {}, .min_count = 1}));
    titles_ = at::arange(53 * 4, at::kLong).view({53, 4});
    source_.dataset = &dataset_;
    source_.labels = &labels_;
    source_.titles = &titles_;
    source_.transform.image_size = 16;
    source_.transform.brightness = 0.3;
    source_.seed = 7;
    options_.batch_size = 8;
    options_.num_threads = 2;
    options_.max_broken_share = 0.2;
  }

  std::vector<Batch> batches(int count, LoaderPosition start = {}) {
    Loader loader(source_, options_, start);
    std::vector<Batch> result;
    for (int i = 0; i < count; ++i) {
      auto batch = loader.next();
      if (!batch) break;
      result.push_back(std::move(*batch));
    }
    return result;
  }

  std::string message_of(int count) {
    try {
      batches(count);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

  MemoryDataset dataset_;
  SparsePairs labels_;
  at::Tensor titles_;
  LoaderSource source_;
  LoaderOptions options_;
};

void expect_same(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].epoch, b[i].epoch);
    EXPECT_EQ(a[i].index, b[i].index);
    EXPECT_EQ(a[i].samples, b[i].samples);
    EXPECT_EQ(a[i].labels.columns, b[i].labels.columns);
    EXPECT_TRUE(at::equal(a[i].title_tokens, b[i].title_tokens));
    EXPECT_TRUE(at::equal(a[i].images, b[i].images)) << i;
  }
}

TEST_F(LoaderTest, BatchesAreTheSameForAnyNumberOfThreads) {
  dataset_.files[11].clear();
  dataset_.files[40] = "no image";
  options_.num_threads = 1;
  const auto one = batches(15);
  for (int threads : {2, 5}) {
    options_.num_threads = threads;
    expect_same(batches(15), one);
  }
  options_.queue_batches = 1;
  options_.cache_decoded = false;
  expect_same(batches(15), one);
}

TEST_F(LoaderTest, StartingAnywhereEqualsContinuing) {
  dataset_.files[3].clear();
  const auto whole = batches(14);
  for (int start : {0, 1, 5, 6, 7, 13}) {
    const LoaderPosition position{start / 6, start % 6};
    expect_same(batches(14 - start, position), {whole.begin() + start, whole.end()});
  }
  expect_same(batches(8, {0, 6}), {whole.begin() + 6, whole.end()});
}

TEST_F(LoaderTest, PositionIsTheNextBatchToHandOut) {
  Loader loader(source_, options_);
  EXPECT_EQ(loader.batches_per_epoch(), 6);
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(loader.position().epoch, i / 6);
    EXPECT_EQ(loader.position().batch, i % 6);
    const auto batch = loader.next();
    EXPECT_EQ(batch->epoch, i / 6);
    EXPECT_EQ(batch->index, i % 6);
  }
}

TEST_F(LoaderTest, AnEpochTakesEverySampleOnceInAnOrderOfItsOwn) {
  options_.batch_size = 53;
  const auto epochs = batches(3);
  for (const Batch& epoch : epochs) {
    EXPECT_EQ(std::set<int64_t>(epoch.samples.begin(), epoch.samples.end()).size(), 53u);
    EXPECT_FALSE(std::is_sorted(epoch.samples.begin(), epoch.samples.end()));
  }
  EXPECT_NE(epochs[0].samples, epochs[1].samples);
  source_.seed = 8;
  EXPECT_NE(batches(1)[0].samples, epochs[0].samples);
}

TEST_F(LoaderTest, RowsBelongToTheirSamples) {
  for (const Batch& batch : batches(7)) {
    ASSERT_EQ(batch.labels.num_rows(), 8);
    EXPECT_EQ(batch.labels.num_columns, 2);
    for (int64_t i = 0; i < 8; ++i) {
      const int64_t sample = batch.samples[static_cast<size_t>(i)];
      EXPECT_THAT(batch.labels.row(i), ElementsAre(sample % 2));  // parity: even, parity: odd
      EXPECT_TRUE(at::equal(batch.title_tokens.select(0, i), titles_.select(0, sample)));
      std::vector<uint8_t> expected(16 * 16 * 3);
      augment(decode_image(dataset_.files[static_cast<size_t>(sample)], ""), source_.transform,
              CounterRandom({.seed = 7,
                             .epoch = static_cast<uint32_t>(batch.epoch),
                             .sample = static_cast<uint64_t>(sample),
                             .purpose = "augment"}),
              expected.data());
      const at::Tensor image = batch.images.select(0, i);
      EXPECT_EQ(std::vector<uint8_t>(image.const_data_ptr<uint8_t>(),
                                     image.const_data_ptr<uint8_t>() + expected.size()),
                expected);
    }
  }
}

TEST_F(LoaderTest, EvaluationGoesInOrderOnceWithAShortLastBatch) {
  source_.is_training = false;
  const auto all = batches(100);
  ASSERT_EQ(all.size(), 7u);
  int64_t next = 0;
  for (const Batch& batch : all) {
    for (int64_t sample : batch.samples) EXPECT_EQ(sample, next++);
    EXPECT_EQ(batch.images.size(0), batch.size());
  }
  EXPECT_EQ(next, 53);
  EXPECT_EQ(all.back().size(), 5);
  Loader loader(source_, options_);
  while (loader.next()) continue;
  EXPECT_FALSE(loader.next());
}

TEST_F(LoaderTest, EvaluationLeavesBrokenSamplesOut) {
  source_.is_training = false;
  const auto whole = batches(100);
  dataset_.files[9].clear();
  dataset_.files[12] = dataset_.files[12].substr(0, 300);
  const auto some = batches(100);
  EXPECT_THAT(some[1].samples, ElementsAre(8, 10, 11, 13, 14, 15));
  EXPECT_TRUE(at::equal(some[1].images.select(0, 1), whole[1].images.select(0, 2)));
  EXPECT_TRUE(at::equal(some[1].images.select(0, 3), whole[1].images.select(0, 5)));
  EXPECT_EQ(some[1].images.size(0), 6);
  EXPECT_EQ(some[1].labels.num_rows(), 6);
  EXPECT_EQ(some[1].title_tokens.size(0), 6);
}

TEST_F(LoaderTest, ABrokenSamplesPlaceGoesToAnIntactOneOutsideTheBatch) {
  const auto intact = batches(6);
  std::vector<int64_t> order;
  for (const Batch& batch : intact)
    order.insert(order.end(), batch.samples.begin(), batch.samples.end());
  for (size_t position : {9u, 14u, 16u, 33u})
    dataset_.files[static_cast<size_t>(order[position])].clear();
  const auto replaced = batches(6);
  EXPECT_EQ(replaced[0].samples, intact[0].samples);
  for (size_t i = 0; i < 8; ++i) {
    const int64_t sample = replaced[1].samples[i];
    if (i != 1 && i != 6) {
      EXPECT_EQ(sample, intact[1].samples[i]);
      continue;
    }
    EXPECT_THAT(intact[1].samples, Not(Contains(sample)));
    EXPECT_FALSE(dataset_.files[static_cast<size_t>(sample)].empty());
    EXPECT_EQ(replaced[1].labels.row(static_cast<int64_t>(i)).size(),
              source_.labels->row(sample).size());
  }
  EXPECT_EQ(replaced[3].samples, intact[3].samples);
}

// What ranks load is what one process loads, broken samples and a batch that can't be divided
// included.
TEST_F(LoaderTest, RanksTakePartsOfTheSameBatches) {
  dataset_.files[7].clear();
  dataset_.files[30].clear();
  options_.max_broken_share = 0.2;
  for (const bool is_training : {true, false}) {
    source_.is_training = is_training;
    source_.rank = 0;
    source_.num_ranks = 1;
    const auto whole = batches(5);
    source_.num_ranks = 3;
    std::vector<std::vector<Batch>> parts;
    for (source_.rank = 0; source_.rank < 3; ++source_.rank) parts.push_back(batches(5));
    for (size_t i = 0; i < whole.size(); ++i) {
      std::vector<int64_t> samples;
      std::vector<at::Tensor> images;
      for (const auto& part : parts) {
        samples.insert(samples.end(), part[i].samples.begin(), part[i].samples.end());
        images.push_back(part[i].images);
      }
      EXPECT_EQ(samples, whole[i].samples) << i;
      EXPECT_TRUE(at::equal(at::cat(images), whole[i].images)) << i;
    }
  }
  source_.is_training = true;
  source_.rank = 0;
  source_.num_ranks = 9;
  EXPECT_THROW(Loader(source_, options_), ConfigError);
}

TEST_F(LoaderTest, BrokenSamplesAreCountedAndNamedOnce) {
  const TemporaryFolder folder;
  source_.broken_samples_file = folder / "run/broken_samples.txt";
  dataset_.files[5].clear();
  dataset_.files[20] = "GIF89a";
  for (int run = 0; run < 2; ++run) {
    Loader loader(source_, options_);
    for (int i = 0; i < 21; ++i) loader.next();
    EXPECT_EQ(loader.num_broken(), 2);
  }
  std::vector<std::string> lines;
  std::istringstream text(read_file(source_.broken_samples_file));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  EXPECT_THAT(lines, ElementsAre("memory:20\tmemory:20: the image begins with the bytes 47 49 46 "
                                 "38 39 61, expected a JPEG, PNG or WebP",
                                 "memory:5\tmemory:5: can't be read"));
}

TEST_F(LoaderTest, TooManyBrokenSamplesStopTheRunAtTheSameBatch) {
  const TemporaryFolder folder;
  source_.broken_samples_file = folder / "broken.txt";
  options_.max_broken_share = 0.05;  // 2 of 53
  for (size_t i : {2u, 30u, 44u}) dataset_.files[i].clear();
  std::set<std::string> messages;
  for (int threads : {1, 2, 5}) {
    options_.num_threads = threads;
    messages.insert(message_of(30));
  }
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_THAT(*messages.begin(),
              HasSubstr("data: 3 of 53 samples are broken, the last one: memory:"));
  EXPECT_THAT(*messages.begin(),
              HasSubstr("expected at most a share of 0.05 (loader.max_broken_share); " +
                        source_.broken_samples_file.string() + " names"));
  options_.max_broken_share = 0.06;
  EXPECT_EQ(message_of(30), "no error");
}

TEST_F(LoaderTest, AllBrokenStopsAtOnce) {
  for (std::string& file : dataset_.files) file.clear();
  EXPECT_THAT(message_of(1), HasSubstr("11 of 53 samples are broken"));
  EXPECT_LT(dataset_.num_reads, 53 * 3);
  options_.max_broken_share = 1;
  EXPECT_THAT(message_of(1), HasSubstr("too few intact samples are left to fill a batch of 8"));
}

TEST_F(LoaderTest, SamplesThatTheDataSetLeftOutCountAsBroken) {
  dataset_.skipped_places = {"shard.tar:7.jpg\tno JSON beside it"};
  Loader loader(source_, options_);
  EXPECT_EQ(loader.num_broken(), 1);
  options_.max_broken_share = 0;
  EXPECT_THAT(message_of(1),
              HasSubstr("1 of 54 samples are broken, the last one: shard.tar:7.jpg"));
}

TEST_F(LoaderTest, TooSmallADataSetIsAnError) {
  options_.batch_size = 54;
  EXPECT_EQ(message_of(1),
            "loader.batch_size: the training data has 53 samples, less than one batch of 54, "
            "expected at least one batch; lower loader.batch_size");
}

TEST_F(LoaderTest, AForeignPositionIsAnError) {
  EXPECT_THROW(Loader(source_, options_, {0, 7}), DataError);
  EXPECT_THROW(Loader(source_, options_, {-1, 0}), DataError);
}

TEST_F(LoaderTest, WithoutImagesNothingIsRead) {
  source_.with_images = false;
  source_.titles = nullptr;
  const auto some = batches(12);
  EXPECT_EQ(dataset_.num_reads, 0);
  EXPECT_FALSE(some[0].images.defined());
  EXPECT_FALSE(some[0].title_tokens.defined());
  EXPECT_EQ(some[0].labels.num_rows(), 8);
  source_.with_images = true;
  EXPECT_EQ(batches(12)[11].samples, some[11].samples);
}

TEST_F(LoaderTest, TheCacheSparesReadingWithinItsBound) {
  const auto reads_of = [&](bool is_cached, double gigabytes) {
    options_.cache_decoded = is_cached;
    options_.cache_gigabytes = gigabytes;
    options_.num_threads = 1;
    options_.queue_batches = 1;
    options_.batch_size = 53;
    dataset_.num_reads = 0;
    batches(3);
    return dataset_.num_reads.load();
  };
  EXPECT_GE(reads_of(false, 2), 3 * 53);
  EXPECT_EQ(reads_of(true, 2), 53);
  const int64_t partly = reads_of(true, 30e3 / 1e9);  // pictures of about 1.3 kB
  EXPECT_GT(partly, 53);
  EXPECT_LT(partly, 3 * 53);
}

TEST_F(LoaderTest, ReadsAheadByTheQueueOnly) {
  options_.queue_batches = 2;
  options_.cache_decoded = false;
  Loader loader(source_, options_);
  loader.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_LE(dataset_.num_reads, 3 * 8);
}

/// Images that take their time: 20 ms each.
class SlowDataset : public MemoryDataset {
 public:
  std::string image_bytes(int64_t index) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return MemoryDataset::image_bytes(index);
  }
};

TEST(Loader, EndsPromptlyInTheMiddleOfABatch) {
  SlowDataset dataset;
  fill_with_pictures(dataset, 400);
  LoaderSource source;
  source.dataset = &dataset;
  LoaderOptions options;
  options.batch_size = 200;
  options.num_threads = 2;
  const auto start = std::chrono::steady_clock::now();
  { Loader loader(source, options); }
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(1));  // the batch would take 2 s
}

/// A file system that fails in another way than bad data.
class FailingDataset : public MemoryDataset {
 public:
  std::string image_bytes(int64_t) const override {
    throw SystemError({.where = "memory", .what = "too many open files"});
  }
};

TEST(Loader, OtherErrorsReachTheConsumer) {
  FailingDataset dataset;
  fill_with_pictures(dataset, 10);
  LoaderSource source;
  source.dataset = &dataset;
  LoaderOptions options;
  options.batch_size = 4;
  options.max_broken_share = 1;
  Loader loader(source, options);
  EXPECT_THROW(loader.next(), SystemError);
}

}  // namespace
}  // namespace twinset
