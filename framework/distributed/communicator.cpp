#include "framework/distributed/communicator.h"

#include "framework/distributed/group_communicator.h"

namespace twinset {
namespace {

class SingleProcess final : public Communicator {
 public:
  int64_t rank() const override { return 0; }
  int64_t world_size() const override { return 1; }
  void sum(const at::Tensor&) override {}
  void broadcast(const at::Tensor&) override {}
  std::string broadcast(const std::string& text) override { return text; }
  at::Tensor gather_rows(const at::Tensor& rows) override { return rows; }
  std::vector<std::vector<int64_t>> gather(const std::vector<int64_t>& numbers) override {
    return {numbers};
  }
  void run_on_main(std::string_view, const std::function<void()>& work) override { work(); }
  void guard(std::string_view, const std::function<void()>& work) override { work(); }
  void report_failure(std::string_view) override {}
  std::unique_ptr<GradientReducer> make_reducer(const NamedTensors&) override { return nullptr; }
};

}  // namespace

Communicator& single_process() {
  static SingleProcess process;
  return process;
}

std::unique_ptr<Communicator> make_communicator(const LaunchEnvironment& environment,
                                                const DistributedOptions& options,
                                                const std::string& device) {
  if (!environment.is_distributed()) return std::make_unique<SingleProcess>();
  return make_group_communicator(environment, options, device);
}

}  // namespace twinset
