// SHA-256: names content so that equal names mean equal bytes, for caches and manifests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace twinset {

/// The hash of bytes that come in pieces.
/// Source: NIST FIPS 180-4, section 6.2.
class Sha256 {
 public:
  void add(const void* data, size_t num_bytes);
  void add(std::string_view bytes) { add(bytes.data(), bytes.size()); }
  /// 64 hexadecimal digits. Ends the hash: call once.
  std::string finish();

 private:
  void compress(const uint8_t* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> block_{};
  uint64_t num_bytes_ = 0;
};

/// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The same of a file's bytes, read in pieces. @throws DataError if it can't be read
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace twinset
