#include "eval/export_embeddings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "eval/npy.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

void write_rows(const std::filesystem::path& names_file, const std::filesystem::path& matrix_file,
                const std::vector<std::string>& names, const at::Tensor& rows) {
  if (!rows.defined() || rows.dim() != 2 || rows.size(0) != static_cast<int64_t>(names.size())) {
    throw ShapeError({.where = matrix_file.string(),
                      .what = rows.defined() ? fmt::format("the embeddings are [{}]",
                                                           fmt::join(rows.sizes(), ", "))
                                             : "there are no embeddings",
                      .expected = fmt::format("[{}, D], one row for each line of {}", names.size(),
                                              names_file.filename().string())});
  }
  std::string lines;
  for (const std::string& name : names) {
    if (name.find_first_of("\r\n") != std::string::npos) {
      throw DataError({.where = names_file.string(),
                       .what = fmt::format("'{}' holds a line break", name),
                       .expected = "one name a line"});
    }
    lines += name + '\n';
  }
  const at::Tensor values = rows.detach().to(at::kCPU, at::kFloat).contiguous();
  write_npy(matrix_file, values.const_data_ptr<float>(), values.size(0), values.size(1));
  write_file(names_file, lines);
}

}  // namespace

void export_embeddings(const EmbeddingExport& embeddings, const std::filesystem::path& folder) {
  write_rows(folder / "vocab.txt", folder / "attr.npy", embeddings.phrases,
             embeddings.attribute_embeddings);
  for (const SplitEmbeddings& split : embeddings.splits) {
    write_rows(folder / (split.name + ".ids.txt"), folder / (split.name + ".npy"), split.ids,
               split.embeddings);
  }
  if (!embeddings.tuple_phrases.empty()) {
    write_rows(folder / "phrases.txt", folder / "phrases.npy", embeddings.tuple_phrases,
               embeddings.tuple_embeddings);
  }
  write_file(folder / "meta.json",
             nlohmann::json{{"scale", embeddings.inverse_temperature}}.dump() + "\n");
}

}  // namespace twinset
