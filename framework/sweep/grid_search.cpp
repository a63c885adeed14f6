#include "framework/sweep/grid_search.h"

namespace twinset {
namespace {

class GridSearch final : public Search {
 public:
  explicit GridSearch(const SearchContext& context) : jobs_(expand_axes(context.axes)) {}
  Proposal ask(int64_t number) override {
    if (number >= static_cast<int64_t>(jobs_.size())) return {};
    return {.kind = Proposal::Kind::kJob, .overrides = jobs_[static_cast<size_t>(number)]};
  }

 private:
  std::vector<std::vector<std::string>> jobs_;
};

}  // namespace

std::unique_ptr<Search> make_grid_search(const GridSearchOptions&, const SearchContext& context) {
  return std::make_unique<GridSearch>(context);
}

}  // namespace twinset
