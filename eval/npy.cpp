#include "eval/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <regex>
#include <string>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
constexpr size_t kPrefix = kMagic.size() + 2;  // the header's length follows in two bytes
constexpr size_t kAlignment = 64;

static_assert(std::endian::native == std::endian::little, "files are written as memory lies");

}  // namespace

void write_npy(const std::filesystem::path& path, const float* values, int64_t num_rows,
               int64_t num_columns) {
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", num_rows, num_columns);
  header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  const auto length = static_cast<uint16_t>(header.size());
  AtomicFile file(path);
  file.write(kMagic);
  file.write(&length, sizeof length);
  file.write(header);
  file.write(values, static_cast<size_t>(num_rows * num_columns) * sizeof(float));
  file.commit();
}

FloatMatrix read_npy(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& what) {
    throw DataError({.where = path.string(),
                     .what = what,
                     .expected = "a .npy file (version 1.0) of a float32 matrix in C order"});
  };
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const auto size = static_cast<size_t>(std::filesystem::file_size(path, error));
  if (!file || error) {
    throw DataError({.where = path.string(),
                     .what = fmt::format("can't read the file: {}",
                                         error ? error.message() : std::strerror(errno))});
  }
  std::string prefix(std::min(size, kPrefix), '\0');
  file.read(prefix.data(), static_cast<std::streamsize>(prefix.size()));
  if (!prefix.starts_with(kMagic) || size < kPrefix) fail("has no .npy header of version 1.0");
  uint16_t length = 0;
  std::memcpy(&length, prefix.data() + kMagic.size(), sizeof length);
  if (size < kPrefix + length) fail("ends within its header");
  std::string header(length, '\0');
  file.read(header.data(), length);
  std::smatch shape;
  static const std::regex kShape(R"('shape': \((\d{1,15}), (\d{1,9})\))");
  const bool is_supported = header.find("'descr': '<f4'") != std::string::npos &&
                            header.find("'fortran_order': False") != std::string::npos &&
                            std::regex_search(header, shape, kShape);
  if (!is_supported) fail("has the header " + header.substr(0, header.find_last_not_of(" \n") + 1));
  FloatMatrix matrix{std::stoll(shape[1]), std::stoll(shape[2]), {}};
  const size_t present = size - kPrefix - length;
  const auto row_bytes = static_cast<size_t>(matrix.num_columns) * sizeof(float);
  const bool fits =
      row_bytes == 0
          ? present == 0
          : present % row_bytes == 0 && present / row_bytes == static_cast<size_t>(matrix.num_rows);
  if (!fits)
    fail(fmt::format("holds {} bytes of values for the shape [{}, {}]", present, matrix.num_rows,
                     matrix.num_columns));
  matrix.values.resize(present / sizeof(float));
  file.read(reinterpret_cast<char*>(matrix.values.data()), static_cast<std::streamsize>(present));
  if (!file) fail("can't be read to its end");
  return matrix;
}

}  // namespace twinset
