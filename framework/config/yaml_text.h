// The characters of a YAML file before it is parsed.
#pragma once

#include <string>
#include <string_view>

namespace twinset {

/// The text with '\n' as the only line break and without a byte order mark.
/// @throws ConfigError with name:line for bytes that are no UTF-8 and for control characters
std::string clean_yaml_text(std::string_view text, const std::string& name);

/// The bytes of base64 text; white space is skipped. @throws ConfigError for other characters
std::string base64_decode(std::string_view text);

}  // namespace twinset
