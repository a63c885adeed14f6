#include "framework/config/python_text.h"

#include <fmt/format.h>

namespace twinset {
namespace {

std::string python_quoted(const std::string& text, bool is_bytes) {
  const bool use_double =
      text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = use_double ? '"' : '\'';
  std::string out = is_bytes ? "b" : "";
  out += quote;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (byte < 0x20 || byte == 0x7F || (is_bytes && byte >= 0x80))
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + quote;
}

}  // namespace

std::string python_repr(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kNull:
      return "None";
    case Node::Kind::kMissing:
      return "'\?\?\?'";
    case Node::Kind::kBool:
      return node.as_bool() ? "True" : "False";
    case Node::Kind::kInt:
      return node.int_text();
    case Node::Kind::kFloat:
      return float_text(node.as_float());
    case Node::Kind::kString:
      return python_quoted(node.as_string(), node.is_bytes());
    case Node::Kind::kList: {
      std::string out = "[";
      for (const Node& item : node.as_list())
        out += (out.size() > 1 ? ", " : "") + python_repr(item);
      return out + "]";
    }
    case Node::Kind::kMap: {
      std::string out = "{";
      for (const auto& [key, child] : node.as_map()) {
        out += (out.size() > 1 ? ", " : "") + python_repr(map_key_value(key)) + ": " +
               python_repr(child);
      }
      return out + "}";
    }
  }
  return "";
}

std::string python_str(const Node& node) {
  if (node.is_missing()) return "???";
  return node.is_string() && !node.is_bytes() ? node.as_string() : python_repr(node);
}

}  // namespace twinset
