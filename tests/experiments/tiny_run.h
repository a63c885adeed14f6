// A sweep small enough for a test: 260 rendered products, towers of a few channels, a handful of
// steps.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/twinset/commands/commands.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::testing {

/// The wardrobe is rendered once for all tests of the program.
inline const std::filesystem::path& tiny_wardrobe() {
  static const TemporaryFolder folder;
  static const std::filesystem::path path = folder.path() / "wardrobe";
  return path;
}

inline CommandLine tiny_line(std::vector<std::string> overrides) {
  CommandLine line;
  line.command = "train";
  line.config_dir = "configs";
  line.overrides = {"dataset.reader.folder=" + tiny_wardrobe().string(),
                    "dataset.reader.num_products=260",
                    "dataset.reader.test_fraction=0.2",
                    "dataset.reader.val_fraction=0.2",
                    "dataset.vocabulary.min_count=5",
                    "transform.image_size=16",
                    "encoder.widths=[4,4,8,8]",
                    "attribute_encoder.width=16",
                    "attribute_encoder.layers=1",
                    "embedding_dim=8",
                    "loader.batch_size=32",
                    "trainer.num_steps=6",
                    "trainer.log_every=2",
                    "trainer.precision=float32",
                    "schedule.warmup_steps=2",
                    "evaluation.min_products_per_tuple=1"};
  line.overrides.insert(line.overrides.end(), overrides.begin(), overrides.end());
  return line;
}

/// The message of the Error that a call throws, or "no error".
template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace twinset::testing
