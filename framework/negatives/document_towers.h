#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// A slow copy of the document tower: weights that follow the trained ones.
class MomentumTower {
 public:
  virtual ~MomentumTower() = default;
  /// [M, D] L2-normalised embeddings of documents by the slow weights, in evaluation mode, without
  /// gradient.
  virtual at::Tensor embed(const std::vector<int64_t>& documents) = 0;
  /// \f$ \theta_k \leftarrow m\,\theta_k + (1-m)\,\theta \f$ with the trained weights \f$\theta\f$;
  /// running means are copied.
  virtual void update() = 0;
  /// The slow weights, under stable names, sharing storage.
  virtual NamedTensors state() const = 0;
};

/// How a strategy embeds documents itself. The program hands it in; a strategy knows no encoder.
struct DocumentTowers {
  /// [M, D] L2-normalised embeddings by the weights of now, in evaluation mode, without gradient.
  std::function<at::Tensor(const std::vector<int64_t>& documents)> embed = {};
  /// A copy that starts at the weights of now. @param momentum  m, in [0, 1)
  std::function<std::unique_ptr<MomentumTower>(double momentum)> make_momentum_tower = {};
};

}  // namespace twinset
