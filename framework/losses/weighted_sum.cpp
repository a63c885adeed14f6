#include "framework/losses/weighted_sum.h"

#include <ATen/TensorOperators.h>

#include "framework/core/options.h"

namespace twinset {
namespace {

struct Part {
  std::string name;
  double weight;
  std::unique_ptr<Loss> loss;
};

class WeightedSum final : public Loss {
 public:
  explicit WeightedSum(std::vector<Part> parts) : parts_(std::move(parts)) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    LossResult result;
    for (const Part& part : parts_) {
      LossResult term = part.loss->forward(queries_BD, candidates);
      result.value = result.value.defined() ? result.value + term.value * part.weight
                                            : term.value * part.weight;
      result.statistics.emplace_back(part.name + ".loss", term.value.item<double>());
      for (const auto& [name, value] : term.statistics)
        result.statistics.emplace_back(part.name + "." + name, value);
    }
    return result;
  }

  NamedTensors parameters() const override {
    NamedTensors parameters;
    for (const Part& part : parts_) {
      for (const auto& [name, tensor] : part.loss->parameters())
        parameters.emplace_back(part.name + "." + name, tensor);
    }
    return parameters;
  }
  void clamp_parameters() override {
    for (const Part& part : parts_) part.loss->clamp_parameters();
  }
  double inverse_temperature() const override {
    for (const Part& part : parts_) {
      if (part.loss->inverse_temperature() != 1.0) return part.loss->inverse_temperature();
    }
    return 1.0;
  }
  void to_device(const std::string& device) override {
    for (const Part& part : parts_) part.loss->to_device(device);
  }

 private:
  std::vector<Part> parts_;
};

double weight_of(const Node& weights, const std::string& part, const std::string& path) {
  double weight = 1.0;
  if (const Node* node = weights.find(part))
    options_detail::read_value(*node, path + ".weights." + part, Field{.help = "", .min = 0},
                               weight);
  return weight;
}

}  // namespace

Node WeightedSumOptions::default_parts() {
  Node part = Node::map(), parts = Node::map();
  part.set("name", "info_nce");
  parts.set("info_nce", std::move(part));
  return parts;
}

void WeightedSumOptions::check_parts(const LossRegistry& registry, const std::string& path) const {
  if (!parts.is_map() || parts.as_map().empty()) {
    throw ConfigError({.where = parts.where(path + ".parts"),
                       .what = parts.is_map() ? "is empty" : "is " + parts.describe(),
                       .expected = "a map of losses",
                       .todo = "such as {clip: {name: info_nce}, spread: {name: koleo}}"});
  }
  options_detail::check_map(weights, path + ".weights");
  options_detail::check_known(weights, path + ".weights", parts.keys());
  for (const auto& [name, node] : parts.as_map()) {
    weight_of(weights, name, path);
    registry.check_part(node, path + ".parts." + name);
  }
}

std::unique_ptr<Loss> make_weighted_sum(const WeightedSumOptions& options,
                                        const LossRegistry& registry, const std::string& path) {
  options.check_parts(registry, path);
  std::vector<Part> parts;
  for (const auto& [name, node] : options.parts.as_map()) {
    parts.push_back({name, weight_of(options.weights, name, path),
                     registry.create_part(node, path + ".parts." + name)});
  }
  return std::make_unique<WeightedSum>(std::move(parts));
}

}  // namespace twinset
