#include "experiments/twinset/gradient_check.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "experiments/twinset/run_model.h"
#include "experiments/twinset/run_negatives.h"
#include "framework/checkpoints/training_state.h"
#include "framework/core/error.h"
#include "framework/encoders/convert.h"
#include "framework/optim/parameter_groups.h"
#include "framework/trainer/contrastive_step.h"

namespace twinset {
namespace {

constexpr double kShareOfLargest =
    1e-4;  // a gradient that is zero in exact arithmetic is rounding: it is not judged by itself

void to_double(const NamedTensors& tensors) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.is_floating_point()) continue;
    tensor.mutable_grad().reset();
    tensor.set_data(tensor.detach().to(at::kDouble));
  }
}

NamedTensors trainable_of(const RunModel& model) {
  NamedTensors tensors = model.encoders.parameters();
  for (const auto& [name, tensor] : model.loss->parameters())
    tensors.emplace_back("loss." + name, tensor);
  return tensors;
}

std::vector<at::Tensor> gradients_of(const NamedTensors& parameters) {
  std::vector<at::Tensor> gradients;
  for (const auto& [name, tensor] : parameters) {
    gradients.push_back(tensor.grad().defined() ? tensor.grad().clone()
                                                : at::zeros_like(tensor.detach()));
  }
  return gradients;
}

double largest(const at::Tensor& tensor) {
  return tensor.numel() == 0 ? 0.0 : tensor.detach().abs().max().item<double>();
}

int64_t third(int64_t rows, int64_t ranks) { return std::max<int64_t>(1, (rows / ranks + 2) / 3); }

}  // namespace

GradientCheckResult check_gradients(RunOptions options, const Plugins& plugins,
                                    const GradientCheckOptions& check, Communicator& ranks) {
  options.trainer.precision = "float32";  // of the casts; the weights are float64
  RunData data;
  ranks.run_on_main("preparing the data", [&] { data = load_run_data(options, plugins, {}); });
  if (!ranks.is_main()) data = load_run_data(options, plugins, {});
  RunModel model = make_run_model(options, data, plugins);
  convert_weights(*model.encoders.query, at::kDouble);
  convert_weights(*model.encoders.document, at::kDouble);
  to_double(model.loss->parameters());
  const NamedTensors parameters = trainable_of(model);
  if (ranks.world_size() > 1) {
    for (const auto& [name, tensor] : parameters) ranks.broadcast(tensor);
  }
  model.encoders.set_training(!check.evaluation_mode);

  GradientCheckResult result;
  result.ranks = ranks.world_size();
  result.batch_size = options.loader.batch_size;
  result.query_chunk = options.trainer.query_chunk > 0 ? options.trainer.query_chunk
                                                       : third(result.batch_size, result.ranks);
  result.document_chunk =
      options.trainer.document_chunk > 0
          ? options.trainer.document_chunk
          : third(std::min(result.batch_size, data.vocabulary.size()), result.ranks);
  const auto whole_negatives = make_run_negatives(options, data, model, plugins, at::kDouble);
  const auto cut_negatives = make_run_negatives(options, data, model, plugins, at::kDouble);
  ContrastiveParts parts{
      .model = &model.encoders,
      .negatives = whole_negatives.get(),
      .loss = model.loss.get(),
      .communicator = &single_process(),
      .document_tokens = data.document_tokens.to(at::Device(options.trainer.device)),
      .seed = static_cast<uint64_t>(options.seed)};
  ContrastiveStep whole(parts, {.device = options.trainer.device});
  parts.negatives = cut_negatives.get();
  parts.communicator = &ranks;
  ContrastiveStep cut(parts, {.device = options.trainer.device,
                              .query_chunk = result.query_chunk,
                              .document_chunk = result.document_chunk,
                              .concurrent_chunks = options.trainer.concurrent_chunks,
                              .allows_chunk_statistics = check.evaluation_mode});
  const auto optimizer = plugins.optimizers.create(options.optimizer, decay_groups(parameters));
  const auto schedule = plugins.schedules.create(options.schedule, options.trainer.num_steps);
  const auto whole_loader = make_run_loader(options, data, model, "train", true, {}, {});
  const auto cut_loader = make_run_loader(options, data, model, "train", true, {}, {}, ranks);

  for (int64_t step = 0; step < check.steps; ++step) {
    std::vector<at::Tensor> expected;
    ranks.run_on_main("the whole batch", [&] {
      whole.backward(*whole_loader->next(), step);
      expected = gradients_of(parameters);
    });
    cut.backward(*cut_loader->next(), step);
    const std::vector<at::Tensor> computed = gradients_of(parameters);
    optimizer->step(schedule->lr(step));
    model.loss->clamp_parameters();
    whole_negatives->finish_step();
    cut_negatives->finish_step();
    if (!ranks.is_main()) continue;
    double largest_of_all = 0;
    for (const at::Tensor& gradient : expected)
      largest_of_all = std::max(largest_of_all, largest(gradient));
    for (size_t i = 0; i < parameters.size(); ++i) {
      GradientDifference difference{.parameter = parameters[i].first,
                                    .step = step,
                                    .largest_gradient = largest(expected[i]),
                                    .largest_difference = largest(expected[i] - computed[i])};
      const double scale = std::max(difference.largest_gradient, kShareOfLargest * largest_of_all);
      difference.relative =
          scale > 0 ? difference.largest_difference / scale : difference.largest_difference;
      result.differences.push_back(difference);
    }
  }
  return result;
}

std::string gradient_check_text(const GradientCheckResult& result, double tolerance) {
  struct Group {
    int64_t parameters = 0;
    double gradient = 0, difference = 0, relative = 0;
  };
  std::map<std::string, Group> groups;
  const GradientDifference* first = nullptr;
  for (const GradientDifference& difference : result.differences) {
    // query.image.blocks.0.weight belongs to query.image, loss.bias to loss.bias.
    const size_t dot = difference.parameter.find('.', difference.parameter.find('.') + 1);
    Group& group = groups[difference.parameter.substr(0, dot)];
    group.parameters += difference.step == 0 ? 1 : 0;
    group.gradient = std::max(group.gradient, difference.largest_gradient);
    group.difference = std::max(group.difference, difference.largest_difference);
    group.relative = std::max(group.relative, difference.relative);
    if (first == nullptr && !(difference.relative <= tolerance)) first = &difference;
  }
  std::string text = fmt::format(
      "One batch of {} in one process, and {} rank{} with chunks of {} queries and {} documents, "
      "in float64:\n\n",
      result.batch_size, result.ranks, result.ranks == 1 ? "" : "s", result.query_chunk,
      result.document_chunk);
  text += fmt::format("{:<36} {:>10} {:>17} {:>18} {:>10}\n", "parameters", "tensors",
                      "largest gradient", "largest difference", "relative");
  for (const auto& [name, group] : groups) {
    text += fmt::format("{:<36} {:>10} {:>17.3e} {:>18.3e} {:>10.1e}\n", name, group.parameters,
                        group.gradient, group.difference, group.relative);
  }
  if (first == nullptr)
    return text + fmt::format("\nequal: every gradient within {:g} of its parameter's largest\n",
                              tolerance);
  return text + fmt::format("\ndiffer: '{}' at step {}: {:.3e} relative, more than {:g}\n",
                            first->parameter, first->step, first->relative, tolerance);
}

}  // namespace twinset
