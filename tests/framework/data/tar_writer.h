// Writes small tar archives for tests, whole or damaged.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace twinset {

/// An archive as text; `str()` ends it with two zero blocks.
class TarWriter {
 public:
  TarWriter& add(const std::string& name, std::string_view data, char type = '0') {
    std::string header = name.substr(0, 100);
    header.resize(100, '\0');
    header +=
        std::string("0000644\0", 8) + std::string("0000000\0", 8) + std::string("0000000\0", 8);
    header += fmt::format("{:011o} {:011o} ", data.size(), 0);
    header +=
        std::string(8, ' ') + type + std::string(100, '\0') + std::string("ustar\0", 6) + "00";
    header.resize(512, '\0');
    unsigned sum = 0;
    for (char c : header) sum += static_cast<unsigned char>(c);
    header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    content_ += header;
    content_ += data;
    content_.resize((content_.size() + 511) / 512 * 512, '\0');
    return *this;
  }

  std::string str() const { return content_ + std::string(1024, '\0'); }
  std::string without_end() const { return content_; }

 private:
  std::string content_;
};

}  // namespace twinset
