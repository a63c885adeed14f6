// The CUDA kernels of the tiled losses against the plain libtorch path, which other tests hold against naive loops.
#include "framework/kernels/cuda_library.h"
#include "tests/framework/losses/tiled_cases.h"

namespace twinset {
namespace {

using namespace tiled_cases;
using testing::unit_rows;

TEST(TiledLosses, OnTheGpuMatchTheDensePathInFloat64) {
  if (!load_cuda()) GTEST_SKIP() << "no GPU";
  for (const NamedLoss& loss : losses()) {
    if (loss.temperature < 0.05) continue;  // products rounded to tf32, times 100
    for (const Case& c : cases()) {
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        SCOPED_TRACE(fmt::format("{}, {}, {}", loss.name, c.name, toString(type)));
        Candidates candidates = make_candidates(c, 21);
        const at::Tensor queries = unit_rows(c.rows, c.dim, 20).to(at::kBFloat16).to(at::kDouble);  // exact in tf32 as well
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
        // To bfloat16's 8 bits or tf32's 11.
        expect_close(actual, expected, loss.temperature, c.rows, type, type == at::kBFloat16 ? 1.0 / 512 : 1.0 / 2048);
      }
    }
  }
}

}  // namespace
}  // namespace twinset
