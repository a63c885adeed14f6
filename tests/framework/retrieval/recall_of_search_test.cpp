#include "framework/retrieval/recall_of_search.h"

#include <gtest/gtest.h>

namespace twinset {
namespace {

TEST(RecallOfSearch, IsTheShareOfTheExactBestThatWereFound) {
  const SearchHits exact{2, 3, {4, 2, 7, 0, 1, -1}, std::vector<float>(6)};
  const SearchHits found{2, 3, {7, 5, 4, -1, -1, -1}, std::vector<float>(6)};
  EXPECT_DOUBLE_EQ(recall_of_search(exact, exact), 1.0);
  EXPECT_DOUBLE_EQ(recall_of_search(found, exact), 2.0 / 5.0);
}

TEST(RecallOfSearch, RefusesOtherQueriesAndFewerPlaces) {
  const SearchHits two{2, 1, {0, 1}, std::vector<float>(2)}, one{1, 1, {0}, std::vector<float>(1)},
      wide{2, 2, {0, 1, 0, 1}, std::vector<float>(4)};
  EXPECT_THROW(recall_of_search(one, two), ShapeError);
  EXPECT_THROW(recall_of_search(two, wide), ShapeError);
}

}  // namespace
}  // namespace twinset
