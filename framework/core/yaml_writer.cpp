// Trees as YAML text, laid out as PyYAML's block style does it.
#include <fmt/format.h>

#include <cmath>

#include "framework/core/node.h"
#include "framework/core/yaml_scalar.h"

namespace twinset {
namespace {

bool is_block(const Node& node) {
  return (node.is_map() && !node.as_map().empty()) || (node.is_list() && !node.as_list().empty());
}

// PyYAML's floats have a point in front of their exponent.
std::string yaml_float(double value) {
  std::string text = float_text(value);
  if (!std::isfinite(value)) return text[0] == '-' ? "-." + text.substr(1) : "." + text;
  const size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos)
    text.insert(exponent, ".0");
  return text;
}

class YamlWriter {
 public:
  // `indent` is the column of the node's own lines; the first of them has begun.
  void write(const Node& node, int indent) {
    if (node.is_map()) {
      write_map(node, indent);
    } else {
      write_list(node, indent);
    }
  }

  void write_scalar(const Node& node, int indent, bool is_key) {
    switch (node.kind()) {
      case Node::Kind::kNull:
        return text_.put("null");
      case Node::Kind::kMissing:
        return text_.put("???");
      case Node::Kind::kBool:
        return text_.put(node.as_bool() ? "true" : "false");
      case Node::Kind::kInt:
        return text_.put(node.int_text());
      case Node::Kind::kFloat:
        return text_.put(yaml_float(node.as_float()));
      case Node::Kind::kList:
        return text_.put("[]");
      case Node::Kind::kMap:
        return text_.put("{}");
      case Node::Kind::kString:
        break;
    }
    if (node.is_bytes()) return write_bytes(node, indent);
    const std::u32string text = decode_utf8(node.as_string());
    // Only the missing value is written plain.
    const ScalarStyle style =
        text == U"???" && !is_key ? ScalarStyle::kSingleQuoted : choose_style(text, is_key);
    text_.scalar(text, style, indent, is_key);
  }

  std::string take() { return text_.take(); }

 private:
  void write_bytes(const Node& node, int indent) {
    const std::string text = base64(node.as_string());
    text_.put(text.empty() ? "!!binary \"\"" : "!!binary |");
    for (size_t i = 0; i < text.size(); i += 76) {
      text_.new_line(indent);
      text_.put(std::string_view(text).substr(i, 76));
    }
  }

  void write_map(const Node& node, int indent) {
    bool is_first = true;
    for (const auto& [name, child] : node.as_map()) {
      if (!is_first) text_.new_line(indent);
      is_first = false;
      const Node key = map_key_value(name);
      const bool is_simple =
          !key.is_bytes() && (!key.is_string() || is_simple_key(decode_utf8(name), 5));
      if (is_simple) {
        write_scalar(key, indent + 2, true);
        text_.put(":");
      } else {
        text_.put("? ");
        write_scalar(key, indent + 2, false);
        text_.new_line(indent);
        text_.put(":");
      }
      if (!is_block(child)) {
        text_.put(" ");
        write_scalar(child, indent + 2, false);
      } else if (is_simple) {
        const int inner = child.is_list() ? indent : indent + 2;
        text_.new_line(inner);
        write(child, inner);
      } else {
        text_.put(" ");
        write(child, indent + 2);
      }
    }
  }

  void write_list(const Node& node, int indent) {
    bool is_first = true;
    for (const Node& item : node.as_list()) {
      if (!is_first) text_.new_line(indent);
      is_first = false;
      text_.put("- ");
      if (is_block(item)) {
        write(item, indent + 2);
      } else {
        write_scalar(item, indent + 2, false);
      }
    }
  }

  YamlText text_;
};

}  // namespace

std::string to_yaml(const Node& node) {
  YamlWriter writer;
  if (is_block(node)) {
    writer.write(node, 0);
  } else {
    writer.write_scalar(node, 0, false);
  }
  return writer.take() + "\n";
}

}  // namespace twinset
