#include "framework/trainer/trainer.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "framework/checkpoints/training_state.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/optim/gradients.h"
#include "framework/tracking/progress.h"

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

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
      : parts_(parts), options_(options), folder_(folder), precision_(parse_precision(options.precision)),
        document_tokens_(parts.document_tokens.to(at::Device(options.device))),
        parameters_(parts.model->parameters()),
        buffers_(parts.model->buffers()),
        average_(options.weight_average, averaged_tensors()) {
    append(parameters_, with_prefix(parts.loss->parameters(), "loss."));
  }

  TrainingSummary run() {
    resume();
    MetricsLog log(folder_ / "metrics.jsonl", summary_.step);
    std::unique_ptr<Loader> loader = parts_.make_loader(position_);
    double batch_size = 1;
    std::unique_ptr<Progress> progress;
    double loss_sum = 0;
    int64_t loss_count = 0, logged_samples = 0, run_samples = 0;
    Clock::time_point logged = Clock::now(), begin = logged;
    const double seconds_before = summary_.seconds;
    double evaluation_seconds = 0;
    parts_.model->set_training(true);

    while (summary_.step < options_.num_steps && !interrupt_requested()) {
      const std::optional<Batch> batch = loader->next();
      batch_size = static_cast<double>(batch->size());
      if (!progress) {
        progress = std::make_unique<Progress>("train", options_.num_steps, "products", batch_size);
        progress->set_start(summary_.step);
      }
      const StepResult result = step(*batch);
      position_ = loader->position();
      ++summary_.step;
      logged_samples += batch->size();
      run_samples += batch->size();
      if (result.is_finite) {
        loss_sum += result.loss;
        ++loss_count;
      }
      summary_.seconds = seconds_before + seconds_since(begin) - evaluation_seconds;
      const bool is_last = summary_.step == options_.num_steps;
      Metrics metrics;
      if (summary_.step % options_.log_every == 0 || is_last) {
        summary_.final_loss = loss_count > 0 ? loss_sum / static_cast<double>(loss_count) : std::nan("");
        metrics = {{"epoch", static_cast<double>(batch->epoch)}, {"loss", summary_.final_loss},
                   {"lr", result.lr}, {"gradient_norm", result.gradient_norm},
                   {"samples_per_second", static_cast<double>(logged_samples) / seconds_since(logged)},
                   {"loader_wait_seconds", loader->wait_seconds()},
                   {"num_bad_steps", static_cast<double>(summary_.num_bad_steps)}};
        metrics.insert(metrics.end(), result.statistics.begin(), result.statistics.end());
        loss_sum = 0;
        loss_count = logged_samples = 0;
        logged = Clock::now();
      }
      progress->update(summary_.step, fmt::format("loss {:.4f}", result.loss));
      const Clock::time_point pause = Clock::now();
      if (parts_.evaluate && options_.evaluate_every > 0 && (summary_.step % options_.evaluate_every == 0 || is_last)) {
        for (const auto& [name, value] : validate()) metrics.emplace_back("val." + name, value);
      }
      if (!metrics.empty()) log.write(summary_.step, metrics);
      if (options_.checkpoint_every > 0 && summary_.step % options_.checkpoint_every == 0 && !is_last) save();
      const double paused = seconds_since(pause);
      evaluation_seconds += paused;
      logged += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(paused));
    }
    if (progress) progress->finish();
    summary_.samples_per_second = static_cast<double>(run_samples) / std::max(1e-9, summary_.seconds - seconds_before);
    summary_.loader_wait_seconds = loader->wait_seconds();
    summary_.is_complete = summary_.step >= options_.num_steps;
    save();
    if (summary_.is_complete) average_.swap();
    return summary_;
  }

 private:
  struct StepResult {
    double loss = 0, gradient_norm = 0, lr = 0;
    bool is_finite = false;
    Metrics statistics;
  };

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
    // Dropout draws depend on the step alone, so that a resumed run draws the same.
    at::manual_seed(CounterRandom({.seed = parts_.seed, .sample = static_cast<uint64_t>(summary_.step), .purpose = "step"})());

    std::vector<at::Tensor> buffers_before;
    for (const auto& [name, buffer] : buffers_) buffers_before.push_back(buffer.detach().clone());
    DocumentPlan plan = parts_.negatives->plan(
        {.labels = &batch.labels, .samples = &batch.samples, .seed = parts_.seed, .epoch = batch.epoch, .step = summary_.step});
    const at::Tensor queries_BD =
        embed(*parts_.model->query, query_input(batch, precision_, options_.device), precision_);
    const at::Tensor rows_M = at::tensor(at::ArrayRef<int64_t>(plan.documents), at::TensorOptions().dtype(at::kLong)).to(document_tokens_.device());
    const at::Tensor documents_MD =
        embed(*parts_.model->document, {.images = {}, .tokens = document_tokens_.index_select(0, rows_M)}, precision_);
    Candidates candidates = parts_.negatives->gather(std::move(plan), queries_BD, documents_MD);
    if (parts_.complete_candidates) parts_.complete_candidates(batch.samples, candidates);
    LossResult loss = parts_.loss->forward(queries_BD, candidates);

    reset_gradients(parameters_);
    loss.value.backward();
    result.loss = loss.value.item<double>();
    result.gradient_norm = gradient_norm(parameters_).item<double>();
    result.is_finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
    result.statistics = std::move(loss.statistics);
    for (auto& entry : Negatives::statistics(candidates)) result.statistics.push_back(std::move(entry));
    if (!result.is_finite) {
      // The forward pass has already moved the running means of norms.
      for (size_t i = 0; i < buffers_.size(); ++i) buffers_[i].second.detach().copy_(buffers_before[i]);
      skip_bad_step(result);
      return result;
    }
    if (options_.clip_norm > 0) clip_gradients(parameters_, result.gradient_norm, options_.clip_norm);
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
    const std::string culprit = !std::isfinite(query_norm) && !std::isfinite(document_norm) ? "both encoders"
                                : !std::isfinite(query_norm)                                ? "the query encoder"
                                : !std::isfinite(document_norm)                             ? "the document encoder"
                                                                                            : "the loss";
    const std::string what = fmt::format("loss {} and gradient norm {}, not finite in {}", result.loss, result.gradient_norm, culprit);
    log_warning("step {} skipped: {}", summary_.step + 1, what);
    if (summary_.num_bad_steps <= options_.max_bad_steps) return;
    throw DataError({.where = fmt::format("step {}", summary_.step + 1),
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
      if (name != parts_.best_metric || (summary_.best_step > 0 && !(value > summary_.best_value))) continue;
      summary_.best_value = value;
      summary_.best_step = summary_.step;
      save_state(folder_ / "best.safetensors",
                 {model_state(*parts_.model, *parts_.loss), {{"step", summary_.step}, {parts_.best_metric, value}}});
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
    save_state(folder_ / "last.safetensors",
               {state_tensors(),
                {{"step", summary_.step}, {"epoch", position_.epoch}, {"batch", position_.batch},
                 {"optimizer_steps", parts_.optimizer->num_steps()}, {"num_bad_steps", summary_.num_bad_steps},
                 {"best_value", summary_.best_value}, {"best_step", summary_.best_step}, {"seconds", summary_.seconds},
                 {"final_loss", summary_.final_loss}}});
  }

  void resume() {
    const std::filesystem::path file = folder_ / "last.safetensors";
    if (!std::filesystem::exists(file)) return;
    const nlohmann::json counters = load_state(file, state_tensors());
    summary_.step = counters.at("step");
    position_ = {counters.at("epoch"), counters.at("batch")};
    parts_.optimizer->set_num_steps(counters.at("optimizer_steps"));
    summary_.num_bad_steps = counters.at("num_bad_steps");
    summary_.best_value = counters.at("best_value");
    summary_.best_step = counters.at("best_step");
    summary_.seconds = counters.at("seconds");
    summary_.final_loss = counters.at("final_loss").is_null() ? std::nan("") : counters.at("final_loss").get<double>();
    log_info("resuming at step {} of {}", summary_.step, options_.num_steps);
  }

  const TrainerParts& parts_;
  const TrainerOptions& options_;
  std::filesystem::path folder_;
  Precision precision_;
  at::Tensor document_tokens_;
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

TrainingSummary train(const TrainerParts& parts, const TrainerOptions& options, const std::filesystem::path& folder) {
  return Run(parts, options, folder).run();
}

}  // namespace twinset
