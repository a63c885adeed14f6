#include "experiments/pinlanding/assign/assign_stage.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "eval/npy.h"
#include "eval/unit_rows.h"
#include "experiments/pinlanding/assign/assign_report.h"
#include "experiments/pinlanding/assign/assignment_model.h"
#include "experiments/pinlanding/assign/background_writer.h"
#include "experiments/pinlanding/assign/encode_partitions.h"
#include "experiments/pinlanding/assign/partition_files.h"
#include "experiments/pinlanding/file_lock.h"
#include "experiments/pinlanding/training_config.h"
#include "experiments/twinset/data_digest.h"
#include "experiments/twinset/run_evaluation.h"
#include "experiments/twinset/sweep_results.h"
#include "framework/checkpoints/training_state.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/core/sha256.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const std::vector<std::string> kSplits = {"train", "val", "test"};

AssignOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("assign");
  return read_options<AssignOptions>(node == nullptr ? Node() : *node, "assign");
}

void check(const StageContext& context) {
  const AssignOptions options = options_of(context);
  const auto run = read_options<RunOptions>(training_config(context.config), "");
  if (options.partition_products % run.evaluation.batch_size != 0) {
    throw ConfigError({.where = "assign.partition_products",
                       .what = fmt::format("is {}", options.partition_products),
                       .expected = fmt::format("a multiple of evaluation.batch_size, {}, so that a "
                                               "partition does not depend on the one before",
                                               run.evaluation.batch_size)});
  }
  if (!options.partitions.empty() && (options.partitions.size() != 2 || options.partitions[0] < 0 ||
                                      options.partitions[1] < options.partitions[0])) {
    throw ConfigError({.where = "assign.partitions",
                       .what = fmt::format("has {} numbers", options.partitions.size()),
                       .expected = "[first, last] with 0 <= first <= last, or []"});
  }
  if (options.extraction.counts && options.extraction.false_rate >= options.extraction.recall) {
    throw ConfigError({.where = "assign.extraction.false_rate",
                       .what = fmt::format("is {}", options.extraction.false_rate),
                       .expected = fmt::format("less than assign.extraction.recall, {}",
                                               options.extraction.recall)});
  }
}

class Assigner {
 public:
  explicit Assigner(const StageContext& context)
      : context_(context),
        options_(options_of(context)),
        folder_(context.file("assign")),
        run_folder_(context.file("train")) {
    Node config = read_run_config(run_folder_);
    // Where it lay when the model was trained, it may not lie now.
    config.set_path("dataset.reader.file", context.file("curate/products.jsonl").string());
    run_ = read_options<RunOptions>(config, "");
    data_ = load_run_data(run_, context.plugins, run_folder_);
    model_ = make_run_model(run_, data_, context.plugins);
    load_state(run_folder_ / "model.safetensors", model_state(model_.encoders, *model_.loss));
    model_.encoders.set_training(false);
    catalogue_.emplace(context.plugins.datasets, context.config.at("dataset").at("reader"),
                       kSplits);
    model_digest_ = sha256(sha256_of_file(run_folder_ / "model.safetensors") +
                           sha256_of_file(run_folder_ / "vocabulary.json"));
  }

  std::string run() {
    const at::NoGradGuard no_grad;
    fs::create_directories(folder_ / "embeddings");
    embed_attributes();
    learn();
    const int64_t num_partitions =
        (catalogue_->size() + options_.partition_products - 1) / options_.partition_products;
    const int64_t first = options_.partitions.empty() ? 0 : options_.partitions[0];
    const int64_t last = options_.partitions.empty() ? num_partitions - 1 : options_.partitions[1];
    if (last >= num_partitions) {
      throw ConfigError({.where = "assign.partitions",
                         .what = fmt::format("names partition {}", last),
                         .expected = fmt::format("at most {}: there are {} products",
                                                 num_partitions - 1, catalogue_->size())});
    }
    remove_partitions_from(folder_, num_partitions);
    std::vector<int64_t> todo;
    for (int64_t i = first; i <= last; ++i) {
      if (!is_partition_done(folder_, i, digest_)) todo.push_back(i);
    }
    if (static_cast<int64_t>(todo.size()) <= last - first)
      log_info("assign: {} of {} partitions are done",
               last - first + 1 - static_cast<int64_t>(todo.size()), last - first + 1);
    stream(todo);
    for (int64_t i = 0; i < num_partitions; ++i) {
      if (!is_partition_done(folder_, i, digest_))
        return fmt::format("partitions {} to {} of {}", first, last, num_partitions);
    }
    return report(num_partitions);
  }

