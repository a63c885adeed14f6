// The configuration language as a service: one JSON request a line in, one JSON reply a line out.
// Conformance corpora and differential tests speak it, and so can an editor or a notebook.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace twinset {

/// The reply to one request, `{"ok": VALUE}` or `{"error": "text"}`; it never throws.
///
///   {"op": "compose", "config_dir": PATH, "config_name": NAME or null, "overrides": [TEXT],
///    "resolve": true}
///   {"op": "override", "override": TEXT}
///   {"op": "sweep", "overrides": [TEXT], "group_options": {GROUP: [OPTION]}}
///   {"op": "interpolate", "yaml": TEXT, "key": PATH}
///   {"op": "print", "yaml": TEXT}    the document as `to_yaml` prints it
///
/// Values beyond JSON: {"$float": "inf"}, {"$bytes": BASE64}, {"$map": [[KEY, VALUE]]} for keys
/// that are no strings, {"$quoted": TEXT, "quote": "single"} in parsed overrides; integers have any
/// number of digits.
std::string answer_config_request(std::string_view request);

/// Answers every line until the input ends.
void serve_config_requests(std::istream& in, std::ostream& out);

}  // namespace twinset
