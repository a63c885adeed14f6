#include "framework/core/sha256.h"

#include <gtest/gtest.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

// FIPS 180-4's examples, as published by NIST's Cryptographic Standards and Guidelines.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i * 7);
  for (size_t piece = 1; piece < 130; ++piece) {
    Sha256 hash;
    for (size_t begin = 0; begin < bytes.size(); begin += piece)
      hash.add(bytes.substr(begin, piece));
    ASSERT_EQ(hash.finish(), sha256(bytes)) << piece;
  }
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const testing::TemporaryFolder folder;
  const std::string bytes((1 << 20) + 17, 'x');
  write_file(folder.path() / "file", bytes);
  EXPECT_EQ(sha256_of_file(folder.path() / "file"), sha256(bytes));
  EXPECT_THROW(sha256_of_file(folder.path() / "none"), DataError);
}

}  // namespace
}  // namespace twinset
