#pragma once

#include <memory>

#include "eval/subject.h"
#include "eval/subjects/random_subject.h"
#include "experiments/twinset/run_model.h"

namespace twinset {

/// A run's towers as what a protocol judges: products by the query tower, texts by the attribute
/// tower. Splits are embedded once. The references must outlive it.
std::unique_ptr<Subject> make_model_subject(const RunOptions& options, const RunData& data,
                                            RunModel& model);

/// The data sets and the vocabulary of a config, without any model.
struct OpenData {
  std::map<std::string, std::unique_ptr<Dataset>> splits;
  AttributeVocabulary vocabulary;
};

/// Opens train, val and test and builds the vocabulary of train.
OpenData open_data(const RunOptions& options, const Plugins& plugins);

/// Hands out the splits by name. @throws ConfigError with the nearest name
OpenSplit split_opener(const OpenData& data);

/// The node of a protocol: configs/protocol/NAME.yaml with the overrides `protocol=NAME` and
/// `protocol.KEY=VALUE`, which are taken out. For `attributes`, tuples are those of the run's data
/// set unless the overrides say otherwise.
Node take_protocol(std::vector<std::string>& overrides, const std::filesystem::path& config_dir,
                   const RunOptions& options);

}  // namespace twinset
