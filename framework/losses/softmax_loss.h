// The frame of losses with a temperature: logits, log_q, both directions, statistics. A loss adds
// the formula of one direction.
#pragma once

#include <memory>
#include <string>

#include "framework/losses/labelled_logits.h"
#include "framework/losses/loss.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// \f$ L = (1-w)\,d(\text{rows}) + w\,d(\text{columns}) \f$ over the logits
/// \f$\ell_{ij} = s_{ij}/\tau - \log q_j\f$.
///
/// log_q belongs to the rows: within a column it would shift every query alike. Statistics:
/// temperature; accuracy, the share of rows whose best candidate is positive (rows without a
/// positive do not count).
class SoftmaxLoss : public Loss {
 public:
  SoftmaxLoss(std::string name, const TemperatureOptions& temperature, double document_weight);

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) final;
  NamedTensors parameters() const override { return temperature_.parameters(); }
  void clamp_parameters() override { temperature_.clamp(); }
  double inverse_temperature() const override { return temperature_.inverse_value(); }
  void to_device(const std::string& device) override { temperature_.to_device(device); }

 protected:
  /// What one direction computes, a scalar.
  /// @param prepared  what `prepare` returned
  virtual at::Tensor direction(const Lines& lines, const at::Tensor& prepared) = 0;
  /// What both directions need, such as a teacher's similarities [B, N].
  virtual at::Tensor prepare(const at::Tensor&, const Candidates&) { return {}; }
  const std::string& name() const { return name_; }
  at::Tensor inverse() const { return temperature_.inverse(); }

 private:
  std::string name_;
  Temperature temperature_;
  double document_weight_;
};

/// The field that every loss of both directions has.
inline Field document_weight_field() {
  return {.help = "share of the document-to-query direction; 0: queries over documents alone",
          .min = 0,
          .max = 1};
}

/// The share of rows with a positive whose best candidate is positive; 0 if there is none.
double accuracy(const LabelledLogits& labelled);

}  // namespace twinset
