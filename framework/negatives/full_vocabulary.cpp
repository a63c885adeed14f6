#include "framework/negatives/full_vocabulary.h"

#include <numeric>

#include "framework/negatives/sample_positive.h"

namespace twinset {
namespace {

class FullVocabulary final : public Negatives {
 public:
  explicit FullVocabulary(int64_t num_documents) : num_documents_(num_documents) {}

  DocumentPlan plan(const NegativesRequest& request) override {
    DocumentPlan plan;
    plan.documents.resize(static_cast<size_t>(num_documents_));
    std::iota(plan.documents.begin(), plan.documents.end(), 0);
    plan.candidates.positives = *request.labels;
    plan.candidates.positives.num_columns = num_documents_;
    plan.candidates.excluded.num_columns = num_documents_;
    plan.candidates.excluded.row_offsets.assign(request.labels->row_offsets.size(), 0);
    plan.candidates.documents = plan.documents;
    plan.candidates.targets = sample_positives(request);
    return plan;
  }

 private:
  int64_t num_documents_;
};

}  // namespace

std::unique_ptr<Negatives> make_full_vocabulary(const FullVocabularyOptions&,
                                                const NegativesContext& context) {
  return std::make_unique<FullVocabulary>(context.num_documents);
}

}  // namespace twinset
