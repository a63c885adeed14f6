// What each query contributed to a mean: kept beside a run's metrics, so that two runs can be
// compared query by query.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// One metric's value of each query. A query is whatever the metric is a mean over: a product, an
/// attribute, a tuple.
struct QueryValues {
  std::string metric;                ///< full name, such as "product_to_attribute.map"
  std::vector<std::string> queries;  ///< [n] ids, each once
  std::vector<double> values;        ///< [n]
};

/// {"product_to_attribute.map": {"queries": ["17", ...], "values": [0.5, ...]}, ...}, written
/// atomically.
void write_query_values(const std::filesystem::path& file, const std::vector<QueryValues>& metrics);

/// @throws DataError naming the file and the member that is wrong.
std::vector<QueryValues> read_query_values(const std::filesystem::path& file);

/// The file of a split in a run's folder: FOLDER/queries.SPLIT.json.
std::filesystem::path query_values_file(const std::filesystem::path& run_folder,
                                        const std::string& split);

/// Values of the queries that both have, in the order of the first.
struct PairedValues {
  std::vector<double> first, second;
};

/// @throws DataError if there is no common query, or one occurs twice.
PairedValues pair_by_query(const QueryValues& first, const QueryValues& second);

/// Each query's mean over several runs, such as seeds of one configuration, over the queries that
/// all of them have: what two configurations are compared by, so that a query counts once. @param
/// runs not empty, of one metric
QueryValues mean_over_runs(const std::vector<QueryValues>& runs);

}  // namespace twinset
