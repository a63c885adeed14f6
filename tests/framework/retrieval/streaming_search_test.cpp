#include "framework/retrieval/streaming_search.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "framework/retrieval/exact_index.h"
#include "tests/framework/retrieval/random_rows.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::random_integer_rows;
using testing::random_unit_rows;

// Sorts all float64 scores: the higher first, then the lower document.
SearchHits naive_search(FloatRows queries, FloatRows documents, int64_t k) {
  SearchHits hits{queries.num_rows, k, {}, {}};
  for (int64_t q = 0; q < queries.num_rows; ++q) {
    std::vector<std::pair<double, int64_t>> order;
    for (int64_t i = 0; i < documents.num_rows; ++i) {
      double score = 0.0;
      for (int64_t d = 0; d < queries.dim; ++d)
        score += static_cast<double>(queries.row(q)[d]) * documents.row(i)[d];
      order.emplace_back(-score, i);
    }
    std::sort(order.begin(), order.end());
    for (int64_t j = 0; j < k; ++j) {
      const bool is_there = j < documents.num_rows;
      hits.documents.push_back(is_there ? order[static_cast<size_t>(j)].second : -1);
      hits.scores.push_back(is_there ? static_cast<float>(-order[static_cast<size_t>(j)].first)
                                     : -std::numeric_limits<float>::infinity());
    }
  }
  return hits;
}

void expect_equal(const SearchHits& actual, const SearchHits& expected) {
  EXPECT_EQ(actual.num_queries, expected.num_queries);
  EXPECT_EQ(actual.documents, expected.documents);
  EXPECT_EQ(actual.scores, expected.scores);
}

TEST(ExactIndex, EqualsANaiveSearchTiesIncluded) {
  // Whole numbers: scores are exact, and tens of documents share each.
  for (const auto& [num_queries, num_documents, dim, k] : std::vector<std::array<int64_t, 4>>{
           {1, 1, 1, 1}, {3, 5, 2, 7}, {33, 1000, 4, 10}, {70, 1201, 3, 100}, {130, 257, 9, 300}}) {
    const auto queries = random_integer_rows(num_queries, dim, 1),
               documents = random_integer_rows(num_documents, dim, 2);
    expect_equal(make_exact_index({}, documents)->search(queries, k),
                 naive_search(queries, documents, k));
  }
}

TEST(ExactIndex, CopiesOfADocumentTieWhereverTheyStand) {
  auto documents = random_unit_rows(1000, 33, 1);
  for (const int64_t copy : {13, 500, 999}) {
    std::copy_n(documents.values.begin(), 33, documents.values.begin() + copy * 33);
  }
  const auto hits = make_exact_index({}, documents)->search(FloatRows(documents).slice(0, 1), 4);
  EXPECT_THAT(hits.documents, ElementsAre(0, 13, 500, 999));
}

TEST(StreamingSearch, DoesNotDependOnBlocksOrThreads) {
  const auto queries = random_unit_rows(100, 48, 1), documents = random_unit_rows(3000, 48, 2);
  const FloatRows rows = documents;
  StreamingSearch whole(queries, 20, 1);
  whole.add(rows);
  const SearchHits expected = whole.finish();
  for (const int num_threads : {1, 2, 3, 8}) {
    for (const int64_t num_queries : {1, 100}) {  // one query: the documents are shared out instead
      for (const int64_t block : {1000, 1700}) {
        StreamingSearch search(FloatRows(queries).slice(0, num_queries), 20, num_threads);
        for (int64_t first = 0; first < 3000; first += block)
          search.add(rows.slice(first, std::min<int64_t>(block, 3000 - first)));
        const SearchHits hits = search.finish();
        for (int64_t q = 0; q < num_queries; ++q) {
          EXPECT_TRUE(std::ranges::equal(hits.documents_of(q), expected.documents_of(q)))
              << num_threads << " " << block;
          EXPECT_TRUE(std::ranges::equal(hits.scores_of(q), expected.scores_of(q)));
        }
      }
    }
  }
}

TEST(StreamingSearch, WithFewQueriesAndManyThreadsTiesStillGoToTheLowerDocument) {
  const auto queries = random_integer_rows(2, 3, 1), documents = random_integer_rows(500, 3, 2);
  expect_equal(make_exact_index({.num_threads = 7}, documents)->search(queries, 40),
               naive_search(queries, documents, 40));
}

TEST(ExactIndex, ManyQueriesAreSearchedInBlocks) {
  // 20,000 candidates a query leave room for the least block only.
  const auto queries = random_integer_rows(1500, 2, 1), documents = random_integer_rows(30, 2, 2);
  const auto hits = make_exact_index({}, documents)->search(queries, 10000);
  const auto expected = naive_search(queries, documents, 30);
  ASSERT_EQ(hits.num_queries, 1500);
  for (int64_t q = 0; q < 1500; ++q) {
    EXPECT_TRUE(std::ranges::equal(hits.documents_of(q).first(30), expected.documents_of(q)));
    EXPECT_EQ(hits.documents_of(q)[30], -1);
  }
}

template <class Call>
std::string search_error(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Index, RefusesWhatCannotBeSearched) {
  auto documents = random_unit_rows(10, 4, 1);
  const auto index = make_exact_index({}, documents);
  EXPECT_THAT(
      search_error([&] { index->search(random_unit_rows(2, 5, 1), 1); }),
      HasSubstr("queries have the width 5, documents 4, expected embeddings of the same width"));
  EXPECT_THAT(search_error([&] { index->search(documents, 0); }),
              HasSubstr("k is 0, expected at least 1"));
  EXPECT_THAT(search_error([&] {
                make_exact_index({}, FloatRows{nullptr, 0, 4});
              }),
              HasSubstr("the documents are [0, 4]"));
  auto queries = random_unit_rows(3, 4, 1);
  queries.values[9] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(search_error([&] { index->search(queries, 1); }),
              HasSubstr("query 2 holds a value that is not finite"));
  documents.values[7] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(search_error([&] { make_exact_index({}, documents); }),
              HasSubstr("document 1 holds a value that is not finite"));
}

}  // namespace
}  // namespace twinset
