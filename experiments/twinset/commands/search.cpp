#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "eval/npy.h"
#include "eval/ranking/trec_file.h"
#include "experiments/twinset/commands/commands.h"
#include "framework/config/yaml.h"
#include "framework/core/process_memory.h"
#include "framework/retrieval/recall_of_search.h"

namespace twinset {
namespace {

struct SearchCommandOptions {
  std::string documents;
  std::string queries;
  int64_t k = 10;
  std::string out;
  bool recall = false;

  template <class V>
  void visit(V&& v) {
    v("documents", documents, Field{.help = ".npy of float32 rows"});
    v("queries", queries, Field{.help = ".npy of float32 rows of the same width"});
    v("k", k, Field{.help = "documents a query", .min = 1});
    v("out", out, Field{.help = "TREC run to write, with row numbers as ids; empty: none"});
    v("recall", recall,
      Field{.help = "also search exactly, and report the share of the exact k that was found"});
  }
};

FloatRows rows_of(const FloatMatrix& matrix) {
  return {matrix.values.data(), matrix.num_rows, matrix.num_columns};
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void write_hits(const SearchHits& hits, const std::string& file, const std::string& tag) {
  std::vector<TrecRanking> rankings;
  for (int64_t q = 0; q < hits.num_queries; ++q) {
    TrecRanking& ranking = rankings.emplace_back(TrecRanking{std::to_string(q), {}, {}});
    for (size_t j = 0; j < static_cast<size_t>(hits.k); ++j) {
      if (hits.documents_of(q)[j] < 0) break;
      ranking.documents.push_back(std::to_string(hits.documents_of(q)[j]));
      ranking.scores.push_back(hits.scores_of(q)[j]);
    }
  }
  write_trec_run(file, rankings, tag);
}

}  // namespace

std::string search_help(const Plugins& plugins) {
  std::string text =
      "twinset search documents=D.npy queries=Q.npy index=NAME: the documents with the largest "
      "inner products\n\n" +
      help_text(describe_options<SearchCommandOptions>());
  for (const auto& [name, entry] : plugins.indexes.entries()) {
    text += fmt::format("\nindex: {}\n  {}\n{}", name, entry.help, help_text(entry.options));
  }
  return text;
}

int search_command(const CommandLine& line, const Plugins& plugins) {
  Node node = Node::map(), index_node = Node::map();
  index_node.set("name", Node("exact"));
  for (const std::string& text : line.overrides) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw ConfigError({.where = text, .what = "is no setting", .expected = "key=value"});
    const std::string key = text.substr(0, equals);
    const Node value =
        load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value");
    if (key == "index")
      index_node.set("name", value);
    else if (key.starts_with("index."))
      index_node.set_path(key.substr(6), value);
    else
      node.set(key, value);
  }
  const auto options = read_options<SearchCommandOptions>(node, "search");
  if (options.documents.empty() || options.queries.empty()) {
    throw ConfigError({.where = "search",
                       .what = "no documents or no queries are named",
                       .expected = "documents=D.npy queries=Q.npy"});
  }
  plugins.indexes.check(index_node);
  const FloatMatrix documents = read_npy(options.documents), queries = read_npy(options.queries);
  const double before_mib = resident_mib();
  const auto begin = std::chrono::steady_clock::now();
  const auto index = plugins.indexes.create(index_node, rows_of(documents));
  const double build_seconds = seconds_since(begin);
  const auto begin_search = std::chrono::steady_clock::now();
  const SearchHits hits = index->search(rows_of(queries), options.k);
  const double search_seconds = seconds_since(begin_search);
  nlohmann::ordered_json report = {
      {"index", index_node.at("name").as_string()},
      {"num_documents", documents.num_rows},
      {"num_queries", queries.num_rows},
      {"k", options.k},
      {"build_seconds", build_seconds},
      {"search_seconds", search_seconds},
      {"queries_per_second", static_cast<double>(queries.num_rows) / search_seconds},
      {"extra_mib", std::max(0.0, peak_resident_mib() - before_mib)}};
  if (options.recall) {
    Node exact = Node::map();
    exact.set("name", Node("exact"));
    report["recall"] = recall_of_search(
        hits,
        plugins.indexes.create(exact, rows_of(documents))->search(rows_of(queries), options.k));
  }
  if (!options.out.empty()) write_hits(hits, options.out, index_node.at("name").as_string());
  std::puts(report.dump().c_str());
  return 0;
}

}  // namespace twinset
