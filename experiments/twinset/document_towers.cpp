#include "experiments/twinset/document_towers.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>

#include "framework/encoders/convert.h"

namespace twinset {
namespace {

at::Tensor embed_documents(const RunOptions& options, const RunData& data, Encoder& encoder,
                           const std::vector<int64_t>& documents) {
  const at::NoGradGuard no_grad;
  if (documents.empty()) return at::empty({0, options.embedding_dim});
  const at::Tensor rows = at::from_blob(const_cast<int64_t*>(documents.data()),
                                        {static_cast<int64_t>(documents.size())}, at::kLong);
  const at::Tensor tokens =
      data.document_tokens.index_select(0, rows).to(at::Device(options.trainer.device));
  std::vector<at::Tensor> parts;
  for (const at::Tensor& chunk : tokens.split(options.evaluation.batch_size)) {
    parts.push_back(embed(encoder, {.images = {}, .tokens = chunk},
                          parse_precision(options.trainer.precision)));
  }
  return at::cat(parts);
}

class MomentumCopy final : public MomentumTower {
 public:
  MomentumCopy(const RunOptions& options, const RunData& data, Encoder& trained,
               std::unique_ptr<Encoder> copy, double momentum)
      : options_(options),
        data_(data),
        trained_(trained),
        copy_(std::move(copy)),
        momentum_(momentum) {
    copy_->set_training(false);
    follow(0.0);
  }

  at::Tensor embed(const std::vector<int64_t>& documents) override {
    return embed_documents(options_, data_, *copy_, documents);
  }
  void update() override { follow(momentum_); }
  NamedTensors state() const override {
    NamedTensors tensors = copy_->parameters();
    for (const auto& entry : copy_->buffers()) tensors.push_back(entry);
    return tensors;
  }

 private:
  void follow(double momentum) {
    const at::NoGradGuard no_grad;
    const NamedTensors from = trained_.parameters(), to = copy_->parameters();
    std::vector<at::Tensor> current, slow;
    for (size_t i = 0; i < from.size(); ++i) {
      current.push_back(from[i].second.detach());
      slow.push_back(to[i].second.detach());
    }
    at::_foreach_lerp_(slow, current, 1.0 - momentum);
    const NamedTensors from_buffers = trained_.buffers(), to_buffers = copy_->buffers();
    for (size_t i = 0; i < from_buffers.size(); ++i)
      to_buffers[i].second.detach().copy_(from_buffers[i].second);
  }

  const RunOptions& options_;
  const RunData& data_;
  Encoder& trained_;
  std::unique_ptr<Encoder> copy_;
  double momentum_;
};

}  // namespace

DocumentTowers make_document_towers(const RunOptions& options, const RunData& data, RunModel& model,
                                    const Plugins& plugins) {
  Encoder& trained = *model.encoders.document;
  DocumentTowers towers;
  towers.embed = [&](const std::vector<int64_t>& documents) {
    trained.set_training(false);
    const at::Tensor embeddings = embed_documents(options, data, trained, documents);
    trained.set_training(true);
    return embeddings;
  };
  towers.make_momentum_tower = [&](double momentum) -> std::unique_ptr<MomentumTower> {
    auto copy =
        plugins.encoders.create(options.attribute_encoder, attribute_context(options, data));
    convert_weights(*copy, trained.parameters().front().second.scalar_type());
    copy->to_device(options.trainer.device);
    return std::make_unique<MomentumCopy>(options, data, trained, std::move(copy), momentum);
  };
  return towers;
}

}  // namespace twinset
