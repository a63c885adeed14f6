#include "framework/retrieval/score_tile.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/framework/retrieval/random_rows.h"

namespace twinset {
namespace {

constexpr size_t kTile = kTileDocuments * kPanelQueries;

struct Tile {
  explicit Tile(int64_t width)
      : dim(width),
        panel(testing::random_unit_rows(width, kPanelQueries, 1)),
        documents(testing::random_unit_rows(kTileDocuments, width, 2)) {
    for (int64_t i = 0; i < kTileDocuments; ++i)
      rows[static_cast<size_t>(i)] = FloatRows(documents).row(i);
  }
  std::array<float, kTile> scores(ScoreTile tile) const {
    std::array<float, kTile> result;
    tile(panel.values.data(), rows.data(), dim, result.data());
    return result;
  }
  // One rounding a term, in order.
  std::array<float, kTile> naive() const {
    std::array<float, kTile> result{};
    for (int64_t d = 0; d < dim; ++d) {
      for (size_t at = 0; at < kTile; ++at) {
        result[at] = std::fma(rows[at / kPanelQueries][d],
                              FloatRows(panel).row(d)[at % kPanelQueries], result[at]);
      }
    }
    return result;
  }

  int64_t dim;
  testing::Rows panel, documents;
  std::array<const float*, kTileDocuments> rows;
};

TEST(ScoreTile, WithFusedMultiplyAddEqualsTheNaiveLoopBitForBit) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    GTEST_SKIP() << "this processor has no AVX2 and FMA";
  for (const int64_t dim : {1, 2, 7, 64, 257}) {
    const Tile tile(dim);
    EXPECT_EQ(tile.scores(score_tile_avx2), tile.naive()) << dim;
    EXPECT_EQ(tile.scores(best_score_tile()), tile.naive()) << dim;
  }
}

TEST(ScoreTile, Avx512EqualsTheNaiveLoopBitForBit) {
  if (!__builtin_cpu_supports("avx512f")) GTEST_SKIP() << "this processor has no AVX-512";
  for (const int64_t dim : {1, 2, 7, 64, 257}) {
    const Tile tile(dim);
    EXPECT_EQ(tile.scores(score_tile_avx512), tile.naive()) << dim;
  }
}

TEST(ScoreTile, PlainIsWithinRounding) {
  for (const int64_t dim : {1, 2, 7, 64, 257}) {
    const Tile tile(dim);
    const auto plain = tile.scores(score_tile_plain), expected = tile.naive();
    for (size_t at = 0; at < kTile; ++at) EXPECT_NEAR(plain[at], expected[at], 1e-5) << dim;
  }
}

}  // namespace
}  // namespace twinset
