// What decides which attributes a product gets: thresholds and calibrated confidences, learned
// once, saved as thresholds.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/pinlanding/assign/assign_options.h"
#include "experiments/pinlanding/assign/attribute_scores.h"
#include "experiments/pinlanding/assign/extraction_evidence.h"
#include "experiments/pinlanding/assign/label_weights.h"
#include "experiments/pinlanding/assign/score_calibration.h"
#include "framework/data/vocabulary.h"

namespace twinset::pinlanding {

/// One attribute that a product gets.
struct AssignedAttribute {
  int64_t attribute = 0;
  double confidence = 0;
};

/// Held-out products with labels, and how to weigh labels that are missing.
struct HeldOut {
  const float* embeddings = nullptr;  ///< [N, dim] unit rows
  int64_t dim = 0;
  const SparsePairs* labels = nullptr;           ///< [N, V]
  const std::vector<int64_t>* groups = nullptr;  ///< [N]
  const LabelWeights* weights = nullptr;
};

class AssignmentModel {
 public:
  /// Learns thresholds and confidences. Each product counts itself; nothing is drawn by chance.
  /// @throws DataError if no held-out product has a label
  static AssignmentModel learn(const AttributeVocabulary& vocabulary, const AttributeScores& scores,
                               const HeldOut& held_out, const AssignOptions& options);

  /// The attributes of one product, ascending: those at or above their threshold; of a family that
  /// has one value the one farthest above. With `named`, also those that were named, the most
  /// confident of a family that has one value; there confidences add up to 1 at most.
  std::vector<AssignedAttribute> assign(const std::vector<double>& weighted,
                                        const NamedAttributes* named = nullptr) const;

  const std::vector<double>& thresholds() const { return thresholds_; }
  double error_before() const {
    return error_before_;
  }  ///< expected calibration error of the raw scores
  double error_after() const {
    return error_after_;
  }  ///< of the confidences, learned on the other half of the held-out products

  /// @param digest  of what it was learned from
  void save(const std::filesystem::path& file, const AttributeVocabulary& vocabulary,
            const std::string& digest) const;
  /// @throws DataError if it is no such file, or has an attribute that the vocabulary does not have
  static AssignmentModel load(const std::filesystem::path& file,
                              const AttributeVocabulary& vocabulary, const AssignOptions& options);
  /// The digest that the file was saved with; "" if there is no file.
  static std::string saved_digest(const std::filesystem::path& file);

 private:
  void set_families(const AttributeVocabulary& vocabulary, const AssignOptions& options);

  std::vector<int64_t> family_of_;
  std::vector<uint8_t> is_exclusive_;                           ///< [F]
  std::vector<double> thresholds_, own_thresholds_, supports_;  ///< [V]
  double common_threshold_ = 0, min_confidence_ = 0, error_before_ = 0, error_after_ = 0;
  std::vector<ScoreCalibration> calibrations_;  ///< [F]
};

}  // namespace twinset::pinlanding
