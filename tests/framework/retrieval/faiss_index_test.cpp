#include "framework/retrieval/faiss_index.h"

#include <gmock/gmock.h>

#include "framework/retrieval/builtin.h"
#include "framework/retrieval/exact_index.h"
#include "framework/retrieval/recall_of_search.h"
#include "tests/framework/retrieval/random_rows.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::random_unit_rows;

// One thread: the same clusters and graph every time, and no waiting for a busy core.
const testing::Rows& documents() {
  static const testing::Rows rows = random_unit_rows(1000, 16, 1);
  return rows;
}

double recall(const Index& index, int64_t k) {
  const auto queries = random_unit_rows(50, 16, 2);
  return recall_of_search(index.search(queries, k),
                          make_exact_index({}, documents())->search(queries, k));
}

TEST(FlatIndex, FindsWhatExactSearchFinds) {
  EXPECT_EQ(recall(*make_flat_index({}, documents()), 10), 1.0);
}

TEST(FlatIndex, OrdersEqualScoresByTheLowerDocument) {
  testing::Rows rows{{1, 0, 2, 0, 1, 0, 2, 0, 2, 0}, 5, 2};
  const auto hits = make_flat_index({}, rows)->search(FloatRows(rows).slice(0, 1), 6);
  EXPECT_THAT(hits.documents, ElementsAre(1, 3, 4, 0, 2, -1));
  EXPECT_THAT(hits.scores, ElementsAre(2, 2, 2, 1, 1, -std::numeric_limits<float>::infinity()));
}

TEST(HnswIndex, FindsNearlyAllAndMoreWithGreaterBreadth) {
  const double narrow =
      recall(*make_hnsw_index({.search_breadth = 10, .num_threads = 1}, documents()), 10);
  const double broad =
      recall(*make_hnsw_index({.search_breadth = 400, .num_threads = 1}, documents()), 10);
  EXPECT_GT(narrow, 0.5);
  EXPECT_GT(broad, narrow);
  EXPECT_GT(broad, 0.97);
}

TEST(IvfIndex, IsExactWhenEveryListIsLookedInto) {
  EXPECT_EQ(
      recall(*make_ivf_index({.num_lists = 20, .num_probes = 20, .num_threads = 1}, documents()),
             10),
      1.0);
  const double one_list = recall(
      *make_ivf_index({.num_lists = 20, .num_probes = 1, .num_threads = 1}, documents()), 10);
  EXPECT_GT(one_list, 0.1);
  EXPECT_LT(one_list, 0.9);
}

TEST(PqIndex, FindsMoreWithMoreCodes) {
  const double coarse = recall(
      *make_pq_index({.num_codes = 4, .bits_per_code = 6, .num_threads = 1}, documents()), 10);
  const double fine = recall(
      *make_pq_index({.num_codes = 16, .bits_per_code = 6, .num_threads = 1}, documents()), 10);
  EXPECT_GT(coarse, 0.1);
  EXPECT_GT(fine, coarse);
  EXPECT_GT(fine, 0.8);
}

TEST(BuiltinIndexes, EachFindsADocumentByItself) {
  IndexRegistry registry("index");
  register_builtin_indexes(registry);
  EXPECT_THAT(registry.names(), ElementsAre("exact", "flat", "hnsw", "ivf", "pq"));
  for (const std::string& name : registry.names()) {
    Node options = Node::map();
    options.set("name", Node(name));
    options.set("num_threads", Node(1));
    const auto index = registry.create(options, documents());
    EXPECT_EQ(index->num_documents(), 1000) << name;
    const auto hits = index->search(FloatRows(documents()).slice(7, 3), 5);
    for (int64_t q = 0; q < 3; ++q) EXPECT_EQ(hits.documents_of(q)[0], 7 + q) << name;
  }
}

template <class Call>
std::string faiss_error(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(FaissIndexes, SayWhichOptionDoesNotFitTheDocuments) {
  const auto few = random_unit_rows(100, 16, 3);
  EXPECT_THAT(faiss_error([&] { make_ivf_index({.num_lists = 101}, few); }),
              HasSubstr("index.num_lists: 101 lists for 100 documents"));
  EXPECT_THAT(faiss_error([&] { make_pq_index({.num_codes = 5}, few); }),
              HasSubstr("index.num_codes: 5 codes for embeddings of width 16"));
  EXPECT_THAT(faiss_error([&] { make_pq_index({}, few); }),
              HasSubstr("index.bits_per_code: 256 centroids for 100 documents"));
}

}  // namespace
}  // namespace twinset
