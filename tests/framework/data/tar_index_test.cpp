#include "framework/data/tar_index.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/data/random_access_file.h"
#include "tests/framework/data/tar_writer.h"
#include "tests/framework/data/temporary_folder.h"

namespace twinset {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TarIndex : public testing::Test {
 protected:
  std::vector<TarMember> index_of(const std::string& content) {
    write_file(path_, content);
    return read_tar_index(path_);
  }
  std::string message_of(const std::string& content) {
    try {
      index_of(content);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "shard.tar";
};

TEST_F(TarIndex, FindsEveryFile) {
  const std::string large(70000, 'x');
  const auto members = index_of(TarWriter()
                                    .add("a.jpg", "one")
                                    .add("b.jpg", large)
                                    .add("c.json", "")
                                    .add("d.json", "two")
                                    .str());
  ASSERT_EQ(members.size(), 4u);
  EXPECT_EQ(members[1].name, "b.jpg");
  EXPECT_EQ(members[1].offset, 512 + 512 + 512);
  EXPECT_EQ(members[2].size, 0);
  const RandomAccessFile file(path_);
  EXPECT_EQ(file.read(members[0].offset, members[0].size), "one");
  EXPECT_EQ(file.read(members[1].offset, members[1].size), large);
  EXPECT_EQ(file.read(members[3].offset, members[3].size), "two");
}

TEST_F(TarIndex, ReadsWhatPythonWrites) {
  if (std::system("python3 --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "python3 is missing";
  ASSERT_EQ(
      std::system(("python3 tests/framework/data/make_tars.py " + folder_.path().string()).c_str()),
      0);
  for (const char* format : {"ustar", "gnu", "pax"}) {
    const std::filesystem::path path = folder_ / (std::string(format) + ".tar");
    const auto members = read_tar_index(path);
    ASSERT_EQ(members.size(), std::string(format) == "ustar" ? 4u : 6u) << format;
    EXPECT_EQ(members[0].name, "0001.jpg");
    EXPECT_EQ(members[2].name.size(), 26u * 3 + 1 + 24 * 3 + 4) << format;
    EXPECT_EQ(members.back().name, "empty.json");
    const RandomAccessFile file(path);
    for (const TarMember& member : members) {
      std::string expected;
      for (int i = 0; i < 40 && member.name != "empty.json"; ++i) expected += member.name;
      EXPECT_EQ(file.read(member.offset, member.size), expected) << format << " " << member.name;
    }
  }
}

TEST_F(TarIndex, PaxSizeAndPathGoToTheNextFileOnly) {
  const auto members = index_of(TarWriter()
                                    .add("x", "20 path=renamed.jpg\n", 'x')
                                    .add("a.jpg", "one")
                                    .add("b.jpg", "two")
                                    .str());
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "renamed.jpg");
  EXPECT_EQ(members[1].name, "b.jpg");
}

TEST_F(TarIndex, WrongChecksumNamesFileAndByte) {
  std::string content = TarWriter().add("a.jpg", "one").add("b.jpg", "two").str();
  content[1024] = 'X';
  EXPECT_THAT(message_of(content),
              AllOf(HasSubstr("shard.tar: byte 1024: the tar header's checksum is wrong"),
                    HasSubstr("copy it again")));
}

TEST_F(TarIndex, TruncatedMemberNamesFileByteAndMember) {
  const std::string content =
      TarWriter().add("a.jpg", "one").add("b.jpg", std::string(2000, 'x')).str();
  EXPECT_THAT(
      message_of(content.substr(0, 2000)),
      HasSubstr("shard.tar: byte 1024: 'b.jpg' is 2000 bytes, but only 464 are left in the file"));
  EXPECT_THAT(message_of(content.substr(0, 1300)),
              HasSubstr("shard.tar: byte 1024: the archive ends in the middle of a header"));
}

TEST_F(TarIndex, MissingEndMarkerIsAWarningNotAnError) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(index_of(TarWriter().add("a.jpg", "one").without_end()).size(), 1u);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("ends without tar's end marker"));
}

TEST_F(TarIndex, DataBehindTheEndIsWarnedOf) {
  const std::string one = TarWriter().add("a.jpg", "one").str();
  testing::internal::CaptureStderr();
  EXPECT_EQ(index_of(one + one).size(), 1u);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("data after tar's end marker is not read"));
}

TEST_F(TarIndex, ForeignFilesAreErrors) {
  EXPECT_THAT(message_of(std::string(600, 'x')),
              HasSubstr("shard.tar: byte 0: the tar header's checksum is wrong"));
  EXPECT_THAT(message_of("hello"), HasSubstr("byte 0: the archive ends in the middle of a header"));
  EXPECT_THROW(read_tar_index(folder_ / "missing.tar"), DataError);
}

TEST_F(TarIndex, MalformedPaxRecordIsAnError) {
  EXPECT_THAT(message_of(TarWriter().add("x", "99 path=a\n", 'x').add("a.jpg", "one").str()),
              HasSubstr("byte 0: a malformed pax record"));
  EXPECT_THAT(message_of(TarWriter().add("x", "12 size=-77\n", 'x').add("a.jpg", "one").str()),
              HasSubstr("'a.jpg' is -77 bytes"));
}

}  // namespace
}  // namespace twinset
