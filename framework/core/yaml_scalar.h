// How a string is written in YAML: plain where that reads back as the same string, else quoted,
// folded at 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace twinset {

enum class ScalarStyle { kPlain, kSingleQuoted, kDoubleQuoted };

/// The style that PyYAML chooses for a string in OmegaConf's dumper: quotes around what would be
/// read as a number, a boolean, null, a date or an indicator, and around what only quotes can hold.
ScalarStyle choose_style(const std::u32string& text, bool is_key);

/// True for a key that stands before its ':' in one line; others are written behind '?'.
bool is_simple_key(const std::u32string& text, size_t tag_length);

/// The base64 text of bytes, in one line.
std::string base64(const std::string& data);

/// UTF-8 to code points; a byte that is no UTF-8 stands for itself.
std::u32string decode_utf8(std::string_view text);
void append_utf8(char32_t c, std::string& out);

/// Text with a column, where lines can be folded.
class YamlText {
 public:
  void put(std::string_view ascii);
  void put(const std::u32string& text, size_t begin, size_t end);
  void new_line(int indent);
  /// Writes a scalar; continuation lines begin at `indent`. A key is never folded.
  void scalar(const std::u32string& text, ScalarStyle style, int indent, bool is_key);
  std::string take() { return std::move(out_); }

 private:
  void plain(const std::u32string& text, int indent, bool may_fold);
  void single_quoted(const std::u32string& text, int indent, bool may_fold);
  void double_quoted(const std::u32string& text, int indent, bool may_fold);

  std::string out_;
  int column_ = 0;
};

}  // namespace twinset
