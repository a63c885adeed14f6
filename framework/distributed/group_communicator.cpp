#include "framework/distributed/group_communicator.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "framework/core/error.h"
#include "framework/distributed/bucket_reducer.h"
#include "framework/distributed/nccl_library.h"
#include "framework/distributed/rank_watch.h"

namespace twinset {
namespace {

using Milliseconds = std::chrono::milliseconds;

c10::intrusive_ptr<c10d::Store> connect(const LaunchEnvironment& environment,
                                        Milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(environment.store_port);
  options.isServer = environment.hosts_store();
  options.waitWorkers = false;
  options.timeout = timeout;
  options.multiTenant = true;
  try {
    return c10::make_intrusive<c10d::TCPStore>(environment.store_host, options);
  } catch (const std::exception& error) {
    throw SystemError(
        {.where = fmt::format("rank {} of {}", environment.rank, environment.world_size),
         .what = fmt::format("can't reach the ranks' meeting point {}:{}", environment.store_host,
                             environment.store_port),
         .expected = fmt::format("rank 0 or the launcher there within {:.0f} s",
                                 std::chrono::duration<double>(timeout).count()),
         .todo = "are all ranks started, and is MASTER_ADDR reachable from this machine?"});
  }
}

std::shared_ptr<gloo::transport::Device> gloo_device(const LaunchEnvironment& environment) {
  if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME"))
    return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  if (environment.store_host == "127.0.0.1" || environment.store_host == "localhost") {
    return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  }
  return c10d::ProcessGroupGloo::createDefaultDevice();
}

class GroupCommunicator final : public Communicator {
 public:
  GroupCommunicator(const LaunchEnvironment& environment, const DistributedOptions& options,
                    const std::string& device)
      : environment_(environment),
        options_(options),
        timeout_(static_cast<int64_t>(options.timeout_seconds * 1000)),
        store_(connect(environment, timeout_)),
        watch_(store_->clone(), environment, timeout_) {
    // Gloo writes to the sockets of ranks that have died; that is to be an error, not the silent
    // end of this rank too.
    ::signal(SIGPIPE, SIG_IGN);
    // Ranks do not outlive a launcher that is killed.
    if (environment.launcher == "twinset launch") ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int rank = static_cast<int>(environment.rank),
              size = static_cast<int>(environment.world_size);
    guard("meeting", [&] {
      const auto prefix =
          c10::make_intrusive<c10d::PrefixStore>(environment.store_prefix + "gloo", store_);
      auto gloo_options = c10d::ProcessGroupGloo::Options::create(timeout_);
      gloo_options->devices.push_back(gloo_device(environment));
      group_ = c10::make_intrusive<c10d::ProcessGroup>(prefix, rank, size);
      group_->setBackend(
          c10::DeviceType::CPU, c10d::ProcessGroup::BackendType::GLOO,
          c10::make_intrusive<c10d::ProcessGroupGloo>(prefix, rank, size, gloo_options));
      if (device != "cpu") {
        group_->setBackend(c10::DeviceType::CUDA, c10d::ProcessGroup::BackendType::NCCL,
                           make_nccl_group(c10::make_intrusive<c10d::PrefixStore>(
                                               environment.store_prefix + "nccl", store_),
                                           rank, size, timeout_));
      }
    });
  }

  int64_t rank() const override { return environment_.rank; }
  int64_t world_size() const override { return environment_.world_size; }

  void sum(const at::Tensor& tensor) override {
    check_alike(tensor, "sum");
    const at::NoGradGuard no_grad;
    at::Tensor buffer = tensor.detach().contiguous();
    std::vector<at::Tensor> buffers = {buffer};
    guard("sum", [&] { group_->allreduce(buffers)->wait(); });
    if (!buffer.is_same(tensor)) tensor.detach().copy_(buffer);
  }

