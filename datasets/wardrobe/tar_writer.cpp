#include "datasets/wardrobe/tar_writer.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string>

#include "framework/core/error.h"

namespace twinset::wardrobe {

namespace {

constexpr int64_t kBlock = 512, kRecord = 20 * kBlock;

void put_octal(char* field, int width, int64_t value) {
  const std::string text = fmt::format("{:0{}o}", value, width - 1);
  std::memcpy(field, text.c_str(), static_cast<size_t>(width));
}

std::array<char, kBlock> header(std::string_view name, int64_t num_bytes) {
  std::array<char, kBlock> block{};
  char* h = block.data();
  std::memcpy(h, name.data(), name.size());
  put_octal(h + 100, 8, 0644);
  put_octal(h + 108, 8, 0);
  put_octal(h + 116, 8, 0);
  put_octal(h + 124, 12, num_bytes);
  put_octal(h + 136, 12, 0);
  h[156] = '0';
  std::memcpy(h + 257, "ustar\00000", 8);
  std::memset(h + 148, ' ', 8);
  int64_t sum = 0;
  for (char c : block) sum += static_cast<unsigned char>(c);
  const std::string checksum = fmt::format("{:06o}", sum);
  std::memcpy(h + 148, checksum.data(), 6);
  h[154] = '\0';
  return block;
}

}  // namespace

void TarWriter::write(std::string_view bytes) {
  file_.write(bytes);
  num_bytes_ += static_cast<int64_t>(bytes.size());
}

void TarWriter::add(std::string_view name, std::string_view content) {
  TWINSET_CHECK(name.size() < 100, std::string(name));
  const auto block = header(name, static_cast<int64_t>(content.size()));
  write({block.data(), block.size()});
  write(content);
  const size_t rest = content.size() % kBlock;
  if (rest != 0) write(std::string(kBlock - rest, '\0'));
}

void TarWriter::finish() {
  write(std::string(2 * kBlock, '\0'));
  const int64_t rest = num_bytes_ % kRecord;
  if (rest != 0) write(std::string(static_cast<size_t>(kRecord - rest), '\0'));
}

}  // namespace twinset::wardrobe
