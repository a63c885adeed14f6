#include "framework/checkpoints/safetensors.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const char* const kGolden = "tests/framework/checkpoints/golden/every_type.safetensors";

class Safetensors : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / fmt::format("twinset_safetensors_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path path() const { return folder_ / "file.safetensors"; }

  // The message for a file of this header and so many bytes of data.
  std::string error_of(const std::string& header, size_t data_bytes) const {
    const uint64_t length = header.size();
    std::string content(8, '\0');
    std::memcpy(content.data(), &length, 8);
    return error_of_content(content + header + std::string(data_bytes, 'x'));
  }
  std::string error_of_content(const std::string& content) const {
    std::ofstream(path(), std::ios::binary) << content;
    try {
      load_safetensors(path());
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr("file.safetensors: "));
      return error.what();
    }
    return "";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Safetensors, ReadsEveryTypeOfThePythonPackage) {
  const SafetensorsFile file = load_safetensors(kGolden);
  EXPECT_EQ(file.metadata.at("maker"), "safetensors \u00e9 \"quoted\"");
  std::map<std::string, at::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  ASSERT_EQ(tensors.size(), 10u);
  const std::map<std::string, at::ScalarType> types = {
      {"f64", at::kDouble}, {"f32", at::kFloat}, {"f16", at::kHalf}, {"bf16", at::kBFloat16},
      {"i64", at::kLong},   {"i32", at::kInt},   {"u8", at::kByte},  {"bool", at::kBool}};
  for (const auto& [name, type] : types) {
    const at::Tensor& tensor = tensors.at(name);
    EXPECT_EQ(tensor.scalar_type(), type) << name;
    EXPECT_EQ(tensor.sizes(), (std::vector<int64_t>{2, 3})) << name;
    for (int64_t i = 0; i < 6; ++i) {
      const double expected = name == "bool" ? static_cast<double>(i != 0)
                                             : static_cast<double>(name == "u8" ? i : i - 2);
      EXPECT_EQ(tensor.view({6})[i].item<double>(), expected) << name << i;
    }
  }
  EXPECT_EQ(tensors.at("scalar").dim(), 0);
  EXPECT_EQ(tensors.at("scalar").item<float>(), 2.5f);
  EXPECT_EQ(tensors.at("empty").sizes(), (std::vector<int64_t>{0, 3}));
}

TEST_F(Safetensors, WritesTheBytesOfThePythonPackage) {
  const SafetensorsFile file = load_safetensors(kGolden);
  save_safetensors(path(), file.tensors, file.metadata);
  EXPECT_EQ(read_file(path()), read_file(kGolden));
}

TEST_F(Safetensors, WritesRowMajorWhateverTheMemoryFormat) {
  const at::Tensor weight = at::randn({2, 3, 4, 5}).contiguous(at::MemoryFormat::ChannelsLast);
  save_safetensors(path(), {{"weight", weight}, {"view", weight.select(1, 2)}}, {});
  const SafetensorsFile file = load_safetensors(path());
  EXPECT_TRUE(file.tensors[0].second.is_contiguous());
  EXPECT_TRUE(at::equal(file.tensors[0].second, weight));
  EXPECT_TRUE(at::equal(file.tensors[1].second, weight.select(1, 2)));
}

TEST_F(Safetensors, KeepsTheOrderAndAnEmptyFile) {
  save_safetensors(path(), {{"z", at::ones({1})}, {"a", at::zeros({2})}}, {});
  const SafetensorsFile file = load_safetensors(path());
  EXPECT_EQ(file.tensors[0].first, "z");
  EXPECT_EQ(file.tensors[1].first, "a");
  save_safetensors(path(), {}, {{"key", "value"}});
  EXPECT_TRUE(load_safetensors(path()).tensors.empty());
  EXPECT_EQ(load_safetensors(path()).metadata.at("key"), "value");
}

TEST_F(Safetensors, RefusesToWriteWhatItCannotAndLeavesThePreviousFile) {
  save_safetensors(path(), {{"a", at::ones({1})}}, {});
  const std::string before = read_file(path());
  EXPECT_THROW(save_safetensors(path(), {{"a", at::ones({1}, at::kComplexFloat)}}, {}), DataError);
  EXPECT_THROW(save_safetensors(path(), {{"a", at::ones({1})}, {"a", at::ones({1})}}, {}),
               DataError);
  EXPECT_THROW(save_safetensors(path(), {{"__metadata__", at::ones({1})}}, {}), DataError);
  EXPECT_EQ(read_file(path()), before);
}