  void broadcast(const at::Tensor& tensor) override {
    check_alike(tensor, "broadcast");
    const at::NoGradGuard no_grad;
    at::Tensor buffer = tensor.detach().contiguous();
    std::vector<at::Tensor> buffers = {buffer};
    guard("broadcast", [&] { group_->broadcast(buffers)->wait(); });
    tensor.detach().copy_(buffer);
  }

  std::string broadcast(const std::string& text) override {
    const auto sizes = gather({static_cast<int64_t>(text.size())});
    at::Tensor bytes = at::zeros({sizes[0][0]}, at::TensorOptions().dtype(at::kByte));
    if (is_main()) std::memcpy(bytes.mutable_data_ptr(), text.data(), text.size());
    std::vector<at::Tensor> buffers = {bytes};
    if (bytes.numel() > 0) guard("broadcast", [&] { group_->broadcast(buffers)->wait(); });
    return {reinterpret_cast<const char*>(bytes.const_data_ptr<uint8_t>()),
            static_cast<size_t>(bytes.numel())};
  }

  std::vector<std::vector<int64_t>> gather(const std::vector<int64_t>& numbers) override {
    const auto counts = gather_equal({static_cast<int64_t>(numbers.size())}, "gather of numbers");
    int64_t most = 0;
    for (const auto& count : counts) most = std::max(most, count[0]);
    std::vector<int64_t> padded = numbers;
    padded.resize(static_cast<size_t>(most));
    auto result = most > 0 ? gather_equal(padded, "gather of numbers")
                           : std::vector<std::vector<int64_t>>(counts.size());
    for (size_t r = 0; r < result.size(); ++r) result[r].resize(static_cast<size_t>(counts[r][0]));
    return result;
  }

  at::Tensor gather_rows(const at::Tensor& rows) override {
    const at::NoGradGuard no_grad;
    const auto shapes = check_alike(rows, "gather of rows", /*first_may_differ=*/true);
    int64_t most = 0, total = 0;
    for (const auto& shape : shapes)
      most = std::max(most, shape[kFirstSize]), total += shape[kFirstSize];
    std::vector<int64_t> sizes = rows.sizes().vec();
    sizes[0] = most;
    at::Tensor padded = rows.detach().contiguous();
    if (rows.size(0) != most) {
      padded = at::zeros(sizes, rows.options());
      padded.narrow(0, 0, rows.size(0)).copy_(rows.detach());
    }
    sizes[0] = most * world_size();
    at::Tensor gathered = at::empty(sizes, rows.options());
    if (gathered.numel() > 0)
      guard("gather of rows", [&] { group_->_allgather_base(gathered, padded)->wait(); });
    if (total == sizes[0]) return gathered;
    std::vector<at::Tensor> parts;
    for (size_t r = 0; r < shapes.size(); ++r)
      parts.push_back(gathered.narrow(0, static_cast<int64_t>(r) * most, shapes[r][kFirstSize]));
    return at::cat(parts);
  }

  void run_on_main(std::string_view what, const std::function<void()>& work) override {
    const std::string key = fmt::format("{}main/{}", environment_.store_prefix, num_main_runs_++);
    if (is_main()) {
      work();
      watch_.set(key, "done");
      return;
    }
    // The key is there when rank 0 is done; until then only its life counts, not the time.
    guard(what, [&] {
      Milliseconds pause{2};
      while (watch_.find(key).empty()) {
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, Milliseconds(200));
        if (const std::string problem = watch_.problem(); !problem.empty())
          throw SystemError(lost(what, problem));
      }
    });
  }

  void guard(std::string_view what, const std::function<void()>& work) override {
    watch_.begin_wait(std::string(what));
    try {
      work();
      watch_.end_wait();
    } catch (const Error&) {
      watch_.end_wait();
      throw;
    } catch (const std::exception& error) {
      watch_.end_wait();
      const std::string problem = watch_.diagnose();
      if (!problem.empty()) throw SystemError(lost(what, problem));
      if (std::string(error.what()).find("imed out") == std::string::npos) throw;
      throw SystemError(
          lost(what, fmt::format("some rank did not come within {:g} s, though all are alive",
                                 options_.timeout_seconds)));
    }
  }

