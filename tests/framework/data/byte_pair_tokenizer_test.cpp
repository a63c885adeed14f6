#include "framework/data/byte_pair_tokenizer.h"

#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/data/byte_pair_learning.h"

namespace twinset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The definition: count every pair of every word anew before each merge.
std::vector<TokenPair> merges_by_recounting(
    const std::unordered_map<std::string, int64_t>& word_counts, int64_t num_merges,
    int64_t min_count) {
  std::vector<std::pair<std::vector<int32_t>, int64_t>> words;
  for (const auto& [word, count] : word_counts) words.emplace_back(byte_tokens(word), count);
  std::vector<TokenPair> merges;
  while (static_cast<int64_t>(merges.size()) < num_merges) {
    std::map<TokenPair, int64_t> counts;
    for (const auto& [tokens, count] : words) {
      for (size_t i = 1; i < tokens.size(); ++i) counts[{tokens[i - 1], tokens[i]}] += count;
    }
    TokenPair best;
    int64_t best_count = 0;
    for (const auto& [pair, count] : counts) {
      if (count > best_count) best = pair, best_count = count;
    }
    if (best_count < min_count) break;
    for (auto& [tokens, count] : words)
      merge_pair(tokens, best, kFirstMergeToken + static_cast<int32_t>(merges.size()));
    merges.push_back(best);
  }
  return merges;
}

std::vector<std::string> some_texts() {
  return {"Red cotton dress with long sleeves",
          "blue cotton T-shirt, size 38",
          "RED dress - slim fit 100% silk",
          "navy blue long-sleeve shirt for men",
          "women's red wrap dress",
          "cotton cotton cotton aaaa aaaaaaa",
          "Kleid aus Baumwolle in Gr\xC3\xBCn",
          "articleType: Tshirts",
          "baseColour: Navy Blue"};
}

TEST(LearnMerges, EqualsRecountingEverything) {
  CounterRandom random({.seed = 5, .epoch = 0, .sample = 0, .purpose = "words"});
  for (int trial = 0; trial < 20; ++trial) {
    std::unordered_map<std::string, int64_t> words;
    for (int w = 0; w < 60; ++w) {
      std::string word;
      for (uint64_t i = 1 + random.below(9); i > 0; --i)
        word += static_cast<char>('a' + random.below(trial % 4 + 1));
      words[word] += static_cast<int64_t>(1 + random.below(5));
    }
    EXPECT_EQ(learn_merges(words, 80, 2), merges_by_recounting(words, 80, 2)) << trial;
  }
}

TEST(LearnMerges, TiesGoToTheSmallerPair) {
  const auto id = [](char c) { return kFirstByteToken + static_cast<int32_t>(c); };
  EXPECT_THAT(learn_merges({{"cd", 3}, {"ab", 3}, {"xy", 4}}, 10, 1),
              ElementsAre(TokenPair{id('x'), id('y')}, TokenPair{id('a'), id('b')},
                          TokenPair{id('c'), id('d')}));
}

TEST(NormalizeText, CollapsesBlanksAndLowersCase) {
  EXPECT_EQ(normalize_text("  Red\t\n DRESS  ", true), "red dress");
  EXPECT_EQ(normalize_text("Red  DRESS", false), "Red DRESS");
  EXPECT_EQ(normalize_text("\xC3\x89T\xC3\x89 \xC3\x97", true), "\xC3\xA9t\xC3\xA9 \xC3\x97");
  EXPECT_EQ(normalize_text(" \n ", true), "");
}

TEST(SplitWords, SeparatesLettersDigitsAndOthers) {
  EXPECT_THAT(split_words("size 38-40 t-shirt"),
              ElementsAre(" size", " 38", "-", "40", " t", "-", "shirt"));
  EXPECT_THAT(split_words("100% \xC3\xBC"), ElementsAre(" 100", "%", " \xC3\xBC"));
  EXPECT_EQ(split_words(std::string(200, 'x')).size(), 4u);
}

TEST(BytePairTokenizer, DecodeUndoesEncode) {
  const auto tokenizer = learn_byte_pair_tokenizer(some_texts(), {.vocabulary_size = 400});
  std::vector<std::string> texts = some_texts();
  texts.insert(texts.end(), {"", "   ", "never seen: \xF0\x9F\x91\x97 zqx!!",
                             "\xFF\xFE bytes that are no text", std::string(500, 'y') + " z"});
  for (const std::string& text : texts)
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), normalize_text(text, true));
}

