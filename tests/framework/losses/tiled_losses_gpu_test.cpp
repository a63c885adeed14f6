// The CUDA kernels of the tiled losses against the plain libtorch path, which other tests hold
// against naive loops.
#include <cstdlib>

#include "framework/kernels/cuda_library.h"
#include "tests/framework/losses/tiled_cases.h"

namespace twinset {
namespace {

using namespace tiled_cases;
using testing::unit_rows;

// TWINSET_TEST_SEED draws other inputs.
uint64_t seed() {
  const char* text = std::getenv("TWINSET_TEST_SEED");
  return text == nullptr ? 21 : std::strtoull(text, nullptr, 10);
}

TEST(TiledLosses, OnTheGpuMatchTheDensePathInFloat64) {
  if (!load_cuda()) GTEST_SKIP() << "no GPU";
  for (const NamedLoss& loss : losses()) {
    for (const Case& c : cases()) {
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        SCOPED_TRACE(fmt::format("{}, {}, {}", loss.name, c.name, toString(type)));
        Candidates candidates = make_candidates(c, seed());
        const at::Tensor queries =
            unit_rows(c.rows, c.dim, seed() + 1).to(at::kBFloat16).to(at::kDouble);
        candidates.embeddings = candidates.embeddings.to(at::kBFloat16).to(at::kDouble);
        const Outcome expected = evaluate(loss.make, "dense", queries, candidates, at::kDouble);
        Candidates on_gpu = candidates;
        on_gpu.embeddings = candidates.embeddings.to(at::kCUDA);
        const MakeLoss make = [&](const std::string& kernel) {
          auto made = loss.make(kernel);
          made->to_device("cuda");
          return made;
        };
        Outcome actual = evaluate(make, "tiled", queries.to(at::kCUDA), on_gpu, type);
        for (at::Tensor& gradient : actual.gradients) gradient = gradient.cpu();
        // bfloat16's 8 bits; of float32's products two tf32 keep 22 bits, and a gradient is as
        // wrong as its logit, up to 1 / temperature.
        expect_close(actual, expected, loss.temperature, c.rows, type,
                     type == at::kBFloat16 ? 1.0 / 512 : 0x1.8p-22 / loss.temperature);
      }
    }
  }
}

}  // namespace
}  // namespace twinset
