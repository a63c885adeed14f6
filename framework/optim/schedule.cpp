#include "framework/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace twinset {
namespace {

double warmup_share(int64_t step, int64_t warmup_steps) {
  return warmup_steps == 0
             ? 1.0
             : std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmup_steps));
}

class Cosine final : public Schedule {
 public:
  Cosine(const CosineOptions& options, int64_t num_steps)
      : options_(options), num_steps_(num_steps) {}
  double lr(int64_t step) const override {
    const double progress = std::min(
        1.0, static_cast<double>(step) / static_cast<double>(std::max<int64_t>(1, num_steps_)));
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    return options_.lr * warmup_share(step, options_.warmup_steps) *
           (options_.final_share + (1.0 - options_.final_share) * cosine);
  }

 private:
  CosineOptions options_;
  int64_t num_steps_;
};

class Constant final : public Schedule {
 public:
  explicit Constant(const ConstantOptions& options) : options_(options) {}
  double lr(int64_t step) const override {
    return options_.lr * warmup_share(step, options_.warmup_steps);
  }

 private:
  ConstantOptions options_;
};

}  // namespace

std::unique_ptr<Schedule> make_cosine(const CosineOptions& options, int64_t num_steps) {
  return std::make_unique<Cosine>(options, num_steps);
}

std::unique_ptr<Schedule> make_constant(const ConstantOptions& options, int64_t) {
  return std::make_unique<Constant>(options);
}

void register_builtin_schedules(ScheduleRegistry& registry) {
  registry.add<ConstantOptions>("constant", "warm-up, then the same learning rate", make_constant);
  registry.add<CosineOptions>("cosine", "warm-up, then half a cosine to the end of the run",
                              make_cosine);
}

}  // namespace twinset
