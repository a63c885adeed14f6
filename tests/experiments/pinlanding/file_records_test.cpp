#include "experiments/pinlanding/file_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "framework/core/atomic_file.h"
#include "framework/core/sha256.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FileRecords, APatternIsAFileAFolderOrAGlob) {
  const twinset::testing::TemporaryFolder folder;
  for (const char* name : {"a/one.jsonl", "a/two.jsonl", "a/deep/three.txt", "a/one.jsonl.tmp-7-0"})
    write_file(folder.path() / name, "x");
  EXPECT_THAT(files_of(folder.path(), "a/one.jsonl"), ElementsAre("a/one.jsonl"));
  EXPECT_THAT(files_of(folder.path(), "a/*.jsonl"), ElementsAre("a/one.jsonl", "a/two.jsonl"));
  EXPECT_THAT(files_of(folder.path(), "a"),
              ElementsAre("a/deep/three.txt", "a/one.jsonl", "a/two.jsonl"));
  EXPECT_THAT(files_of(folder.path(), "b"), IsEmpty());
  EXPECT_THAT(files_of(folder.path(), "b/*.jsonl"), IsEmpty());
}

TEST(FileRecords, AFileThatWasJustWrittenIsReadAgain) {
  const twinset::testing::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  write_file(path, "one");
  const FileRecord first = look_at_file(path, nullptr);
  EXPECT_EQ(first.sha256, sha256("one"));
  EXPECT_EQ(first.modified_ns, 0);
  const auto time = std::filesystem::last_write_time(path);
  write_file(path, "two");
  std::filesystem::last_write_time(path, time);
  EXPECT_EQ(look_at_file(path, &first).sha256, sha256("two"));
}

TEST(FileRecords, AnOldFileIsReadOnce) {
  const twinset::testing::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  write_file(path, "one");
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  FileRecord first = look_at_file(path, nullptr);
  first.sha256 = "known";
  EXPECT_EQ(look_at_file(path, &first).sha256, "known");
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_EQ(look_at_file(path, &first).sha256, sha256("one"));
}

TEST(FileRecords, TheFirstDifferenceIsNamed) {
  const FileRecords before = {{"a", {1, 0, "1"}}, {"b", {1, 0, "2"}}};
  EXPECT_EQ(first_difference(before, before), "");
  EXPECT_EQ(first_difference(before, {{"a", {1, 5, "1"}}, {"b", {1, 0, "2"}}}), "");
  EXPECT_EQ(first_difference(before, {{"a", {1, 0, "1"}}, {"b", {1, 0, "3"}}}), "'b' changed");
  EXPECT_EQ(first_difference(before, {{"a", {1, 0, "1"}}, {"b", {}}}), "'b' is missing");
  EXPECT_EQ(first_difference(before, {{"a", {1, 0, "1"}}}), "'b' is missing");
  EXPECT_EQ(first_difference({}, before), "'a' is new");
  EXPECT_EQ(first_difference(file_records_of(to_json(before)), before), "");
}

}  // namespace
}  // namespace twinset::pinlanding
