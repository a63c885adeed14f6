// The memory of a pipeline's folder: which stages are done, and from what.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "experiments/pinlanding/file_records.h"
#include "framework/core/node.h"

namespace twinset::pinlanding {

/// What a stage depends on: the options that it reads and its files.
struct StageInputs {
  Node options = Node::map();  ///< by the path of each node: {"demand": {...}, "seed": 1}
  FileRecords reads;           ///< files of earlier stages, relative to the folder
  FileRecords external;        ///< files outside of it

  std::string digest() const;
};

/// Why `now` is not `before`: "demand.head_share changed", "'extract/products.jsonl' changed"; ""
/// if they are the same.
std::string first_difference(const StageInputs& before, const StageInputs& now);

/// A finished stage.
struct StageRecord {
  StageInputs inputs;
  FileRecords outputs;  ///< every file of its folder, relative to the pipeline's
  std::string summary;  ///< the line for people
  double seconds = 0;
};

/// `manifest.json` of a pipeline's folder. A stage is done once it stands there.
class Manifest {
 public:
  /// Reads the folder's manifest, or begins an empty one. @throws DataError naming the file if it
  /// is none
  explicit Manifest(const std::filesystem::path& folder);

  const StageRecord* find(const std::string& stage) const;
  /// The finished stages, by name.
  const std::map<std::string, StageRecord>& finished() const { return done_; }
  /// The digest of the inputs with which a stage was begun and not finished; "" if none was.
  std::string unfinished(const std::string& stage) const;

  /// Each writes the file, whole or not at all.
  void begin(const std::string& stage, const std::string& inputs_digest);
  void finish(const std::string& stage, StageRecord record);

 private:
  void write() const;

  std::filesystem::path file_;
  std::map<std::string, StageRecord> done_;
  std::map<std::string, std::string> unfinished_;
};

}  // namespace twinset::pinlanding
