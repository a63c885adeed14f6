// Queries of composed retrieval on Fashion200K: an image and "replace A with B".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/subject.h"

namespace twinset {

/// A source image and how the target's caption differs from its own.
struct ComposedQuery {
  int64_t source = 0;  ///< row of the products
  std::string target_caption;
  std::string source_word;  ///< the first word of the source's caption that the target's lacks; its
                            ///< last one if there is none
  std::string target_word;  ///< the first word of the target's caption that the source's lacks; its
                            ///< last one if there is none
};

/// What is asked of the source image: "replace A with B".
std::string modification_text(const ComposedQuery& query);

/// TIRG's cleaning of a caption: outer white space goes; '.', '?', '&', '*' become dotmark,
/// questionmark, andmark, starmark.
std::string clean_caption(const std::string& caption);

/// The words in which two captions differ, as above. @return {source word, target word}
std::pair<std::string, std::string> different_words(const std::string& source_caption,
                                                    const std::string& target_caption);

/// The captions that remain of a caption when each of its words in turn is taken out, wherever it
/// occurs in the text (also within another word, as the published code does), white space put
/// right.
std::vector<std::string> parent_captions(const std::string& caption);

/// One query for each image whose caption has siblings (captions that share a parent), its target
/// drawn as training triples are
/// drawn: a random parent, then a random child of it with another caption. A function of captions,
/// ids and seed.
/// @param captions  [N] cleaned captions of the products
std::vector<ComposedQuery> generate_composed_queries(const std::vector<std::string>& captions,
                                                     uint64_t seed);

/// The published test queries, test_queries.txt: "source_path target_path" a line. An image is
/// known by its file's stem.
/// @param ids  [N] stems of the products' images
/// @throws DataError naming the line for another number of fields or an image that is no product of
/// the split
std::vector<ComposedQuery> read_composed_queries(const std::filesystem::path& file,
                                                 const std::vector<std::string>& ids,
                                                 const std::vector<std::string>& captions);

}  // namespace twinset
