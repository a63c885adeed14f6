// What the fuzzers feed with bytes. Each target must return for every input: refusals are
// twinset::Error and are swallowed, anything else (a crash, a hang, a leak, a broken promise) is a
// bug.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace twinset::fuzz {

/// Parses one override. A value that is written out (`override_text`) must parse, and be written
/// the same again.
void override_grammar(std::string_view input);

/// Loads a YAML document. What is printed (`to_yaml`) must load as the same tree.
void yaml_document(std::string_view input);

/// Composes a tree of four parts with lines of "%%" between them: config.yaml, group/a.yaml,
/// group/b.yaml, and overrides, one a line.
void composition(std::string_view input);

/// Resolves a YAML document as a whole, then selects the key in the first line from it.
void interpolation(std::string_view input);

/// Every target by the name of its corpus folder.
const std::map<std::string, std::function<void(std::string_view)>>& targets();

}  // namespace twinset::fuzz
