#include "experiments/twinset/evaluated_run.h"

#include "experiments/twinset/sweep_results.h"
#include "framework/checkpoints/training_state.h"

namespace twinset {

EvaluatedRun evaluate_products(const std::filesystem::path& folder, const Plugins& plugins,
                               const std::string& split) {
  EvaluatedRun run{.options = read_options<RunOptions>(read_run_config(folder), ""),
                   .data = {},
                   .model = {},
                   .embedded = {},
                   .scores = {}};
  run.data = load_run_data(run.options, plugins, folder);
  if (!run.data.splits.contains(split))
    throw_unknown_name("split", "split", split, {"train", "val", "test"});
  run.model = make_run_model(run.options, run.data, plugins);
  load_state(folder / "model.safetensors", model_state(run.model.encoders, *run.model.loss));
  run.embedded = embed_split(run.options, run.data, run.model, split);
  run.scores = make_embedding_scores(
      run.embedded.embeddings,
      embed_phrases(run.options, run.data, run.model, run.data.vocabulary.phrases()));
  return run;
}

}  // namespace twinset
