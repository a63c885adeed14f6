// One loss on inputs from files, timed on demand: the half of scripts/benchmarks/loss_speed.py that
// is ours.
//
//   loss_speed LOSS B D float32|bfloat16 THREADS FOLDER [cpu|cuda [auto|tiled|dense]] FOLDER holds
//     queries.f32 and documents.f32, [B, D] raw; pairs are on the diagonal. Reads lines: "ready"
//     waits for the inputs, "run" does forward and backward once, "save" also writes the gradients
//     beside the inputs. Each is answered by one line of JSON. On a GPU the time ends when the
//     gradients are there.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "framework/core/process_memory.h"
#include "framework/kernels/cuda_library.h"
#include "framework/losses/info_nce.h"
#include "framework/losses/sigmoid.h"

namespace {

using namespace twinset;

at::Tensor read_raw(const std::string& path, int64_t rows, int64_t columns) {
  at::Tensor tensor = at::empty({rows, columns}, at::TensorOptions().dtype(at::kFloat));
  std::ifstream file(path, std::ios::binary);
  file.read(static_cast<char*>(tensor.mutable_data_ptr()),
            static_cast<std::streamsize>(tensor.nbytes()));
  if (!file) throw std::runtime_error("can't read " + path);
  return tensor;
}

void write_raw(const std::string& path, const at::Tensor& tensor) {
  const at::Tensor contiguous = tensor.to(at::Device(at::kCPU), at::kFloat).contiguous();
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(contiguous.const_data_ptr()),
             static_cast<std::streamsize>(contiguous.nbytes()));
  if (!file.flush()) throw std::runtime_error("can't write " + path);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7 || argc > 9) {
    fmt::print(stderr,
               "usage: {} info_nce|sigmoid B D float32|bfloat16 THREADS FOLDER [cpu|cuda "
               "[auto|tiled|dense]]\n",
               argv[0]);
    return 2;
  }
  const std::string name = argv[1], type = argv[4], folder = argv[6];
  const int64_t rows = std::atoll(argv[2]), dim = std::atoll(argv[3]);
  at::set_num_threads(std::atoi(argv[5]));
  const std::string device = argc > 7 ? argv[7] : "cpu", kernel = argc > 8 ? argv[8] : "auto";
  if (device == "cuda") require_cuda();
  const auto loss =
      name == "info_nce" ? make_info_nce({.kernel = kernel}) : make_sigmoid({.kernel = kernel});
  loss->to_device(device);
  const auto read = [&](const char* file) {
    return read_raw(folder + "/" + file, rows, dim)
        .to(at::Device(device), type == "bfloat16" ? at::kBFloat16 : at::kFloat)
        .set_requires_grad(true);
  };
  const at::Tensor queries = read("queries.f32");
  Candidates candidates;
  candidates.embeddings = read("documents.f32");
  candidates.positives.num_columns = candidates.excluded.num_columns = rows;
  for (int64_t i = 0; i < rows; ++i) {
    candidates.positives.add_row(std::vector<int64_t>{i});
    candidates.excluded.add_row({});
    candidates.targets.push_back(i);
  }
  const double before_mib = resident_mib();
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "ready") {
      fmt::print("{{}}\n");
      std::fflush(stdout);
      continue;
    }
    queries.mutable_grad() = at::Tensor();
    candidates.embeddings.mutable_grad() = at::Tensor();
    for (const auto& [parameter_name, parameter] : loss->parameters())
      at::Tensor(parameter).mutable_grad() = at::Tensor();
    const double cpu = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor value = loss->forward(queries, candidates).value;
    value.backward();
    // Bringing one element of each gradient to the host waits for the GPU.
    for (const at::Tensor& leaf : {queries, candidates.embeddings})
      leaf.grad().select(0, 0).select(0, 0).item<float>();
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{{\"wall\": {}, \"cpu\": {}, \"value\": {}, \"extra_gib\": {}", wall,
               cpu_seconds() - cpu, value.item<double>(),
               (peak_resident_mib() - before_mib) / 1024);
    for (const auto& [parameter_name, parameter] : loss->parameters())
      fmt::print(", \"{}\": {}", parameter_name, parameter.grad().item<double>());
    fmt::print("}}\n");
    std::fflush(stdout);
    if (line == "save") {
      write_raw(folder + "/queries_gradient.f32", queries.grad());
      write_raw(folder + "/documents_gradient.f32", candidates.embeddings.grad());
      fmt::print("{{}}\n");
      std::fflush(stdout);
    }
  }
}
