#include "experiments/pinlanding/feeds/embedding_feeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <unordered_map>

#include "eval/npy.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

struct NamedRows {
  std::vector<std::string> names;
  FloatMatrix rows;
};

void make_unit(float* row, int64_t dim) {
  double squares = 0;
  for (int64_t d = 0; d < dim; ++d) squares += static_cast<double>(row[d]) * row[d];
  if (squares == 0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (int64_t d = 0; d < dim; ++d) row[d] *= factor;
}

NamedRows read_rows(const std::filesystem::path& names_file,
                    const std::filesystem::path& matrix_file) {
  NamedRows result;
  std::ifstream lines(names_file);
  if (!lines) {
    throw DataError(
        {.where = names_file.string(),
         .what = "can't be read",
         .expected = "one name for each row of " + matrix_file.filename().string(),
         .todo = "run the stage assign with embeddings, or set feeds.method=attributes"});
  }
  for (std::string line; std::getline(lines, line);) result.names.push_back(line);
  result.rows = read_npy(matrix_file);
  if (result.rows.num_rows != std::ssize(result.names)) {
    throw DataError({.where = matrix_file.string(),
                     .what = fmt::format("has {} rows", result.rows.num_rows),
                     .expected = fmt::format("{}, the lines of {}", result.names.size(),
                                             names_file.filename().string())});
  }
  for (int64_t i = 0; i < result.rows.num_rows; ++i)
    make_unit(result.rows.values.data() + i * result.rows.num_columns, result.rows.num_columns);
  return result;
}

// All products, ascending by id.
NamedRows read_products(const std::filesystem::path& folder, int64_t dim) {
  std::vector<std::pair<std::string, std::vector<float>>> products;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(".ids.txt")) continue;
    name.resize(name.size() - std::string(".ids.txt").size());
    const NamedRows part = read_rows(entry.path(), folder / (name + ".npy"));
    if (part.rows.num_columns != dim) {
      throw DataError({.where = (folder / (name + ".npy")).string(),
                       .what = fmt::format("is {} wide", part.rows.num_columns),
                       .expected = fmt::format("{}, as the attributes are", dim)});
    }
    for (size_t i = 0; i < part.names.size(); ++i) {
      const float* row = part.rows.values.data() + static_cast<int64_t>(i) * dim;
      products.emplace_back(part.names[i], std::vector<float>(row, row + dim));
    }
  }
  if (products.empty()) {
    throw DataError({.where = folder.string(),
                     .what = "holds no products",
                     .expected = "NAME.ids.txt with NAME.npy"});
  }
  std::sort(products.begin(), products.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  NamedRows result;
  result.rows = {std::ssize(products), dim, {}};
  for (const auto& [id, row] : products) {
    result.names.push_back(id);
    result.rows.values.insert(result.rows.values.end(), row.begin(), row.end());
  }
  return result;
}

std::vector<float> topic_vectors(const std::vector<Topic>& topics, const NamedRows& attributes,
                                 const std::string& where) {
  std::unordered_map<std::string, size_t> row_of;
  for (size_t i = 0; i < attributes.names.size(); ++i) row_of[attributes.names[i]] = i;
  const auto dim = static_cast<size_t>(attributes.rows.num_columns);
  std::vector<float> vectors(topics.size() * dim);
  for (size_t t = 0; t < topics.size(); ++t) {
    for (const Attribute& attribute : topics[t].attributes) {
      const auto row = row_of.find(attribute.phrase());
      if (row == row_of.end())
        throw_unknown_name(where, "attribute", attribute.phrase(), attributes.names);
      for (size_t d = 0; d < dim; ++d)
        vectors[t * dim + d] += attributes.rows.values[row->second * dim + d];
    }
    make_unit(vectors.data() + t * dim, static_cast<int64_t>(dim));
  }
  return vectors;
}

}  // namespace

std::vector<std::vector<FeedEntry>> feeds_by_embeddings(const StageContext& context,
                                                        const FeedsOptions& options,
                                                        const std::vector<Topic>& topics) {
  const auto folder = context.file(kEmbeddingsFolder);
  const NamedRows attributes = read_rows(folder / "vocab.txt", folder / "attr.npy");
  const int64_t dim = attributes.rows.num_columns;
  const NamedRows products = read_products(folder, dim);
  const auto queries = topic_vectors(topics, attributes, (folder / "vocab.txt").string());
  const auto index = context.plugins.indexes.create_part(
      options.index, "feeds.index",
      FloatRows{products.rows.values.data(), products.rows.num_rows, dim});
  const SearchHits hits = index->search({queries.data(), std::ssize(topics), dim}, options.k);
  std::vector<std::vector<FeedEntry>> feeds(topics.size());
  for (size_t t = 0; t < topics.size(); ++t) {
    const auto documents = hits.documents_of(static_cast<int64_t>(t));
    const auto scores = hits.scores_of(static_cast<int64_t>(t));
    for (size_t i = 0; i < documents.size() && documents[i] >= 0; ++i)
      feeds[t].push_back({scores[i], products.names[static_cast<size_t>(documents[i])], ""});
  }
  return feeds;
}

}  // namespace twinset::pinlanding
