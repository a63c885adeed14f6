#include "eval/subjects/file_subject.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>

#include "eval/npy.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

struct NamedRows {
  std::vector<std::string> names;
  at::Tensor rows;  // [names, D], unit rows
};

NamedRows read_rows(const std::filesystem::path& names_file,
                    const std::filesystem::path& matrix_file) {
  NamedRows result;
  std::istringstream lines(read_file(names_file));
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    result.names.push_back(line);
  }
  FloatMatrix matrix = read_npy(matrix_file);
  if (matrix.num_rows != static_cast<int64_t>(result.names.size()) || matrix.num_columns < 1) {
    throw DataError({.where = matrix_file.string(),
                     .what = fmt::format("holds [{}, {}]", matrix.num_rows, matrix.num_columns),
                     .expected = fmt::format("[{}, D], one row for each line of {}",
                                             result.names.size(), names_file.string())});
  }
  const at::Tensor rows =
      at::from_blob(matrix.values.data(), {matrix.num_rows, matrix.num_columns}, at::kFloat);
  result.rows = unit_rows(rows, "row of " + matrix_file.filename().string());
  return result;
}

class FileSubject : public Subject {
 public:
  FileSubject(std::filesystem::path folder, OpenSplit open, const AttributeVocabulary& vocabulary)
      : folder_(std::move(folder)), open_(std::move(open)), vocabulary_(vocabulary) {
    add_texts("vocab.txt", "attr.npy");
    if (std::filesystem::exists(folder_ / "phrases.txt")) add_texts("phrases.txt", "phrases.npy");
    if (std::filesystem::exists(folder_ / "texts.txt")) add_texts("texts.txt", "texts.npy");
    if (!std::filesystem::exists(folder_ / "meta.json")) return;
    const auto meta = nlohmann::json::parse(read_file(folder_ / "meta.json"), nullptr,
                                            /*allow_exceptions=*/false);
    if (!meta.is_object() || !meta.contains("scale") || !meta["scale"].is_number()) {
      throw DataError({.where = (folder_ / "meta.json").string(),
                       .what = "has no number 'scale'",
                       .expected = "{\"scale\": inverse temperature}"});
    }
    inverse_temperature_ = meta["scale"].get<double>();
  }

  const EmbeddedProducts& products(const std::string& split) override {
    const auto [place, is_new] = products_.try_emplace(split);
    if (is_new) place->second = read_products(split);
    return place->second;
  }

  at::Tensor texts(const std::vector<std::string>& texts) override {
    std::vector<at::Tensor> rows;
    for (const std::string& text : texts) {
      const auto found = texts_.find(text);
      if (found == texts_.end()) {
        throw DataError(
            {.where = folder_.string(),
             .what = fmt::format("has no embedding of '{}'", text),
             .expected = "each text of the protocol in vocab.txt, phrases.txt or texts.txt",
             .todo =
                 fmt::format("embed {} texts like it, and write them as texts.txt and texts.npy",
                             texts.size())});
      }
      rows.push_back(found->second);
    }
    return at::stack(rows);
  }

  const AttributeVocabulary& vocabulary() const override { return vocabulary_; }
  double inverse_temperature() const override { return inverse_temperature_; }

 private:
  void add_texts(const char* names, const char* matrix) {
    const NamedRows rows = read_rows(folder_ / names, folder_ / matrix);
    for (size_t i = 0; i < rows.names.size(); ++i)
      texts_.emplace(rows.names[i], rows.rows.select(0, static_cast<int64_t>(i)));
  }

  EmbeddedProducts read_products(const std::string& split) {
    const NamedRows rows = read_rows(folder_ / (split + ".ids.txt"), folder_ / (split + ".npy"));
    std::unordered_map<std::string, int64_t> row_of;
    for (size_t i = 0; i < rows.names.size(); ++i) {
      if (row_of.emplace(rows.names[i], static_cast<int64_t>(i)).second) continue;
      throw DataError(
          {.where = fmt::format("{}:{}", (folder_ / (split + ".ids.txt")).string(), i + 1),
           .what = fmt::format("the id '{}' occurs twice", rows.names[i]),
           .expected = "each product once"});
    }
    EmbeddedProducts result;
    result.dataset = &open_(split);
    std::vector<int64_t> order;
    for (int64_t i = 0; i < result.dataset->size(); ++i) {
      const auto row = row_of.find(result.dataset->record(i).id);
      if (row == row_of.end()) continue;
      result.samples.push_back(i);
      order.push_back(row->second);
      row_of.erase(row);
    }
    if (!row_of.empty()) {
      throw DataError({.where = (folder_ / (split + ".ids.txt")).string(),
                       .what = fmt::format("{} ids are no products of the split, such as '{}'",
                                           row_of.size(), row_of.begin()->first),
                       .expected = "ids of the data set's split '" + split + "'"});
    }
    const int64_t num_missing = result.dataset->size() - result.size();
    if (num_missing > 0)
      log_warning("{}: {} of {} products have no embedding and are left out", split, num_missing,
                  result.dataset->size());
    result.embeddings = at::index_select(rows.rows, 0, at::tensor(order));
    return result;
  }

  std::filesystem::path folder_;
  OpenSplit open_;
  const AttributeVocabulary& vocabulary_;
  double inverse_temperature_ = 0.0;
  std::unordered_map<std::string, at::Tensor> texts_;
  std::map<std::string, EmbeddedProducts> products_;
};

}  // namespace

std::unique_ptr<Subject> make_file_subject(const std::filesystem::path& folder, OpenSplit open,
                                           const AttributeVocabulary& vocabulary) {
  return std::make_unique<FileSubject>(folder, std::move(open), vocabulary);
}

}  // namespace twinset
