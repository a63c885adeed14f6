#include "experiments/twinset/run_teacher.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "eval/npy.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

at::Tensor index_tensor(const std::vector<int64_t>& indices, const at::Device& device) {
  return at::tensor(at::ArrayRef<int64_t>(indices), at::TensorOptions().dtype(at::kLong))
      .to(device);
}

// The rows of a matrix file in the order of `wanted`, by the names beside it; rows that nobody
// wants are left out.
at::Tensor read_rows(const std::filesystem::path& names_file,
                     const std::filesystem::path& matrix_file,
                     const std::vector<std::string>& wanted, const std::string& noun) {
  const std::string names_text = read_file(names_file);
  const FloatMatrix matrix = read_npy(matrix_file);
  const std::vector<std::string_view> names = lines_of(names_text);
  if (static_cast<int64_t>(names.size()) != matrix.num_rows) {
    throw DataError({.where = names_file.string(),
                     .what = fmt::format("has {} lines", names.size()),
                     .expected = fmt::format("{}, one for each row of {}", matrix.num_rows,
                                             matrix_file.filename().string())});
  }
  std::unordered_map<std::string_view, size_t> row_of;
  for (size_t i = 0; i < names.size(); ++i) row_of.emplace(names[i], i);
  const auto width = static_cast<size_t>(matrix.num_columns);
  at::Tensor rows = at::empty({static_cast<int64_t>(wanted.size()), matrix.num_columns},
                              at::TensorOptions().dtype(at::kFloat));
  float* values = rows.mutable_data_ptr<float>();
  std::vector<std::string> missing;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto found = row_of.find(wanted[i]);
    if (found == row_of.end()) {
      missing.push_back(wanted[i]);
    } else {
      std::memcpy(values + i * width, matrix.values.data() + found->second * width,
                  width * sizeof(float));
    }
  }
  if (!missing.empty()) {
    throw DataError({.where = names_file.string(),
                     .what = fmt::format("lacks {} of {} {}, the first is '{}'", missing.size(),
                                         wanted.size(), noun, missing.front()),
                     .expected = "every one",
                     .todo = "export them: twinset eval run=TEACHER split=train "
                             "evaluation.export_embeddings=true"});
  }
  return rows / at::linalg_vector_norm(rows, 2, {1}, true).clamp_min(1e-12);
}

// Weights of (product, document) pairs, sorted by document.
using PairWeights = std::vector<std::vector<std::pair<int64_t, float>>>;

PairWeights read_weights(const std::filesystem::path& file, const Dataset& train,
                         const SparsePairs& labels, const AttributeVocabulary& vocabulary) {
  std::unordered_map<std::string, int64_t> sample_of;
  for (int64_t i = 0; i < train.size(); ++i) sample_of.emplace(train.record(i).id, i);
  PairWeights weights(static_cast<size_t>(train.size()));
  const std::string text = read_file(file);
  int64_t line_number = 0, num_used = 0, num_unknown = 0;
  for (std::string_view line : lines_of(text)) {
    ++line_number;
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    float weight = 0;
    const bool has_fields = first != std::string_view::npos && second != std::string_view::npos;
    const std::string_view number = has_fields ? line.substr(second + 1) : std::string_view();
    const auto [end, status] =
        std::from_chars(number.data(), number.data() + number.size(), weight);
    if (!has_fields || status != std::errc() || end != number.data() + number.size() ||
        !(weight > 0) || !std::isfinite(weight)) {
      throw DataError({.where = fmt::format("{}:{}", file.string(), line_number),
                       .what = fmt::format("is '{}'", line),
                       .expected = "product id<TAB>phrase<TAB>weight, with a weight above 0"});
    }
    const auto sample = sample_of.find(std::string(line.substr(0, first)));
    const int64_t document =
        vocabulary.find(std::string(line.substr(first + 1, second - first - 1)));
    if (sample == sample_of.end() || document < 0 ||
        !std::ranges::binary_search(labels.row(sample->second), document)) {
      ++num_unknown;
      continue;
    }
    weights[static_cast<size_t>(sample->second)].emplace_back(document, weight);
    ++num_used;
  }
  for (auto& row : weights) {
    std::sort(row.begin(), row.end());
    const auto twice = std::adjacent_find(
        row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != row.end()) {
      throw DataError({.where = file.string(),
                       .what = fmt::format("weighs '{}' of product '{}' twice",
                                           vocabulary.phrases()[static_cast<size_t>(twice->first)],
                                           train.record(&row - weights.data()).id),
                       .expected = "one line a pair"});
    }
  }
  log_info("{}: weights of {} positive pairs; {} lines are of pairs that the run does not have",
           file.string(), num_used, num_unknown);
  return weights;
}

class Teacher {
 public:
  Teacher(const TeacherOptions& options, const RunData& data, const std::string& device)
      : default_weight_(static_cast<float>(options.default_weight)) {
    const SplitData& train = data.split("train");
    if (options.embeddings) {
      const std::filesystem::path folder = *options.embeddings;
      std::vector<std::string> ids;
      for (int64_t i = 0; i < train.dataset->size(); ++i)
        ids.push_back(train.dataset->record(i).id);
      queries_ = read_rows(folder / "train.ids.txt", folder / "train.npy", ids, "training products")
                     .to(at::Device(device));
      if (std::filesystem::exists(folder / "attr.npy")) {
        documents_ = read_rows(folder / "vocab.txt", folder / "attr.npy", data.vocabulary.phrases(),
                               "phrases")
                         .to(at::Device(device));
      }
    }
    if (options.positive_weights)
      weights_ =
          read_weights(*options.positive_weights, *train.dataset, train.labels, data.vocabulary);
  }

  void complete(const std::vector<int64_t>& samples, Candidates& candidates) const {
    if (queries_.defined())
      candidates.teacher_queries =
          queries_.index_select(0, index_tensor(samples, queries_.device()));
    if (documents_.defined()) {
      candidates.teacher_documents =
          documents_.index_select(0, index_tensor(candidates.documents, documents_.device()));
    }
    if (weights_.empty()) return;
    candidates.positive_weights.clear();
    for (size_t i = 0; i < samples.size(); ++i) {
      const auto& known = weights_[static_cast<size_t>(samples[i])];
      for (int64_t column : candidates.positives.row(static_cast<int64_t>(i))) {
        const int64_t document = candidates.documents[static_cast<size_t>(column)];
        const auto found = std::lower_bound(known.begin(), known.end(), std::pair(document, 0.0f));
        candidates.positive_weights.push_back(
            found != known.end() && found->first == document ? found->second : default_weight_);
      }
    }
  }

 private:
  float default_weight_;
  at::Tensor queries_, documents_;
  PairWeights weights_;
};

}  // namespace

CompleteCandidates read_teacher(const TeacherOptions& options, const RunData& data,
                                const std::string& device) {
  if (!options.embeddings && !options.positive_weights) return {};
  const auto teacher = std::make_shared<const Teacher>(options, data, device);
  return [teacher](const std::vector<int64_t>& samples, Candidates& candidates) {
    teacher->complete(samples, candidates);
  };
}

}  // namespace twinset