TEST(BytePairTokenizer, AWordHasTheSameTokensAnywhere) {
  const auto tokenizer = learn_byte_pair_tokenizer(some_texts(), {.vocabulary_size = 400});
  const auto dress = tokenizer->encode("dress"), red_dress = tokenizer->encode("red dress");
  EXPECT_EQ(dress.size(), 1u);
  EXPECT_EQ(red_dress.back(), dress.front());
}

TEST(BytePairTokenizer, IdsStayBelowTheVocabularySize) {
  const auto tokenizer = learn_byte_pair_tokenizer(some_texts(), {.vocabulary_size = 300});
  EXPECT_EQ(tokenizer->vocabulary_size(), 300);
  for (const std::string& text : some_texts()) {
    for (int64_t id : tokenizer->encode(text)) {
      EXPECT_GE(id, 3);
      EXPECT_LT(id, 300);
    }
  }
  EXPECT_LT(learn_byte_pair_tokenizer({"ab ab"}, {.vocabulary_size = 5000})->vocabulary_size(),
            270);
  EXPECT_EQ(learn_byte_pair_tokenizer({}, {})->vocabulary_size(), 259);
}

TEST(BytePairTokenizer, SavesAndLoads) {
  const auto tokenizer =
      learn_byte_pair_tokenizer(some_texts(), {.vocabulary_size = 350, .lower_case = false});
  const auto loaded = load_tokenizer(nlohmann::json::parse(tokenizer->save().dump()));
  EXPECT_EQ(loaded->vocabulary_size(), tokenizer->vocabulary_size());
  EXPECT_EQ(loaded->save(), tokenizer->save());
  for (const std::string& text : some_texts())
    EXPECT_EQ(loaded->encode(text), tokenizer->encode(text));
}

TEST(BytePairTokenizer, LearningIsDeterministic) {
  EXPECT_EQ(learn_byte_pair_tokenizer(some_texts(), {})->save(),
            learn_byte_pair_tokenizer(some_texts(), {})->save());
}

TEST(BytePairTokenizer, EncodesInSeveralThreads) {
  const auto tokenizer = learn_byte_pair_tokenizer(some_texts(), {.vocabulary_size = 350});
  const auto fresh = load_tokenizer(tokenizer->save());
  std::vector<std::thread> threads;
  std::atomic<int> num_wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        for (const std::string& text : some_texts())
          num_wrong += fresh->decode(fresh->encode(text)) != normalize_text(text, true);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0);
}

TEST(LoadTokenizer, RefusesWhatItCanNotBe) {
  const auto message_of = [](const char* text) -> std::string {
    try {
      load_tokenizer(nlohmann::json::parse(text));
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message_of(R"({"name": "word_piece"})"),
              HasSubstr("unknown kind 'word_piece', expected byte_pair"));
  EXPECT_THAT(message_of(R"({"name": "byte_pair"})"), HasSubstr("is no saved tokenizer"));
  EXPECT_THAT(message_of(R"({"name": "byte_pair", "lower_case": true, "merges": [[100, 259]]})"),
              HasSubstr("merge 0 joins 100 and 259"));
}

TEST(Tokenize, FramesCutsAndPads) {
  const auto tokenizer = learn_byte_pair_tokenizer({}, {});  // bytes only: "ab" is ' ', 'a', 'b'
  const at::Tensor tokens = tokenize(*tokenizer, {"ab", "", "abcdefgh"}, 6);
  ASSERT_EQ(tokens.size(0), 3);
  ASSERT_EQ(tokens.size(1), 6);
  const int64_t* ids = tokens.const_data_ptr<int64_t>();
  EXPECT_THAT(std::vector<int64_t>(ids, ids + 18),
              ElementsAre(1, 3 + ' ', 3 + 'a', 3 + 'b', 2, 0,  //
                          1, 2, 0, 0, 0, 0,                    //
                          1, 3 + ' ', 3 + 'a', 3 + 'b', 3 + 'c', 2));
  EXPECT_THROW(tokenize(*tokenizer, {"a"}, 2), ConfigError);
}

}  // namespace
}  // namespace twinset
