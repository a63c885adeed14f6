#pragma once

#include <cstdint>
#include <memory>

#include "framework/core/registry.h"

namespace twinset {

/// The learning rate of each step.
class Schedule {
 public:
  virtual ~Schedule() = default;
  /// @param step  counted from 0
  virtual double lr(int64_t step) const = 0;
};

/// Schedules are made for a run of a known length: the second argument is the number of steps.
using ScheduleRegistry = Registry<Schedule, int64_t>;

/// Options of `cosine`.
struct CosineOptions {
  double lr = 1e-3;
  int64_t warmup_steps = 25;
  double final_share = 0.0;

  template <class V>
  void visit(V&& v) {
    v("lr", lr, Field{.help = "highest learning rate", .above = 0});
    v("warmup_steps", warmup_steps,
      Field{.help = "linear rise from lr / warmup_steps", .unit = "steps", .min = 0});
    v("final_share", final_share,
      Field{.help = "share of lr that is left at the end", .min = 0, .max = 1});
  }
};

/// Linear warm-up times half a cosine over the whole run:
/// \f$ \eta(s) = \min(1, \frac{s+1}{w}) \left[f + (1-f)\tfrac12(1+\cos\frac{\pi s}{S})\right]
/// \eta_{max} \f$.
std::unique_ptr<Schedule> make_cosine(const CosineOptions& options, int64_t num_steps);

/// Options of `constant`.
struct ConstantOptions {
  double lr = 1e-3;
  int64_t warmup_steps = 0;

  template <class V>
  void visit(V&& v) {
    v("lr", lr, Field{.help = "learning rate", .above = 0});
    v("warmup_steps", warmup_steps,
      Field{.help = "linear rise from lr / warmup_steps", .unit = "steps", .min = 0});
  }
};

/// Linear warm-up, then the same learning rate.
std::unique_ptr<Schedule> make_constant(const ConstantOptions& options, int64_t num_steps);

/// Registers every schedule of this folder.
void register_builtin_schedules(ScheduleRegistry& registry);

}  // namespace twinset
