// Our side of scripts/benchmarks/big_batch_step.py: training steps on the weights and the batch of
// a safetensors file, one for each line "step" on standard input; answers {"loss", "seconds",
// "parameters", "extra_mib"} as a line of JSON.
//
//     big_batch_step_bench FILE QUERY_CHUNK DOCUMENT_CHUNK CONCURRENT_CHUNKS THREADS LR
//
// FILE: "images" uint8 [B, H, W, 3], "texts" int64 [B, L], weights "query.*" and "document.*",
// metadata with the towers' shapes.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "framework/checkpoints/safetensors.h"
#include "framework/core/error.h"
#include "framework/core/process_memory.h"
#include "framework/encoders/transformer.h"
#include "framework/encoders/vit.h"
#include "framework/losses/info_nce.h"
#include "framework/negatives/in_batch.h"
#include "framework/optim/adamw.h"
#include "framework/optim/gradients.h"
#include "framework/optim/parameter_groups.h"
#include "framework/trainer/contrastive_step.h"

int main(int argc, char** argv) {
  using namespace twinset;
  if (argc != 7)
    return std::fprintf(stderr, "%s FILE QUERY_CHUNK DOCUMENT_CHUNK CONCURRENT_CHUNKS THREADS LR\n",
                        argv[0]),
           2;
  try {
    at::set_num_threads(std::stoi(argv[5]));
    const SafetensorsFile file = load_safetensors(argv[1]);
    const auto number = [&](const char* key) { return int64_t{std::stoll(file.metadata.at(key))}; };
    DualEncoder model;
    const EncoderContext context{.image_size = number("image_size"),
                                 .token_vocabulary = number("vocabulary"),
                                 .context_length = number("context_length"),
                                 .embedding_dim = number("embedding_dim")};
    model.query = make_vit({.patch_size = number("patch_size"),
                            .width = number("image_width"),
                            .depth = number("image_layers"),
                            .heads = number("image_heads")},
                           context);
    model.document = make_transformer({.width = number("text_width"),
                                       .layers = number("text_layers"),
                                       .heads = number("text_heads")},
                                      context);
    Batch batch;
    at::Tensor texts;
    NamedTensors parameters = model.parameters();
    size_t num_loaded = 0;
    int64_t num_elements = 0;
    for (const auto& [name, tensor] : file.tensors) {
      if (name == "images") batch.images = tensor;
      if (name == "texts") texts = tensor;
      for (auto& [own_name, own] : parameters) {
        if (own_name != name) continue;
        TWINSET_CHECK(own.sizes() == tensor.sizes(), name);
        const at::NoGradGuard no_grad;
        own.copy_(tensor);
        ++num_loaded;
      }
    }
    TWINSET_CHECK(num_loaded == parameters.size(), "every weight is the peer's");
    const auto loss = make_info_nce({});
    for (const auto& entry : loss->parameters()) parameters.push_back(entry);
    for (const auto& [name, tensor] : parameters) num_elements += tensor.numel();
    // Each query has a document of its own, as image and caption.
    const int64_t size = texts.size(0);
    batch.samples.resize(static_cast<size_t>(size));
    std::iota(batch.samples.begin(), batch.samples.end(), 0);
    batch.labels.num_columns = size;
    for (int64_t i = 0; i < size; ++i) batch.labels.add_row(std::vector<int64_t>{i});
    const auto negatives = make_in_batch({}, {.num_documents = size});
    ContrastiveStep step({.model = &model,
                          .negatives = negatives.get(),
                          .loss = loss.get(),
                          .communicator = &single_process(),
                          .document_tokens = texts},
                         {.query_chunk = std::stoll(argv[2]),
                          .document_chunk = std::stoll(argv[3]),
                          .concurrent_chunks = std::stoll(argv[4])});
    const auto optimizer = make_adamw({.weight_decay = 0.2}, decay_groups(parameters));
    const double before_mib = resident_mib();
    std::string line;
    for (int64_t i = 0; std::getline(std::cin, line); ++i) {
      const auto begin = std::chrono::steady_clock::now();
      const ContrastiveResult result = step.backward(batch, i);
      optimizer->step(std::stod(argv[6]));
      loss->clamp_parameters();
      const double seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      std::puts(nlohmann::json({{"loss", result.loss},
                                {"seconds", seconds},
                                {"parameters", num_elements},
                                {"extra_mib", peak_resident_mib() - before_mib}})
                    .dump()
                    .c_str());
      std::fflush(stdout);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
