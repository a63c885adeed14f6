// Every development case of the conformance corpus, values and errors, through its own runner.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

TEST(Conformance, EveryCaseAnswersAsHydraDoes) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const std::string corpus = std::string(shared == nullptr ? "" : shared) + "/hydra_cases";
  if (!std::filesystem::exists(corpus + "/run_cases.py"))
    GTEST_SKIP() << "no conformance corpus in TWINSET_SHARED";
  if (std::system("python3 --version > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "no python3 to run the corpus with";
  const std::string command =
      "python3 '" + corpus +
      "/run_cases.py' -v --ordered --file compose,sweep,interpolation --cmd '" +
      TWINSET_CONFIG_SERVER + "' 2>&1 && python3 '" + corpus +
      "/run_cases.py' -v --file override --cmd '" + TWINSET_CONFIG_SERVER + "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << output.substr(0, 4000);
  EXPECT_NE(output.find("total: "), std::string::npos) << output;
}

}  // namespace
