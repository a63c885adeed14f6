#pragma once

#include <string>

namespace twinset {

/// Text for HTML and SVG: & < > " ' escaped.
std::string escape_html(const std::string& text);

}  // namespace twinset
