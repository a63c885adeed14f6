// The characters of a YAML file before it is parsed.
#pragma once

#include <string>
#include <string_view>

namespace twinset {

/// The text with '\n' as the only line break and without a byte order mark.
/// @throws ConfigError with name:line for bytes that are no UTF-8 and for control characters
std::string clean_yaml_text(std::string_view text, const std::string& name);

/// The text with block scalars behind a tag or an anchor in a list (`- !!str |`) moved to the
/// right: yaml-cpp up to 0.8 takes their content for the list's end otherwise. Only columns within
/// such blocks change.
std::string move_tagged_blocks(std::string text);

/// False if the quoted scalar at `position` (of its tag, anchor or quote) runs to the end of the
/// text; true if none is there.
bool is_quote_closed(std::string_view text, size_t position);

/// The value of the quoted scalar at `position` if it holds nothing but spaces and line breaks, of
/// which the first is folded; else "". yaml-cpp gives "" for all of them.
std::string folded_blank(std::string_view text, size_t position);

/// The text of a double-quoted scalar with the escapes \N and \_ as UTF-8; yaml-cpp gives them as
/// single bytes.
std::string repaired_escapes(std::string text);

/// True if the key at `position` is marked by '?'.
bool is_marked_key(std::string_view text, size_t position);

/// True if the key of a block map at `position` has its ':'.
bool has_colon(std::string_view text, size_t position, std::string_view key);

/// The bytes of base64 text; white space is skipped. @throws ConfigError for other characters
std::string base64_decode(std::string_view text);

}  // namespace twinset
