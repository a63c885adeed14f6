// The frame of losses of cosines without a temperature: both directions of margins and miners.
#pragma once

#include <memory>
#include <string>

#include "framework/losses/labelled_logits.h"
#include "framework/losses/loss.h"
#include "framework/losses/softmax_loss.h"

namespace twinset {

/// \f$ L = (1-w)\,d(\text{rows}) + w\,d(\text{columns}) \f$ over the cosines s. log_q has no
/// meaning here and is not read.
class CosineLoss : public Loss {
 public:
  /// @param scale  what turns a cosine into a logit at scoring time; 1 if the loss has none
  CosineLoss(std::string name, double document_weight, double scale = 1.0)
      : name_(std::move(name)), document_weight_(document_weight), scale_(scale) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override;
  double inverse_temperature() const override { return scale_; }
  void to_device(const std::string&) override {}

 protected:
  virtual at::Tensor direction(const Lines& lines) = 0;

 private:
  std::string name_;
  double document_weight_, scale_;
};

/// log(1 + e^x), exact to the last bit of float64 (torch's default is linear above 20).
at::Tensor log_one_plus_exp(const at::Tensor& x);

}  // namespace twinset
