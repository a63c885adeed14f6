#include <ATen/core/grad_mode.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "datasets/builtin.h"
#include "eval/protocols/composed_queries.h"
#include "eval/run_result.h"
#include "experiments/composed_retrieval/composed_data.h"
#include "experiments/composed_retrieval/composed_run.h"
#include "experiments/composed_retrieval/image_documents.h"
#include "framework/core/atomic_file.h"
#include "framework/encoders/resnet.h"
#include "tests/experiments/tiny_fashion200k.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Dataset> open_train() {
  Node reader = Node::map();
  reader.set("name", Node("fashion200k"));
  reader.set("root", Node(testing::tiny_fashion200k().string()));
  return builtin_plugins().datasets.create(reader, "train");
}

TEST(ComposedPairs, AskForOneOtherWordAndKnowAllImagesOfItsCaption) {
  const auto train = open_train();
  const ComposedGallery gallery = decode_gallery(*train, {.image_size = 16}, 1.0);
  ASSERT_EQ(static_cast<int64_t>(gallery.samples.size()), train->size());
  const ComposedPairs pairs(gallery, 3, 1);
  ASSERT_GT(pairs.size(), 20);
  for (int64_t i = 0; i < pairs.size(); ++i) {
    const auto& source = gallery.captions[static_cast<size_t>(pairs.source(i))];
    const auto targets = pairs.targets().row(i);
    ASSERT_FALSE(targets.empty());
    const std::string& target = gallery.captions[static_cast<size_t>(targets[0])];
    EXPECT_NE(source, target);
    const auto a = parent_captions(source), b = parent_captions(target);
    EXPECT_TRUE(std::ranges::any_of(
        a, [&](const std::string& parent) { return std::ranges::find(b, parent) != b.end(); }))
        << source << " / " << target;
    const auto [from, to] = different_words(source, target);
    EXPECT_EQ(pairs.record(i).title, "replace " + from + " with " + to);
    EXPECT_EQ(std::ranges::count(gallery.captions, target), std::ssize(targets));
    for (const int64_t image : targets)
      EXPECT_EQ(gallery.captions[static_cast<size_t>(image)], target);
    EXPECT_EQ(pairs.image_bytes(i),
              train->image_bytes(gallery.samples[static_cast<size_t>(pairs.source(i))]));
  }
}

TEST(DecodeGallery, SaysWhenImagesDoNotFit) {
  const auto train = open_train();
  EXPECT_THAT(testing::message_of([&] { decode_gallery(*train, {.image_size = 64}, 1e-6); }),
              HasSubstr("loader.cache_gigabytes"));
}

TEST(ImageDocuments, EmbedImagesByTheirNumberAndShareTheImageTower) {
  const auto train = open_train();
  const ComposedGallery gallery = decode_gallery(*train, {.image_size = 16}, 1.0);
  const auto image =
      make_resnet({.widths = {4, 4}, .blocks = {1, 1}}, {.image_size = 16, .embedding_dim = 6});
  image->set_training(false);
  const auto documents = make_image_documents(*image, gallery.images, Precision::kFloat32, false);
  const at::NoGradGuard no_grad;
  Batch batch;
  batch.images = at::cat({gallery.images.narrow(0, 5, 1), gallery.images.narrow(0, 2, 1)});
  const at::Tensor direct =
      embed(*image, query_input(batch, Precision::kFloat32, "cpu"), Precision::kFloat32);
  const at::Tensor numbers =
      at::cat({at::arange(5, 6), at::arange(2, 3)}).to(at::kLong).unsqueeze(1);
  EXPECT_TRUE(at::allclose(
      embed(*documents, {.images = {}, .tokens = numbers}, Precision::kFloat32), direct));
  EXPECT_TRUE(documents->parameters().empty());
  EXPECT_EQ(
      make_image_documents(*image, gallery.images, Precision::kFloat32, true)->parameters().size(),
      image->parameters().size());
}

TEST(ComposedRetrieval, TrainsAndJudgesEveryRowAndKeepsWhatIsFinished) {
  const testing::TemporaryFolder folder;
  CommandLine line;
  line.command = "composed-retrieval";
  line.config_dir = "configs";
  line.overrides = {"out=" + folder.path().string(),
                    "dataset.reader.root=" + testing::tiny_fashion200k().string(),
                    "transform.image_size=16",
                    "encoder.widths=[4,4,8]",
                    "embedding_dim=8",
                    "loader.batch_size=16",
                    "trainer.num_steps=4",
                    "schedule.warmup_steps=2",
                    "composed.queries=[image,text,tirg]",
                    "composed.seeds=[1]"};
  const auto run = [&] {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(composed_retrieval_command(line, builtin_plugins()), 0);
    return ::testing::internal::GetCapturedStdout();
  };
  const std::string table = run();
  for (const char* row : {"random", "raw pixels", "image only", "text only", "TIRG", "R@10"})
    EXPECT_THAT(table, HasSubstr(row));
  const RunResult tirg = read_run_result(folder.path() / "tirg.1");
  const double* hit = tirg.find("test", "composed_retrieval.tower.hit@50");
  ASSERT_NE(hit, nullptr);
  EXPECT_TRUE(*hit > 0 && *hit <= 1);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "provenance.json"));
  const auto written = std::filesystem::last_write_time(folder.path() / "tirg.1" / "result.json");
  EXPECT_EQ(run(), table);
  EXPECT_EQ(std::filesystem::last_write_time(folder.path() / "tirg.1" / "result.json"), written);

  line.overrides.push_back("embedding_dim=4");
  EXPECT_THAT(testing::message_of([&] { composed_retrieval_command(line, builtin_plugins()); }),
              HasSubstr("holds a run with another configuration"));
  line.overrides = {};
  EXPECT_THAT(testing::message_of([&] { composed_retrieval_command(line, builtin_plugins()); }),
              HasSubstr("expected out=FOLDER"));
}

}  // namespace
}  // namespace twinset
