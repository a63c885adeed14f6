#pragma once

#include <filesystem>
#include <memory>

#include "eval/subjects/random_subject.h"

namespace twinset {

/// Embeddings that any program made, in a folder as export_embeddings writes it: SPLIT.npy with
/// SPLIT.ids.txt, attr.npy with vocab.txt, and where they are there phrases.npy with phrases.txt,
/// texts.npy with texts.txt, and meta.json with the scale.
///
/// Products are matched with the data set by id: those that the file lacks are left out, with a
/// warning; an id that the data set lacks is an error. Texts are looked up among attr, phrases and
/// texts, word for word.
/// @throws DataError naming file and line or id
std::unique_ptr<Subject> make_file_subject(const std::filesystem::path& folder, OpenSplit open,
                                           const AttributeVocabulary& vocabulary);

}  // namespace twinset