 private:
  void embed_attributes() {
    const at::Tensor rows =
        unit_rows(embed_phrases(run_, data_, model_, data_.vocabulary.phrases()), "attribute")
            .contiguous();
    dim_ = rows.size(1);
    const float* values = rows.data_ptr<float>();
    scores_.emplace(std::vector<float>(values, values + rows.numel()), dim_,
                    model_.loss->inverse_temperature(), data_.vocabulary.family_of(),
                    options_.score,
                    FrequencyWeight(options_.frequency_weight, data_.vocabulary.counts(),
                                    data_.vocabulary.num_products()));
    write_npy(folder_ / "embeddings/attr.npy", values, rows.size(0), dim_);
    std::string names;
    for (const std::string& phrase : data_.vocabulary.phrases()) names += phrase + "\n";
    write_file(folder_ / "embeddings/vocab.txt", names);
  }

  std::vector<int64_t> groups_of(const SparsePairs& labels) const {
    const auto& families = data_.vocabulary.families();
    const auto family =
        std::find(families.begin(), families.end(), options_.group_family) - families.begin();
    std::vector<int64_t> groups;
    for (int64_t i = 0; i < labels.num_rows(); ++i) {
      groups.push_back(-1);
      for (const int64_t a : labels.row(i)) {
        if (data_.vocabulary.family_of()[static_cast<size_t>(a)] == family) groups.back() = a;
      }
    }
    return groups;
  }

  // What thresholds depend on, and with the catalogue what partitions depend on.
  std::string options_digest() const {
    AssignOptions options = options_;
    options.partitions = {};
    options.queue_batches = 0;
    options.truth = options.synonyms = "";
    return digest(options_to_node(options));
  }

  void learn() {
    const FileLock lock(context_.file(".learn.lock"), FileLock::Kind::kExclusive,
                        /*waits=*/true);  // one of those that do parts
    const fs::path file = folder_ / "thresholds.json";
    const std::string learned_from = sha256(model_digest_ + options_digest() +
                                            data_digest(*data_.split(options_.split).dataset) +
                                            data_digest(*data_.split("train").dataset));
    if (AssignmentModel::saved_digest(file) != learned_from) {
      EmbeddedSplit held_out = embed_split(run_, data_, model_, options_.split);
      const at::Tensor rows = unit_rows(held_out.embeddings, "product").contiguous();
      const SparsePairs& train = data_.split("train").labels;
      const LabelWeights weights(options_.unlabelled, train, groups_of(train),
                                 data_.vocabulary.family_of(),
                                 static_cast<int64_t>(data_.vocabulary.families().size()));
      const std::vector<int64_t> groups = groups_of(held_out.labels);
      AssignmentModel::learn(data_.vocabulary, *scores_,
                             {rows.data_ptr<float>(), dim_, &held_out.labels, &groups, &weights},
                             options_)
          .save(file, data_.vocabulary, learned_from);
    }
    // Always from the file, so that a run that goes on decides as the one before.
    assignment_.emplace(AssignmentModel::load(file, data_.vocabulary, options_));
    digest_ = learned_from + sha256_of_file(file);
    if (options_.extraction.counts) {
      const fs::path curated = context_.file("curate/products.jsonl");
      evidence_.emplace(options_.extraction, curated, data_.vocabulary);
      digest_ += sha256_of_file(curated);
    }
    for (const auto& split : catalogue_->splits()) digest_ += data_digest(*split);
    digest_ = sha256(digest_);
  }

  void stream(const std::vector<int64_t>& todo) {
    Partition partition;
    BackgroundWriter<EncodedBatch> writer(
        static_cast<size_t>(options_.queue_batches),
        [&](EncodedBatch& batch) { score_and_write(batch, partition); });
    encode_partitions({.run = run_,
                       .data = data_,
                       .model = model_,
                       .catalogue = *catalogue_,
                       .partition_products = options_.partition_products},
                      todo, [&](EncodedBatch batch) {
                        const bool is_last = batch.is_last;
                        writer.put(std::move(batch));
                        // What a kill takes is never more than one partition.
                        if (is_last) writer.wait();
                      });
    writer.finish();
  }

