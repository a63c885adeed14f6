#include "framework/trainer/trainer.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "framework/checkpoints/training_state.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/optim/gradients.h"
#include "framework/tracking/progress.h"
#include "framework/trainer/contrastive_step.h"

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

NamedTensors with_prefix(const NamedTensors& tensors, const std::string& prefix) {
  NamedTensors result;
  for (const auto& [name, tensor] : tensors) result.emplace_back(prefix + name, tensor);
  return result;
}

void append(NamedTensors& target, const NamedTensors& tensors) {
  target.insert(target.end(), tensors.begin(), tensors.end());
}

class Run {
 public:
  Run(const TrainerParts& parts, const TrainerOptions& options, const std::filesystem::path& folder)
      : parts_(parts),
        options_(options),
        folder_(folder),
        ranks_(parts.communicator != nullptr ? *parts.communicator : single_process()),
        gradients_({.model = parts.model,
                    .negatives = parts.negatives,
                    .loss = parts.loss,
                    .communicator = &ranks_,
                    .document_tokens = parts.document_tokens.to(at::Device(options.device)),
                    .seed = parts.seed,
                    .complete_candidates = parts.complete_candidates},
                   {.precision = parse_precision(options.precision),
                    .device = options.device,
                    .query_chunk = options.query_chunk,
                    .document_chunk = options.document_chunk,
                    .concurrent_chunks = options.concurrent_chunks,
                    .allows_chunk_statistics = options.batch_norm == "per_chunk"}),
        parameters_(parts.model->parameters()),
        buffers_(parts.model->buffers()),
        average_(options.weight_average, averaged_tensors()) {
    append(parameters_, with_prefix(parts.loss->parameters(), "loss."));
  }

