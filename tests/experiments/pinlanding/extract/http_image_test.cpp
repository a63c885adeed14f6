#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/pinlanding/chat/answer_cache.h"
#include "experiments/pinlanding/chat/chat_answer.h"
#include "experiments/pinlanding/extract/http_provider.h"
#include "framework/core/atomic_file.h"
#include "tests/experiments/tiny_run.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using twinset::testing::message_of;

/// Products whose images can't be used: one is missing, the other no image.
class BrokenImages : public Dataset {
 public:
  int64_t size() const override { return 2; }
  const ProductRecord& record(int64_t index) const override {
    return records_[static_cast<size_t>(index)];
  }
  std::string image_bytes(int64_t index) const override {
    if (index == 0) throw DataError({.where = "a.jpeg", .what = "does not exist"});
    return "a text";
  }
  std::string place(int64_t index) const override { return index == 0 ? "a.jpeg" : "b.jpeg"; }

 private:
  std::vector<ProductRecord> records_ = {{"1", "Dress", {}}, {"2", "Shoe", {{"colour", "red"}}}};
};

HttpProviderOptions options() {
  HttpProviderOptions options;
  options.model.chat.url = "http://127.0.0.1:1";
  options.model.model = "m";
  options.model.prompt = R"({id}: {title}; {fields}; {families}; show {"colour": []})";
  options.model.schema.set("properties", Node::map()).set("colour", Node::map());
  return options;
}

TEST(HttpProvider, AProductWithoutAnImageIsNotAskedAbout) {
  const twinset::testing::TemporaryFolder folder;
  const BrokenImages dataset;
  const auto provider = make_http_provider(options(), {Node(), folder.path()});
  std::vector<std::string> failures(2);
  provider->extract({{"train", &dataset, 0}, {"train", &dataset, 1}},
                    [&](size_t i, const ExtractAnswer& answer) { failures[i] = answer.failure; });
  EXPECT_EQ(failures[0], "the image can't be used: a.jpeg: does not exist");
  EXPECT_THAT(failures[1],
              HasSubstr("the image can't be used: b.jpeg: the image is of no known kind"));
}

TEST(HttpProvider, FillsThePromptAndLeavesOtherBraces) {
  const BrokenImages dataset;
  HttpProviderOptions without_image = options();
  without_image.send_image = false;
  EXPECT_THAT(chat_request(without_image, {"train", &dataset, 1}),
              HasSubstr(R"(2: Shoe; colour: red; colour; show {\"colour\": []})"));
}

TEST(ChatAnswer, AStreamOfEventsIsTheAnswerThatItAddsUpTo) {
  const std::string begin =
      "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\"}}]}\n\n"
      "data: {\"choices\": [{\"delta\": {\"content\": \"{\\\"a\\\": \"}}]}\n\n"
      "data: {\"choices\": [{\"delta\": {\"content\": \"1}\"}}]}\n\n";
  EXPECT_FALSE(read_chat_answer(begin));
  const auto answer = read_chat_answer(
      begin +
      "data: {\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}], \"usage\": "
      "{\"prompt_tokens\": 3, \"completion_tokens\": 2}}\n\ndata: [DONE]\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "{\"a\": 1}");
  EXPECT_EQ(answer->failure, "");
  EXPECT_EQ(answer->prompt_tokens, 3);
}

TEST(AnswerCache, KeepsWholeLinesAndDropsACutOffLastOne) {
  const twinset::testing::TemporaryFolder folder;
  const auto file = folder.path() / "cache.jsonl";
  {
    AnswerCache cache(file);
    cache.add("a", {"{\"text\": \"\\u00e9 \n\"}", 3, 4});
    cache.add("b", {"bytes \xff", 0, 0});
  }
  const std::string whole = read_file(file);
  write_file(file, whole + "{\"key\": \"c\", \"respo");
  {
    AnswerCache cache(file);
    ASSERT_NE(cache.find("a"), nullptr);
    EXPECT_EQ(cache.find("a")->response, "{\"text\": \"\\u00e9 \n\"}");
    EXPECT_EQ(cache.find("a")->completion_tokens, 4);
    EXPECT_NE(cache.find("b"), nullptr);
    EXPECT_EQ(cache.find("c"), nullptr);
  }
  EXPECT_EQ(read_file(file), whole);
  write_file(file, "broken\n" + whole);
  EXPECT_THAT(message_of([&] { AnswerCache cache(file); }),
              HasSubstr("cache.jsonl:1: is no cached answer"));
}

}  // namespace
}  // namespace twinset::pinlanding
