#include <fmt/format.h>

#include <cstdio>

#include "eval/ranking/score_run.h"
#include "eval/statistics/comparison.h"
#include "experiments/twinset/commands/commands.h"
#include "framework/config/yaml.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

struct ScoreCommandOptions {
  std::vector<std::string> run;
  std::string judgments;
  std::vector<std::string> metrics = {"map", "mrr", "ndcg@10", "recall@10", "precision@10"};
  std::string queries;
  std::string test = "permutation";
  ScoreRunOptions rules;

  template <class V>
  void visit(V&& v) {
    v("run", run,
      Field{.help = "TREC runs, as run=a.trec or run=[a.trec,b.trec]; the first is what the others "
                    "are compared with"});
    v("judgments", judgments, Field{.help = "TREC judgments (qrels)"});
    v("metrics", metrics,
      Field{.help = "as [map,ndcg@10,precision@5-l2]; " +
                    fmt::format("{}", fmt::join(ranking_metric_names(), ", "))});
    v("queries", queries,
      Field{.help = "folder for the values of single queries, one JSON file a run; empty: none"});
    v("test", test, Field{.help = "of differences between runs", .choices = {"permutation", "t"}});
    v("rules", rules, Field{});
  }
};

// run=a is run=[a].
Node read_overrides(const std::vector<std::string>& overrides) {
  Node node = Node::map();
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw ConfigError({.where = text, .what = "is no setting", .expected = "key=value"});
    const std::string key = text.substr(0, equals);
    Node value =
        load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value");
    if ((key == "run" || key == "metrics") && !value.is_list()) value = Node(Node::List{value});
    node.set_path(key, value);
  }
  return node;
}

void print_means(const std::vector<ScoredSystem>& systems) {
  std::string line = fmt::format("{:<40}", "run");
  for (const QueryValues& values : systems.front().metrics)
    line += fmt::format(" {:>16}", values.metric);
  std::puts(line.c_str());
  for (const ScoredSystem& system : systems) {
    line = fmt::format("{:<40}", system.name);
    for (const QueryValues& values : system.metrics)
      line += fmt::format(" {:>16.6f}", summarize(values.values).mean);
    std::puts(line.c_str());
  }
}

}  // namespace

std::string score_help() {
  return "twinset score run=RUN judgments=QRELS: metrics of TREC runs, and tests of their "
         "differences\n\n" +
         help_text(describe_options<ScoreCommandOptions>());
}

int score_command(const CommandLine& line, const Plugins&) {
  const auto options = read_options<ScoreCommandOptions>(read_overrides(line.overrides), "score");
  if (options.run.empty() || options.judgments.empty() || options.metrics.empty()) {
    throw ConfigError({.where = "score",
                       .what = options.metrics.empty() ? "no metric is named"
                               : options.run.empty()   ? "no run is named"
                                                       : "no judgments are named",
                       .expected = "run=RUN judgments=QRELS",
                       .todo = "for example: twinset score run=[bm25.trec,model.trec] "
                               "judgments=qrels.trec metrics=[map,ndcg@10]"});
  }
  const TrecTable judgments = read_trec_judgments(options.judgments, options.rules.num_threads);
  std::vector<ScoredSystem> systems;
  for (const std::string& file : options.run) {
    const TrecTable run = read_trec_run(file, options.rules.num_threads);
    systems.push_back({file, score_run(run, judgments, options.metrics, options.rules)});
    log_info("{}: {} documents of {} queries; {} queries judged", file, run.num_entries(),
             run.queries().size(), systems.back().metrics.front().queries.size());
    if (!options.queries.empty()) {
      const auto stem = std::filesystem::path(file).filename();
      write_query_values(std::filesystem::path(options.queries) / (stem.string() + ".json"),
                         systems.back().metrics);
    }
  }
  print_means(systems);
  for (const Comparison& comparison : compare_with_first(systems, {.test = options.test}))
    std::puts(describe(comparison).c_str());
  return 0;
}

}  // namespace twinset