  TrainingSummary run() {
    resume();
    std::optional<MetricsLog> log;
    if (ranks_.is_main()) log.emplace(folder_ / "metrics.jsonl", summary_.step);
    std::unique_ptr<Loader> loader = parts_.make_loader(position_);
    std::unique_ptr<Progress> progress;
    double loss_sum = 0;
    int64_t loss_count = 0, logged_samples = 0, run_samples = 0;
    Clock::time_point logged = Clock::now(), begin = logged;
    const double seconds_before = summary_.seconds;
    double evaluation_seconds = 0;
    parts_.model->set_training(true);

    while (summary_.step < options_.num_steps && !is_interrupted()) {
      const std::optional<Batch> batch = loader->next();
      if (!progress && ranks_.is_main()) {
        progress =
            std::make_unique<Progress>("train", options_.num_steps, "products",
                                       static_cast<double>(batch->size() * ranks_.world_size()));
        progress->set_start(summary_.step);
      }
      const StepResult result = step(*batch);
      position_ = loader->position();
      ++summary_.step;
      logged_samples += result.batch_size;
      run_samples += result.batch_size;
      if (result.is_finite) {
        loss_sum += result.loss;
        ++loss_count;
      }
      summary_.seconds = seconds_before + seconds_since(begin) - evaluation_seconds;
      const bool is_last = summary_.step == options_.num_steps;
      Metrics metrics;
      if (summary_.step % options_.log_every == 0 || is_last) {
        summary_.final_loss =
            loss_count > 0 ? loss_sum / static_cast<double>(loss_count) : std::nan("");
        metrics = {
            {"epoch", static_cast<double>(batch->epoch)},
            {"loss", summary_.final_loss},
            {"lr", result.lr},
            {"gradient_norm", result.gradient_norm},
            {"samples_per_second", static_cast<double>(logged_samples) / seconds_since(logged)},
            {"loader_wait_seconds", loader->wait_seconds()},
            {"num_bad_steps", static_cast<double>(summary_.num_bad_steps)}};
        metrics.insert(metrics.end(), result.statistics.begin(), result.statistics.end());
        loss_sum = 0;
        loss_count = logged_samples = 0;
        logged = Clock::now();
      }
      if (progress) progress->update(summary_.step, fmt::format("loss {:.4f}", result.loss));
      const Clock::time_point pause = Clock::now();
      if (parts_.evaluate && options_.evaluate_every > 0 &&
          (summary_.step % options_.evaluate_every == 0 || is_last)) {
        ranks_.run_on_main("validation", [&] {
          for (const auto& [name, value] : validate()) metrics.emplace_back("val." + name, value);
        });
      }
      if (!metrics.empty() && log) log->write(summary_.step, metrics);
      if (options_.checkpoint_every > 0 && summary_.step % options_.checkpoint_every == 0 &&
          !is_last)
        save();
      const double paused = seconds_since(pause);
      evaluation_seconds += paused;
      logged += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(paused));
    }
    if (progress) progress->finish();
    summary_.samples_per_second =
        static_cast<double>(run_samples) / std::max(1e-9, summary_.seconds - seconds_before);
    summary_.loader_wait_seconds = loader->wait_seconds();
    summary_.is_complete = summary_.step >= options_.num_steps;
    save();
    if (summary_.is_complete) average_.swap();
    return summary_;
  }

 private:
  struct StepResult {
    int64_t batch_size = 0;
    double loss = 0, gradient_norm = 0, lr = 0;
    bool is_finite = false;
    Metrics statistics;
  };

  // Ranks must stop at the same step: with several, they agree on it in the step.
  bool is_interrupted() const {
    return ranks_.world_size() == 1 ? interrupt_requested() : was_interrupted_;
  }

  // What the average follows: weights, running means of norms, and the loss's scalars.
  NamedTensors averaged_tensors() const {
    NamedTensors tensors = with_prefix(parts_.model->parameters(), "model.");
    append(tensors, with_prefix(parts_.model->buffers(), "model."));
    append(tensors, with_prefix(parts_.loss->parameters(), "loss."));
    return tensors;
  }

  StepResult step(const Batch& batch) {
    StepResult result;
    result.lr = parts_.schedule->lr(summary_.step);
    std::vector<at::Tensor> buffers_before;
    for (const auto& [name, buffer] : buffers_) buffers_before.push_back(buffer.detach().clone());
    ContrastiveResult gradients = gradients_.backward(batch, summary_.step, interrupt_requested());
    was_interrupted_ = gradients.interrupt;
    result.batch_size = gradients.batch_size;
    result.loss = gradients.loss;
    result.gradient_norm = gradient_norm(parameters_).item<double>();
    result.is_finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
    result.statistics = std::move(gradients.statistics);
    if (!result.is_finite) {
      // The forward pass has already moved the running means of norms.
      for (size_t i = 0; i < buffers_.size(); ++i)
        buffers_[i].second.detach().copy_(buffers_before[i]);
      skip_bad_step(result);
      return result;
    }
    if (options_.clip_norm > 0)
      clip_gradients(parameters_, result.gradient_norm, options_.clip_norm);
    parts_.optimizer->step(result.lr);
    parts_.loss->clamp_parameters();
    parts_.negatives->finish_step();
    average_.update(summary_.step + 1);
    return result;
  }

  void skip_bad_step(const StepResult& result) {
    ++summary_.num_bad_steps;
    const double query_norm = gradient_norm(parts_.model->query->parameters()).item<double>();
    const double document_norm = gradient_norm(parts_.model->document->parameters()).item<double>();
    const std::string culprit = !std::isfinite(query_norm) && !std::isfinite(document_norm)
                                    ? "both encoders"
                                : !std::isfinite(query_norm)    ? "the query encoder"
                                : !std::isfinite(document_norm) ? "the document encoder"
                                                                : "the loss";
    const std::string what = fmt::format("loss {} and gradient norm {}, not finite in {}",
                                         result.loss, result.gradient_norm, culprit);
    log_warning("step {} skipped: {}", summary_.step + 1, what);
    if (summary_.num_bad_steps <= options_.max_bad_steps) return;
    throw DataError(
        {.where = fmt::format("step {}", summary_.step + 1),
         .what = what,
         .expected = fmt::format("at most {} such steps", options_.max_bad_steps),
         .todo = "lower schedule.lr, set trainer.clip_norm=1, or trainer.precision=float32"});
  }

  Metrics validate() {
    average_.swap();
    parts_.model->set_training(false);
    Metrics metrics;
    {
      const at::NoGradGuard no_grad;
      metrics = parts_.evaluate();
    }
    for (const auto& [name, value] : metrics) {
      if (name != parts_.best_metric || (summary_.best_step > 0 && !(value > summary_.best_value)))
        continue;
      summary_.best_value = value;
      summary_.best_step = summary_.step;
      save_state(folder_ / "best.safetensors",
                 {model_state(*parts_.model, *parts_.loss),
                  {{"step", summary_.step}, {parts_.best_metric, value}}});
    }
    parts_.model->set_training(true);
    average_.swap();
    return metrics;
  }

  NamedTensors state_tensors() const {
    NamedTensors tensors = model_state(*parts_.model, *parts_.loss);
    append(tensors, parts_.optimizer->state());
    append(tensors, average_.state());
    append(tensors, with_prefix(parts_.negatives->state(), "negatives."));
    return tensors;
  }

  void save() {
    if (!ranks_.is_main()) return;
    save_state(folder_ / "last.safetensors", {state_tensors(), counters()});
  }

  nlohmann::json counters() const {
    return {{"step", summary_.step},
            {"epoch", position_.epoch},
            {"batch", position_.batch},
            {"optimizer_steps", parts_.optimizer->num_steps()},
            {"num_bad_steps", summary_.num_bad_steps},
            {"best_value", summary_.best_value},
            {"best_step", summary_.best_step},
            {"seconds", summary_.seconds},
            {"final_loss", summary_.final_loss}};
  }

  // Rank 0's weights and counters are everyone's: from its checkpoint, or its first ones
  // (processors draw differently).
  void resume() {
    const std::filesystem::path file = folder_ / "last.safetensors";
    std::string text;
    if (ranks_.is_main() && std::filesystem::exists(file))
      text = load_state(file, state_tensors()).dump();
    text = ranks_.broadcast(text);
    if (ranks_.world_size() > 1) {
      for (const auto& [name, tensor] : state_tensors()) ranks_.broadcast(tensor);
    }
    if (text.empty()) return;
    const nlohmann::json saved = nlohmann::json::parse(text);
    summary_.step = saved.at("step");
    position_ = {saved.at("epoch"), saved.at("batch")};
    parts_.optimizer->set_num_steps(saved.at("optimizer_steps"));
    summary_.num_bad_steps = saved.at("num_bad_steps");
    summary_.best_value = saved.at("best_value");
    summary_.best_step = saved.at("best_step");
    summary_.seconds = saved.at("seconds");
    summary_.final_loss =
        saved.at("final_loss").is_null() ? std::nan("") : saved.at("final_loss").get<double>();
    log_info("resuming at step {} of {}", summary_.step, options_.num_steps);
  }

  const TrainerParts& parts_;
  const TrainerOptions& options_;
  std::filesystem::path folder_;
  Communicator& ranks_;
  ContrastiveStep gradients_;
  bool was_interrupted_ = false;  ///< some rank, when the last step began
  NamedTensors parameters_;
  NamedTensors buffers_;
  WeightAverage average_;
  LoaderPosition position_;
  TrainingSummary summary_;
};

}  // namespace

NamedTensors model_state(const DualEncoder& model, const Loss& loss) {
  NamedTensors tensors = with_prefix(model.parameters(), "model.");
  append(tensors, with_prefix(model.buffers(), "model."));
  append(tensors, with_prefix(loss.parameters(), "loss."));
  return tensors;
}

TrainingSummary train(const TrainerParts& parts, const TrainerOptions& options,
                      const std::filesystem::path& folder) {
  return Run(parts, options, folder).run();
}

}  // namespace twinset
