#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <numeric>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/process_memory.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AtomicFileTest : public ::testing::Test {
 protected:
  AtomicFileTest()
      : folder_(fs::temp_directory_path() / ("twinset_atomic_file_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    write_file(folder_ / "file", "old");
  }
  ~AtomicFileTest() override { fs::remove_all(folder_); }
  size_t num_files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  fs::path folder_;
};

TEST_F(AtomicFileTest, AppearsWholeOnCommit) {
  AtomicFile file(folder_ / "file");
  file.write("new ");
  file.write("text");
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  file.commit();
  EXPECT_EQ(read_file(folder_ / "file"), "new text");
  EXPECT_EQ(num_files(), 1u);
}

TEST_F(AtomicFileTest, WithoutCommitTheTargetStays) {
  { AtomicFile(folder_ / "file").write("new"); }
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_EQ(num_files(), 1u);
}

// A limit on the size of files refuses writes as a full disk does.
TEST_F(AtomicFileTest, ARefusedWriteLeavesTheTarget) {
  rlimit old_limit{};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, old_limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  try {
    write_file(folder_ / "file", std::string(100000, 'x'));
  } catch (const SystemError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr((folder_ / "file").string()));
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_EQ(num_files(), 1u);
}

TEST_F(AtomicFileTest, AMissingFileIsNamed) {
  try {
    read_file(folder_ / "nothing");
    FAIL() << "no error";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder_ / "nothing").string()));
  }
}

TEST(ThreadPool, RunsEveryTask) {
  std::atomic<int> sum = 0;
  ThreadPool pool(3);
  for (int i = 1; i <= 100; ++i) pool.submit([&sum, i] { sum += i; });
  pool.wait();
  EXPECT_EQ(sum, 5050);
}

TEST(ThreadPool, RethrowsTheFirstErrorAndGoesOn) {
  std::atomic<int> num_done = 0;
  ThreadPool pool(2);
  for (int i = 0; i < 10; ++i) {
    pool.submit([&num_done, i] {
      if (i == 3) throw DataError({.what = "broken task"});
      ++num_done;
    });
  }
  EXPECT_THROW(pool.wait(), DataError);
  EXPECT_EQ(num_done, 9);
  pool.submit([&num_done] { ++num_done; });
  pool.wait();
  EXPECT_EQ(num_done, 10);
}

TEST(ParallelFor, VisitsEveryIndexOnceAndRethrows) {
  for (const int num_threads : {1, 4}) {
    std::vector<int> visits(1000);
    parallel_for(1000, num_threads, [&](int64_t i) { ++visits[static_cast<size_t>(i)]; });
    EXPECT_EQ(visits, std::vector<int>(1000, 1));
    EXPECT_THROW(parallel_for(10, num_threads,
                              [](int64_t i) {
                                if (i == 7) throw DataError({.what = "seven"});
                              }),
                 DataError);
  }
  EXPECT_GE(available_cores(), 1);
}

TEST(FormatError, LeavesOutEmptyParts) {
  EXPECT_EQ(
      format_error({.where = "a.yaml:3", .what = "x is 1", .expected = "2", .todo = "set x=2"}),
      "a.yaml:3: x is 1, expected 2; set x=2");
  EXPECT_EQ(format_error({.what = "broken"}), "broken");
}

TEST(ProcessMemory, GrowsByWhatIsWritten) {
  const double before = resident_mib();
  {
    std::vector<char> block(64 << 20, 1);
    EXPECT_GE(resident_mib(), before + 60 * static_cast<double>(block.back()));
  }
  EXPECT_GE(peak_resident_mib(), before + 60);
  EXPECT_GE(peak_resident_mib(), resident_mib());
}

}  // namespace
}  // namespace twinset