TEST_F(Safetensors, AFullDiskIsAnError) {
  EXPECT_THROW(save_safetensors("/dev/full/a.safetensors", {{"a", at::ones({1})}}, {}),
               SystemError);
}

TEST_F(Safetensors, SaysWhereATruncatedFileEnds) {
  save_safetensors(path(), {{"weight", at::ones({100})}}, {});
  const std::string whole = read_file(path());
  EXPECT_THAT(error_of_content(whole.substr(0, whole.size() - 1)),
              AllOf(HasSubstr("tensor 'weight' lies at [0,400]"), HasSubstr("within the 399 bytes"),
                    HasSubstr("truncated")));
  EXPECT_THAT(error_of_content(whole.substr(0, 40)), HasSubstr("its header would have"));
  EXPECT_THAT(error_of_content(whole.substr(0, 5)),
              HasSubstr("5 bytes long, expected a safetensors file; the file is truncated"));
  EXPECT_THAT(error_of_content(""), HasSubstr("0 bytes long"));
}

TEST_F(Safetensors, NoPrefixOfAFileLoads) {
  save_safetensors(path(), {{"weight", at::ones({3})}, {"bias", at::ones({2})}}, {{"a", "b"}});
  const std::string whole = read_file(path());
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(error_of_content(whole.substr(0, length)), "") << length;
}

TEST_F(Safetensors, SaysWhatIsWrongWithAHeader) {
  const auto entry = [](const std::string& name, const std::string& type, const std::string& shape,
                        const std::string& offsets) {
    return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, type, shape,
                       offsets);
  };
  const auto one = [&](const std::string& type, const std::string& shape,
                       const std::string& offsets) {
    return "{" + entry("w", type, shape, offsets) + "}";
  };
  EXPECT_EQ(error_of(one("F32", "[2]", "[0,8]"), 8), "");
  EXPECT_THAT(error_of("{", 0), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of("[1]", 0), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of(R"({"w":3})", 0), HasSubstr("the entry of tensor 'w' is malformed"));
  EXPECT_THAT(error_of(one("F8", "[2]", "[0,8]"), 8),
              HasSubstr("the type 'F8', expected F64, F32"));
  EXPECT_THAT(error_of(one("F32", "[-2]", "[0,8]"), 8), HasSubstr("impossible shape [-2]"));
  EXPECT_THAT(error_of(one("F32", "[1.5]", "[0,8]"), 8), HasSubstr("impossible shape [1.5]"));
  EXPECT_THAT(error_of(one("F32", "[4294967296,4294967296]", "[0,0]"), 0),
              HasSubstr("impossible shape"));
  EXPECT_THAT(error_of(one("F32", "[3]", "[0,8]"), 8), HasSubstr("has 8 bytes, expected 12"));
  EXPECT_THAT(error_of(one("F32", "[2]", "[8,0]"), 8), HasSubstr("lies at [8,0]"));
  EXPECT_THAT(error_of(one("F32", "[2]", "[-8,0]"), 8), HasSubstr("lies at [-8,0]"));
  EXPECT_THAT(error_of(one("F32", "[2]", "[4,12]"), 12),
              HasSubstr("begins at 4, expected 0, where the one before it ends; there is a gap"));
  EXPECT_THAT(error_of(one("F32", "[2]", "[0,8]"), 9),
              HasSubstr("9 bytes follow the header, expected 8"));
  const std::string overlap =
      "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[2,6]") + "}";
  EXPECT_THAT(
      error_of(overlap, 6),
      HasSubstr(
          "tensor 'b' begins at 2, expected 4, where the one before it ends; tensors overlap"));
  const std::string twice =
      "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("a", "U8", "[4]", "[0,4]") + "}";
  EXPECT_THAT(error_of(twice, 4), HasSubstr("'a' twice"));
  EXPECT_THAT(error_of(R"({"__metadata__":{"a":1}})", 0), HasSubstr("'a', which is no string"));
}

TEST_F(Safetensors, AHugeHeaderLengthAllocatesNothing) {
  EXPECT_THAT(error_of_content(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10)),
              HasSubstr("its header would have 9223372036854775807 bytes, expected at most 2"));
}

TEST_F(Safetensors, AMissingFileIsNamed) {
  try {
    load_safetensors("/no/such/file");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no/such/file: can't be read"));
  }
}

}  // namespace
}  // namespace twinset
