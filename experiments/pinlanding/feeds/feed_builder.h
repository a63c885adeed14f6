// The best products of every topic in one pass over the products, in bounded memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// How the confidences of the attributes that a product shares with a topic become a score.
enum class FeedRule {
  kSum,      ///< \f$ \sum_a w_a c_a \f$
  kProduct,  ///< \f$ \prod_a c_a \f$: the chance that all are right, if they err independently
  kMin       ///< the least sure one
};

struct FeedRules {
  FeedRule rule = FeedRule::kSum;
  int64_t k = 10;  ///< products a topic
  int64_t min_overlap =
      0;  ///< shared attributes that a product needs; 0, or more than a topic has: all of them
  int num_threads = 1;
};

/// Some products; the spans belong to the caller.
struct ProductBlock {
  std::span<const std::string> ids;    ///< [N] ascending
  std::span<const int64_t> offsets;    ///< [N + 1]
  std::span<const int32_t> columns;    ///< attributes, each once a product
  std::span<const float> confidences;  ///< one a column, from 0 to 1
  std::span<const std::string>
      groups;  ///< [N] what diversity counts, such as the brand; may be empty
};

struct FeedEntry {
  double score = 0;
  std::string id;
  std::string group;
};

/// Scores products against topics and keeps the k best of each.
///
/// Topics are partitioned by attribute: with n attributes and an overlap of at least m, a product
/// must have one of a topic's n - m + 1 rarest attributes, so a topic stands in the lists of these
/// alone, and a product looks at the lists of its own attributes (prefix filtering). The rest is
/// verified rarest first.
///
/// Ties: the lower id (bytewise) first, also at the cut. Results do not depend on threads or on the
/// cut into blocks. Memory: topics x k x (threads + 1) entries, one number an attribute and thread,
/// and the block at hand; nothing grows with the number of products, and nothing is spilled to
/// disk. Source of the filter: Chaudhuri, Ganti, Kaushik 2006, ICDE, "A primitive operator for
/// similarity joins".
class FeedBuilder {
 public:
  /// @param topics     [T] columns of each, at least one
  /// @param weights    [A] w_a, for the sum; empty: all 1
  /// @param frequency  [A] any measure of how common an attribute is; decides the speed alone
  FeedBuilder(std::vector<std::vector<int32_t>> topics, std::vector<double> weights,
              const std::vector<int64_t>& frequency, const FeedRules& rules);

  /// Blocks may come in any order. @throws Interrupted when asked to stop
  void add(const ProductBlock& block);
  /// [T] the best products of each, best first; fewer than k where no more have the overlap. Ends
  /// the stream.
  std::vector<std::vector<FeedEntry>> finish() { return std::move(best_); }

 private:
  struct Kept {
    double score;
    int32_t product;
  };
  struct Worker;

  void scan(const ProductBlock& block, int64_t first, int64_t last, Worker& worker) const;
  void look_up(int64_t product, int32_t column, Worker& worker) const;
  double score_of(int32_t topic, const std::vector<float>& confidence) const;
  void keep(const ProductBlock& block, const std::vector<Worker>& workers);

  std::vector<std::vector<int32_t>> topics_;
  std::vector<double> weights_;
  FeedRules rules_;
  std::vector<int64_t> list_starts_;  // [A + 1] into lists_
  std::vector<int32_t>
      lists_;  // topic, rarer attributes to be absent, attributes to be checked, their numbers
  std::vector<double> floors_;  // [T] the k-th best score so far
  std::vector<std::vector<FeedEntry>> best_;
};

/// At most n products of a group among the first k: the passed-over ones follow only where fewer
/// than k are left.
/// @param ranked  best first
std::vector<FeedEntry> at_most_of_group(const std::vector<FeedEntry>& ranked, int64_t k, int64_t n);

}  // namespace twinset::pinlanding