  void report_failure(std::string_view message) override {
    watch_.report_failure(std::string(message));
  }

  std::unique_ptr<GradientReducer> make_reducer(const NamedTensors& parameters) override {
    return make_bucket_reducer(group_, parameters, options_.bucket_megabytes << 20);
  }

 private:
  // What check_alike sends: type, device, dimensions, sizes.
  static constexpr size_t kFirstSize = 3, kShapeNumbers = 12;

  ErrorParts lost(std::string_view what, const std::string& problem) const {
    return {
        .where = fmt::format("rank {} of {}, {}", rank(), world_size(), what),
        .what = problem,
        .expected = "every rank to take part",
        .todo =
            "see that rank's output; a run goes on from its last checkpoint with the same command"};
  }

  std::vector<std::vector<int64_t>> gather_equal(const std::vector<int64_t>& numbers,
                                                 std::string_view what) {
    const at::NoGradGuard no_grad;
    at::Tensor own =
        at::tensor(at::ArrayRef<int64_t>(numbers), at::TensorOptions().dtype(at::kLong));
    at::Tensor all = at::empty({world_size() * own.size(0)}, own.options());
    guard(what, [&] { group_->_allgather_base(all, own)->wait(); });
    const int64_t* data = all.const_data_ptr<int64_t>();
    std::vector<std::vector<int64_t>> result;
    for (int64_t r = 0; r < world_size(); ++r)
      result.emplace_back(data + r * own.size(0), data + (r + 1) * own.size(0));
    return result;
  }

  // Every rank tells type and shape first: a mismatch is an error on all of them, not a hang or a
  // wrong sum.
  std::vector<std::vector<int64_t>> check_alike(const at::Tensor& tensor, std::string_view what,
                                                bool first_may_differ = false) {
    std::vector<int64_t> own = {static_cast<int64_t>(tensor.scalar_type()),
                                static_cast<int64_t>(tensor.device().type()), tensor.dim()};
    own.insert(own.end(), tensor.sizes().begin(), tensor.sizes().end());
    TWINSET_CHECK(own.size() <= kShapeNumbers, "a tensor of so many dimensions is not sent");
    own.resize(kShapeNumbers);
    const auto all = gather_equal(own, what);
    const auto text_of = [](const std::vector<int64_t>& shape) {
      const auto sizes = shape.begin() + static_cast<std::ptrdiff_t>(kFirstSize);
      return fmt::format("{} [{}]", c10::toString(static_cast<at::ScalarType>(shape[0])),
                         fmt::join(sizes, sizes + shape[2], ", "));
    };
    for (size_t r = 0; r < all.size(); ++r) {
      std::vector<int64_t> here = own, there = all[r];
      if (first_may_differ) here[kFirstSize] = there[kFirstSize] = 0;
      if (here == there) continue;
      throw ShapeError(
          {.where = fmt::format("rank {} of {}, {}", rank(), world_size(), what),
           .what = fmt::format("the tensor is {} here, {} on rank {}", text_of(own),
                               text_of(all[r]), r),
           .expected = first_may_differ ? "the same but for the number of rows" : "the same"});
    }
    return all;
  }

  LaunchEnvironment environment_;
  DistributedOptions options_;
  Milliseconds timeout_;
  c10::intrusive_ptr<c10d::Store> store_;
  RankWatch watch_;
  c10::intrusive_ptr<c10d::ProcessGroup> group_;
  int64_t num_main_runs_ = 0;
};

}  // namespace

std::unique_ptr<Communicator> make_group_communicator(const LaunchEnvironment& environment,
                                                      const DistributedOptions& options,
                                                      const std::string& device) {
  return std::make_unique<GroupCommunicator>(environment, options, device);
}

}  // namespace twinset