  // In the writer's thread; `partition` is the one that `batch` goes on with.
  void score_and_write(const EncodedBatch& batch, Partition& partition) const {
    partition.index = batch.partition;
    partition.first = batch.first;
    partition.count = batch.count;
    // Those that a batch leaves out could not be read.
    const auto passed = [&] {
      return batch.first + std::ssize(partition.ids) + std::ssize(partition.broken);
    };
    const auto break_until = [&](int64_t end) {
      for (int64_t i = passed(); i < end; ++i) {
        const auto [dataset, index] = catalogue_->product(i);
        partition.broken.push_back(dataset->record(index).id);
      }
    };
    std::vector<double> raw, weighted;
    for (size_t k = 0; k < batch.samples.size(); ++k) {
      break_until(batch.samples[k]);
      const auto [dataset, index] = catalogue_->product(batch.samples[k]);
      const ProductRecord& record = dataset->record(index);
      scores_->score(
          {batch.embeddings.data() + static_cast<int64_t>(k) * dim_, static_cast<size_t>(dim_)},
          raw, weighted);
      const auto named = evidence_ ? evidence_->find(record.id) : std::nullopt;
      partition.ids.push_back(record.id);
      partition.lines.push_back(line_of(record, catalogue_->split_of(batch.samples[k]),
                                        assignment_->assign(weighted, named ? &*named : nullptr)));
    }
    if (options_.write_embeddings) {
      partition.dim = dim_;
      partition.embeddings.insert(partition.embeddings.end(), batch.embeddings.begin(),
                                  batch.embeddings.end());
    }
    if (!batch.is_last) return;
    break_until(batch.first + batch.count);
    write_partition(folder_, partition, digest_);
    partition = {};
  }

  std::string line_of(const ProductRecord& record, const std::string& split,
                      const std::vector<AssignedAttribute>& assigned) const {
    Json attributes = Json::object(), confidence = Json::object();
    for (const AssignedAttribute& entry : assigned) {
      const auto a = static_cast<size_t>(entry.attribute);
      const std::string& family =
          data_.vocabulary.families()[static_cast<size_t>(data_.vocabulary.family_of()[a])];
      attributes[family].push_back(data_.vocabulary.phrases()[a].substr(family.size() + 2));
      confidence[family].push_back(std::round(entry.confidence * 1e4) / 1e4);
    }
    return Json{{"id", record.id},
                {"split", split},
                {"title", record.title},
                {"attributes", attributes},
                {"confidence", confidence}}
        .dump();
  }

  std::string report(int64_t num_partitions) const {
    const std::string table = assign_report(context_.folder, options_.truth, options_.synonyms);
    write_file(folder_ / "report.md",
               fmt::format("# Assigned attributes\n\n{}\nExpected calibration error on held-out "
                           "labels: {:.4f} before, {:.4f} after calibration.\n",
                           table, assignment_->error_before(), assignment_->error_after()));
    int64_t num_broken = 0;
    for (int64_t i = 0; i < num_partitions; ++i) num_broken += num_broken_products(folder_, i);
    return fmt::format(
        "{} products in {} partitions{}; calibration error {:.3f} before, {:.3f} after",
        catalogue_->size() - num_broken, num_partitions,
        num_broken == 0 ? ""
                        : fmt::format(", without {} whose images are broken "
                                      "(assign/partition-*.json names them)",
                                      num_broken),
        assignment_->error_before(), assignment_->error_after());
  }

  const StageContext& context_;
  AssignOptions options_;
  fs::path folder_, run_folder_;
  RunOptions run_;
  RunData data_;
  RunModel model_;
  std::optional<Catalogue> catalogue_;
  std::optional<AttributeScores> scores_;
  std::optional<AssignmentModel> assignment_;
  std::optional<ExtractionEvidence> evidence_;
  std::string model_digest_, digest_;
  int64_t dim_ = 0;
};

}  // namespace

Stage assign_stage() {
  return {
      .name = "assign",
      .help =
          "give every product the attributes that the encoder sees, with calibrated confidences",
      .reads = {"extract/products.jsonl", "curate/products.jsonl", "train/config.yaml",
                "train/vocabulary.json", "train/tokenizer.json", "train/model.safetensors"},
      .config_keys = {"dataset"},
      .check = check,
      .external =
          [](const StageContext& context) {
            auto files = dataset_files(context.config.at("dataset").at("reader"));
            const AssignOptions options = options_of(context);
            if (!options.truth.empty()) files.emplace_back(options.truth);
            return files;
          },
      .run = [](const StageContext& context) { return Assigner(context).run(); },
      .is_part =
          [](const StageContext& context) { return !options_of(context).partitions.empty(); },
      .options = describe_options<AssignOptions>()};
}

}  // namespace twinset::pinlanding
