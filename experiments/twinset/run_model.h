#pragma once

#include <memory>

#include "experiments/twinset/run_data.h"

namespace twinset {

/// The trainable half of a run.
struct RunModel {
  DualEncoder encoders;
  std::unique_ptr<Loss> loss;
};

/// Both towers and the loss, with initial weights from `seed`, on the device.
/// @throws ConfigError if both encoder and title_encoder are none, among others
RunModel make_run_model(const RunOptions& options, const RunData& data, const Plugins& plugins);

/// What the attribute tower is told of its input and output.
EncoderContext attribute_context(const RunOptions& options, const RunData& data);

/// A loader over one split. Training: shuffled and augmented, from a position, a rank's part of
/// each batch; otherwise in order, once.
std::unique_ptr<Loader> make_run_loader(const RunOptions& options, const RunData& data,
                                        const RunModel& model, const std::string& split,
                                        bool is_training, LoaderPosition position,
                                        const std::filesystem::path& broken_samples_file,
                                        const Communicator& ranks = single_process());

}  // namespace twinset
