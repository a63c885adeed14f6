// What ranks say to each other. W ranks that each embed their part of a batch compute what one
// process with the whole batch would.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/options.h"
#include "framework/core/tensor_fwd.h"
#include "framework/distributed/gradient_reducer.h"
#include "framework/distributed/launch_environment.h"

namespace twinset {

/// How ranks talk.
struct DistributedOptions {
  double timeout_seconds = 300;
  int64_t bucket_megabytes = 25;

  template <class V>
  void visit(V&& v) {
    v("timeout_seconds", timeout_seconds,
      Field{.help = "ranks that wait longer for another one end, and name it",
            .unit = "seconds",
            .min = 1});
    v("bucket_megabytes", bucket_megabytes,
      Field{.help = "gradients are summed over ranks in pieces of this size, while the backward "
                    "pass goes on",
            .unit = "MB",
            .min = 1});
  }
};

/// The ranks of a run, seen from one of them. Every rank makes the same calls in the same order.
/// CPU tensors travel by Gloo, CUDA tensors by NCCL.
///
/// @throws ShapeError   on every rank, before anything is sent, if tensors do not fit together:
///                      names both ranks
/// @throws SystemError  if a rank is gone, failed or did not answer within the time-out: names it
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int64_t rank() const = 0;
  virtual int64_t world_size() const = 0;
  bool is_main() const { return rank() == 0; }

  /// Sums a tensor over ranks, in place; each rank gets the same bits.
  virtual void sum(const at::Tensor& tensor) = 0;
  /// Rank 0's tensor, in place.
  virtual void broadcast(const at::Tensor& tensor) = 0;
  /// Rank 0's text.
  virtual std::string broadcast(const std::string& text) = 0;
  /// The rows [n_r, ...] of all ranks, in their order: [sum of n_r, ...]. n_r may differ and be 0.
  /// No gradient (gather_rows.h has it).
  virtual at::Tensor gather_rows(const at::Tensor& rows) = 0;
  /// Everyone's numbers, by rank; their count may differ.
  virtual std::vector<std::vector<int64_t>> gather(const std::vector<int64_t>& numbers) = 0;
  /// Rank 0 works, the others wait, however long it takes: not bound by the time-out while rank 0
  /// lives.
  virtual void run_on_main(std::string_view what, const std::function<void()>& work) = 0;
  /// Runs something that talks between ranks inside (a backward pass): a rank that is lost
  /// meanwhile is named.
  virtual void guard(std::string_view what, const std::function<void()>& work) = 0;
  /// Tells the others why this rank ends, so that they can say it.
  virtual void report_failure(std::string_view message) = 0;
  /// Means gradients over ranks during the backward pass; null where nothing is to be reduced: one
  /// process, frozen parameters.
  virtual std::unique_ptr<GradientReducer> make_reducer(const NamedTensors& parameters) = 0;
};

/// One process on its own: every call is free.
Communicator& single_process();

/// Joins the group that the environment tells of; with one rank, a process on its own.
/// @param device  "cpu", or "cuda:N" for ranks whose tensors are on a GPU
/// @throws SystemError if the others do not come within the time-out
std::unique_ptr<Communicator> make_communicator(const LaunchEnvironment& environment,
                                                const DistributedOptions& options,
                                                const std::string& device);

}  // namespace twinset
