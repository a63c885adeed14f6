// One self-contained HTML page of a sweep: no script, no resource from outside, readable on paper.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "eval/config_differences.h"
#include "eval/predictions.h"
#include "eval/run_result.h"
#include "eval/table.h"

namespace twinset {

/// A logged number to draw for every run.
struct ReportCurve {
  std::string metric;  ///< as in metrics.jsonl: "loss", "val.product_to_attribute.map",
                       ///< "samples_per_second"
  std::string title;
};

/// A product with what is true of it and what was predicted.
struct ReportExample {
  std::string id;
  std::string title;
  std::string image_bytes;  ///< encoded JPEG, PNG or WebP; empty: no image
  std::vector<std::string> truth;
  std::vector<Prediction> predictions;
  std::string note;  ///< such as "average precision 0.42"; may be empty
};

/// Examples under one heading, such as "Best cases of sup_con, seed 1".
struct ReportExamples {
  std::string title;
  std::vector<ReportExample> examples;
};

/// A drawn figure (eval/figures/figure.h).
struct ReportFigure {
  std::string caption;
  std::string svg;
};

struct Report {
  std::string title;
  std::string question;               ///< what the sweep asks, a sentence or a few
  std::vector<std::string> findings;  ///< sentences under the table; may be empty
  Table table;
  std::vector<RunResult> runs;  ///< each with its folder: curves are read from folder/metrics.jsonl
  std::vector<ReportCurve> curves = {
      {"loss", "Training loss"},
      {"val.product_to_attribute.map", "mAP on the validation split"},
      {"samples_per_second", "Products a second"}};
  std::vector<ReportFigure> figures;
  std::vector<ReportExamples> examples;
  std::vector<ConfigDifference>
      differences;  ///< between the runs' whole configurations; values in the order of `configured`
  std::vector<std::string> configured;  ///< the runs that have one, by name
  std::string config;                   ///< one run's whole configuration, as YAML; may be empty
  std::vector<std::pair<std::string, std::string>>
      provenance;  ///< such as {"commit", "..."}, {"command", "..."}
};

/// The page: question, table, figures, curves (one colour a row of the table), examples with hits
/// and misses, how the runs and their configurations differ, provenance. Curves that no run logged
/// are left out.
///
/// @throws DataError if an image is no JPEG, PNG or WebP, or a metrics.jsonl is broken.
std::string report_html(const Report& report);

/// Writes the page atomically.
void write_report(const Report& report, const std::filesystem::path& file);

}  // namespace twinset
