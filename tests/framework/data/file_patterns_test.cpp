#include "framework/data/file_patterns.h"

#include <gmock/gmock.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/framework/data/temporary_folder.h"

namespace twinset {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(ExpandBraces, RangesKeepTheirZeros) {
  EXPECT_THAT(expand_braces("s-{008..011}.tar"),
              ElementsAre("s-008.tar", "s-009.tar", "s-010.tar", "s-011.tar"));
  EXPECT_THAT(expand_braces("{9..11}"), ElementsAre("9", "10", "11"));
  EXPECT_THAT(expand_braces("{2..0}"), ElementsAre("2", "1", "0"));
}

TEST(ExpandBraces, ListsMultiplyAndNest) {
  EXPECT_THAT(expand_braces("{a,b}-{1..2}"), ElementsAre("a-1", "a-2", "b-1", "b-2"));
  EXPECT_THAT(expand_braces("x{a,b{0..1},}"), ElementsAre("xa", "xb0", "xb1", "x"));
  EXPECT_THAT(expand_braces("plain"), ElementsAre("plain"));
}

TEST(ExpandBraces, ErrorsSayWhat) {
  EXPECT_THROW(expand_braces("{1,2"), DataError);
  EXPECT_THROW(expand_braces("{0..99999999}"), DataError);
  EXPECT_THROW(expand_braces("{0..9999}{0..9999}"), DataError);
}

class FindFiles : public testing::Test {
 protected:
  FindFiles() {
    for (const char* name :
         {"train-000.tar", "train-001.tar", "train-002.tar", "val-000.tar", "odd[1].tar"})
      write_file(folder_ / name, "x");
    std::filesystem::create_directories(folder_ / "train-dir");
  }
  std::vector<std::string> names(const std::string& patterns) {
    std::vector<std::string> result;
    for (const auto& path : find_files(folder_.path(), patterns))
      result.push_back(path.filename().string());
    return result;
  }
  std::string message_of(const std::filesystem::path& root, const std::string& patterns) {
    try {
      find_files(root, patterns);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }
  TemporaryFolder folder_;
};

TEST_F(FindFiles, TakesGlobsListsAndCommas) {
  EXPECT_THAT(names("train-*"), ElementsAre("train-000.tar", "train-001.tar", "train-002.tar"));
  EXPECT_THAT(names("val-000.tar, train-{001..002}.tar"),
              ElementsAre("val-000.tar", "train-001.tar", "train-002.tar"));
  EXPECT_THAT(names("train-00[02].tar,train-*"),
              ElementsAre("train-000.tar", "train-002.tar", "train-001.tar"));
  EXPECT_THAT(names((folder_ / "val-???.tar").string()), ElementsAre("val-000.tar"));
}

TEST_F(FindFiles, NoMatchNamesPatternFolderAndNearestName) {
  EXPECT_THAT(
      message_of(folder_.path(), "train-{000..003}.tar"),
      AllOf(HasSubstr(folder_.path().string()), HasSubstr("no file matches 'train-003.tar'"),
            HasSubstr("did you mean"), HasSubstr("train-00")));
  EXPECT_THAT(message_of(folder_.path(), "traim-*.tar"),
              HasSubstr("no file matches 'traim-*.tar'"));
}

TEST_F(FindFiles, MissingFolderIsNamedWithTheNearest) {
  EXPECT_THAT(message_of(folder_ / "train-dirr", "a.tar"),
              AllOf(HasSubstr("train-dirr: the folder does not exist"), HasSubstr("/train-dir'?")));
}

}  // namespace
}  // namespace twinset
