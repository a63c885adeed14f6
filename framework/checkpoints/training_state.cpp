#include "framework/checkpoints/training_state.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <map>

#include "framework/checkpoints/safetensors.h"
#include "framework/core/error.h"

namespace twinset {

std::string checksum(const NamedTensors& tensors) {
  uLong crc = crc32_z(0L, Z_NULL, 0);
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor bytes = tensor.detach().cpu().contiguous();
    crc = crc32_z(crc, static_cast<const Bytef*>(bytes.const_data_ptr()), bytes.nbytes());
  }
  return fmt::format("{:08x}", crc);
}

void save_state(const std::filesystem::path& file, const TrainingState& state) {
  save_safetensors(file, state.tensors,
                   {{"counters", state.counters.dump()},
                    {"crc32", checksum(state.tensors)},
                    {"format", "twinset-1"}});
}

nlohmann::json load_state(const std::filesystem::path& file, const NamedTensors& tensors) {
  SafetensorsFile loaded = load_safetensors(file);
  const auto fail = [&](const std::string& what, const std::string& expected) {
    throw DataError({.where = file.string(),
                     .what = what,
                     .expected = expected,
                     .todo = "the checkpoint belongs to another configuration, or is damaged"});
  };
  std::map<std::string, at::Tensor> by_name(loaded.tensors.begin(), loaded.tensors.end());
  NamedTensors in_order;
  for (const auto& [name, tensor] : tensors) {
    const auto found = by_name.find(name);
    if (found == by_name.end())
      fail(fmt::format("has no tensor '{}'", name),
           "one of shape " + fmt::format("{}", fmt::join(tensor.sizes(), "x")));
    if (found->second.sizes() != tensor.sizes() ||
        found->second.scalar_type() != tensor.scalar_type()) {
      fail(fmt::format("tensor '{}' is {} {}", name, toString(found->second.scalar_type()),
                       fmt::join(found->second.sizes(), "x")),
           fmt::format("{} {}", toString(tensor.scalar_type()), fmt::join(tensor.sizes(), "x")));
    }
    in_order.emplace_back(name, found->second);
  }
  if (by_name.size() != tensors.size()) {
    for (const auto& [name, tensor] : tensors) by_name.erase(name);
    fail(fmt::format("has a tensor '{}' that this model does not have", by_name.begin()->first),
         fmt::format("{} tensors", tensors.size()));
  }
  const auto metadata = [&](const char* key) {
    const auto found = loaded.metadata.find(key);
    if (found == loaded.metadata.end())
      fail(fmt::format("has no '{}' in its metadata", key), "a file that twinset wrote");
    return found->second;
  };
  const std::string sum = checksum(in_order);
  if (sum != metadata("crc32"))
    fail(fmt::format("the checksum of its tensors is {}", sum), metadata("crc32"));
  const nlohmann::json counters = nlohmann::json::parse(metadata("counters"), nullptr, false);
  if (counters.is_discarded()) fail("its counters are not JSON", "a file that twinset wrote");
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < tensors.size(); ++i) tensors[i].second.detach().copy_(in_order[i].second);
  return counters;
}

}  // namespace twinset
