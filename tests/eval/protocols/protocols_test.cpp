// The protocols over subjects, against naive definitions.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/matmul.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>

#include "eval/logistic_regression.h"
#include "eval/npy.h"
#include "eval/protocols/attributes.h"
#include "eval/protocols/builtin.h"
#include "eval/protocols/caption_image.h"
#include "eval/protocols/classification.h"
#include "eval/protocols/composed_queries.h"
#include "eval/protocols/composed_retrieval.h"
#include "eval/protocols/text_to_product.h"
#include "eval/subjects/file_subject.h"
#include "framework/core/atomic_file.h"
#include "tests/eval/protocols/table_subject.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TableSubject;
using ::testing::ThrowsMessage;

const std::vector<std::string> kColours = {"red", "blue", "green", "black"};
const std::vector<std::string> kKinds = {"dress", "skirt", "top"};

// Products with a colour, a kind and sometimes a style; their titles repeat.
std::vector<ProductRecord> products(int64_t count, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "products"});
  std::vector<ProductRecord> records;
  for (int64_t i = 0; i < count; ++i) {
    const std::string colour = kColours[random.below(4)], kind = kKinds[random.below(3)];
    const std::string style = random.bernoulli(0.3) ? "short " : "";
    records.push_back({std::to_string(seed * 1000 + static_cast<uint64_t>(i)),
                       colour + " " + style + kind,
                       {{"colour", colour}, {"kind", kind}}});
  }
  return records;
}

TableSubject two_splits(uint64_t seed) {
  TableSubject subject;
  subject.add_split("train", products(80, seed + 1), testing::random_embeddings(80, 6, seed + 1));
  subject.add_split("val", products(30, seed + 2), testing::random_embeddings(30, 6, seed + 2));
  subject.add_split("test", products(40, seed + 3), testing::random_embeddings(40, 6, seed + 3));
  return subject;
}

double metric(const ProtocolReport& report, const std::string& name) {
  const double* value = find_metric(report.metrics, name);
  EXPECT_NE(value, nullptr) << name;
  return value == nullptr ? NAN : *value;
}

// Rows of `gallery` from the best to the worst for a query, by float64 products of float32 rows.
std::vector<int64_t> ranking(const at::Tensor& query, const at::Tensor& gallery) {
  const at::Tensor scores = at::matmul(gallery.to(at::kDouble), query.to(at::kDouble)).contiguous();
  std::vector<int64_t> order(static_cast<size_t>(gallery.size(0)));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return scores.const_data_ptr<double>()[a] > scores.const_data_ptr<double>()[b];
  });
  return order;
}

TEST(CaptionImage, CountsHitsAndFractionsByDefinition) {
  TableSubject subject = two_splits(10);
  const ProtocolReport report = make_caption_image({.cuts = {1, 5}})->run(subject, "test");
  const EmbeddedProducts& test = subject.products("test");
  std::vector<std::string> captions;
  for (int64_t i = 0; i < 40; ++i) {
    if (std::ranges::find(captions, test.record(i).title) == captions.end())
      captions.push_back(test.record(i).title);
  }
  ASSERT_LT(captions.size(), 25u);  // captions repeat
  const at::Tensor texts = subject.texts(captions);
  double hit = 0, recall = 0, precision = 0, reciprocal = 0;
  for (size_t c = 0; c < captions.size(); ++c) {
    const auto order = ranking(texts.select(0, static_cast<int64_t>(c)), test.embeddings);
    double found = 0, relevant = 0, first = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      if (test.record(order[i]).title != captions[c]) continue;
      ++relevant;
      found += i < 5;
      if (first == 0 && i < 5) first = 1.0 / static_cast<double>(i + 1);
    }
    hit += found > 0;
    recall += found / relevant;
    precision += found / 5;
    reciprocal += first;
  }
  const auto count = static_cast<double>(captions.size());
  EXPECT_NEAR(metric(report, "caption_to_image.hit@5"), hit / count, 1e-12);
  EXPECT_NEAR(metric(report, "caption_to_image.recall@5"), recall / count, 1e-12);
  EXPECT_NEAR(metric(report, "caption_to_image.precision@5"), precision / count, 1e-12);
  EXPECT_NEAR(metric(report, "caption_to_image.mrr@5"), reciprocal / count, 1e-12);
  EXPECT_EQ(metric(report, "caption_to_image.num_queries"), count);
  double right = 0;
  for (int64_t i = 0; i < 40; ++i)
    right += captions[static_cast<size_t>(ranking(test.embeddings.select(0, i), texts)[0])] ==
             test.record(i).title;
  EXPECT_NEAR(metric(report, "image_to_caption.hit@1"), right / 40, 1e-12);
  EXPECT_EQ(metric(report, "image_to_caption.recall@1"),
            metric(report, "image_to_caption.hit@1"));  // one caption is relevant
}

TEST(ComposedQueries, FollowThePublishedRule) {
  EXPECT_EQ(clean_caption(" a.b & c?* "), "adotmarkb andmark cquestionmarkstarmark");
  EXPECT_EQ(different_words("red short dress", "blue short dress"),
            (std::pair<std::string, std::string>("red", "blue")));
  EXPECT_EQ(different_words("red dress", "red short dress"),
            (std::pair<std::string, std::string>("dress", "short")));
  EXPECT_THAT(parent_captions("red short dress"),
              ElementsAre("short dress", "red dress", "red short"));
  EXPECT_THAT(parent_captions("red hatred"),
              ElementsAre("hat", "red"));  // a word within another goes too
  const std::vector<std::string> captions = {"red dress", "blue dress", "red dress", "yellow hat"};
  const auto queries = generate_composed_queries(captions, 1);
  ASSERT_EQ(queries.size(), 3u);  // the hat has no sibling
  EXPECT_EQ(queries[0].target_caption, "blue dress");
  EXPECT_EQ(queries[1].target_caption, "red dress");
  EXPECT_EQ(queries[2].source, 2);
  EXPECT_EQ(queries[0].source_word, "red");
  EXPECT_EQ(queries[0].target_word, "blue");
}

TEST(ComposedQueries, OfRealFashion200kRowsDifferInOneWord) {
  const char* shared = std::getenv("TWINSET_SHARED");
  std::ifstream file(std::string(shared == nullptr ? "" : shared) +
                     "/data/fashion200k/sample_train_detect_all.txt");
  if (!file) GTEST_SKIP() << "the sample of Fashion200K's labels is not in TWINSET_SHARED";
  std::vector<std::string> captions;
  for (std::string line; std::getline(file, line);)
    captions.push_back(clean_caption(line.substr(line.rfind('\t') + 1)));
  const auto queries = generate_composed_queries(captions, 1);
  EXPECT_EQ(captions.size(), 4267u);
  EXPECT_GT(queries.size(), 1000u);
  for (const ComposedQuery& query : queries) {
    const std::string& source = captions[static_cast<size_t>(query.source)];
    EXPECT_NE(source, query.target_caption);
    const auto parents = parent_captions(source), others = parent_captions(query.target_caption);
    EXPECT_TRUE(std::ranges::any_of(
        parents,
        [&](const auto& parent) { return std::ranges::find(others, parent) != others.end(); }))
        << source << " > " << query.target_caption;
  }
}

TEST(ComposedQueries, AreReadFromThePublishedFile) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "test_queries.txt";
  write_file(file, "women/a/b/1/1_0.jpeg women/a/b/2/2_1.jpeg\n");
  const auto queries = read_composed_queries(file, {"1_0", "2_1"}, {"red dress", "blue dress"});
  ASSERT_EQ(queries.size(), 1u);
  EXPECT_EQ(queries[0].target_word, "blue");
  write_file(file, "women/1_0.jpeg women/2_1.jpeg\nwomen/1_0.jpeg women/3_0.jpeg\n");
  EXPECT_THAT(
      [&] {
        read_composed_queries(file, {"1_0", "2_1"}, {"a", "b"});
      },
      ThrowsMessage<DataError>(
          HasSubstr("test_queries.txt:2: 'women/3_0.jpeg' is no image of the split")));
}

TEST(ComposedRetrieval, LeavesTheSourceOutAndMatchesCaptionStrings) {
  TableSubject subject = two_splits(20);
  const EmbeddedProducts& test = subject.products("test");
  std::vector<std::string> captions;
  for (int64_t i = 0; i < 40; ++i) captions.push_back(test.record(i).title);
  const auto queries = generate_composed_queries(captions, 7);
  for (const char* composition : {"image", "text", "add", "exchange"}) {
    const auto report = make_composed_retrieval({.composition = composition,
                                                 .word_prefix = "w: ",
                                                 .text_weight = 0.5,
                                                 .seed = 7,
                                                 .cuts = {1, 10}})
                            ->run(subject, "test");
    double hits = 0;
    for (const ComposedQuery& query : queries) {
      const at::Tensor image = test.embeddings.select(0, query.source);
      const at::Tensor words =
          subject.texts({"w: " + query.source_word, "w: " + query.target_word});
      at::Tensor vector = image;
      if (composition == std::string("text")) vector = words.select(0, 1);
      if (composition == std::string("add")) vector = image + words.select(0, 1) * 0.5;
      if (composition == std::string("exchange"))
        vector = image + (words.select(0, 1) - words.select(0, 0)) * 0.5;
      auto order = ranking(unit_rows(vector.unsqueeze(0), "query").squeeze(0), test.embeddings);
      std::erase(order, query.source);
      hits += std::any_of(order.begin(), order.begin() + 10, [&](int64_t i) {
        return captions[static_cast<size_t>(i)] == query.target_caption;
      });
    }
    EXPECT_NEAR(metric(report, std::string("composed_retrieval.") + composition + ".hit@10"),
                hits / static_cast<double>(queries.size()), 1e-12)
        << composition;
  }
}

TEST(TextToProduct, MixesTitlesIntoDocuments) {
  TableSubject subject = two_splits(30);
  const EmbeddedProducts& test = subject.products("test");
  const auto report =
      make_text_to_product(
          {.query = "kind", .image_weight = 0.6, .text_weight = 0.4, .cuts = {1, 10}})
          ->run(subject, "test");
  std::vector<std::string> titles;
  for (int64_t i = 0; i < 40; ++i) titles.push_back(test.record(i).title);
  const at::Tensor documents =
      unit_rows(test.embeddings * 0.6 + subject.texts(titles) * 0.4, "document");
  double precision = 0, recall1 = 0, recall10 = 0;
  for (const std::string& kind : kKinds) {
    const auto order = ranking(subject.texts({"kind: " + kind}).squeeze(0), documents);
    double found1 = 0, found10 = 0, all = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      if (test.record(order[i]).attributes[1].value != kind) continue;
      ++all;
      found10 += i < 10;
      found1 += i < 1;
    }
    precision += found10 / 10 / 3;
    recall10 += found10 / all / 3;
    recall1 += found1 / all / 3;
  }
  EXPECT_NEAR(metric(report, "text_to_product.kind.precision@10"), precision, 1e-12);
  EXPECT_NEAR(metric(report, "text_to_product.kind.recall@10"), recall10, 1e-12);
  EXPECT_NEAR(metric(report, "text_to_product.kind.average_recall"), (recall1 + recall10) / 2,
              1e-12);
  EXPECT_EQ(metric(make_text_to_product({.max_queries = 4})->run(subject, "test"),
                   "text_to_product.title.num_queries"),
            4);
  EXPECT_THAT([&] { make_text_to_product({.query = "brand"})->run(subject, "test"); },
              ThrowsMessage<ConfigError>(HasSubstr("no product of 'test' has 'brand'")));
}

TEST(Knn, VotesByDefinition) {
  TableSubject subject = two_splits(40);
  const EmbeddedProducts &train = subject.products("train"), &test = subject.products("test");
  const auto report =
      make_knn({.family = "colour", .neighbors = {1, 7}, .temperature = 0.2})->run(subject, "test");
  double right = 0, majority_right = 0;
  std::map<std::string, int> counts;
  for (int64_t i = 0; i < 80; ++i) ++counts[train.record(i).attributes[0].value];
  const std::string majority =
      std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; })->first;
  for (int64_t q = 0; q < 40; ++q) {
    const auto order = ranking(test.embeddings.select(0, q), train.embeddings);
    std::map<std::string, double> votes;
    for (size_t j = 0; j < 7; ++j) {
      const double score =
          at::matmul(train.embeddings.select(0, order[j]), test.embeddings.select(0, q))
              .item<double>();
      votes[train.record(order[j]).attributes[0].value] += std::exp(score / 0.2);
    }
    right += std::ranges::max_element(votes, {}, [](const auto& v) { return v.second; })->first ==
             test.record(q).attributes[0].value;
    majority_right += majority == test.record(q).attributes[0].value;
  }
  EXPECT_NEAR(metric(report, "knn.colour.accuracy@7"), right / 40, 1e-12);
  if (std::ranges::count_if(counts, [&](const auto& c) { return c.second == counts[majority]; }) ==
      1) {
    EXPECT_NEAR(metric(report, "knn.colour.majority"), majority_right / 40, 1e-12);
  }
  // In the training split itself a product does not vote for itself.
  EXPECT_LT(metric(make_knn({.family = "colour", .neighbors = {1}})->run(subject, "train"),
                   "knn.colour.accuracy@1"),
            0.9);
  EXPECT_THAT([&] { make_knn({.family = "color"})->run(subject, "test"); },
              ThrowsMessage<ConfigError>(HasSubstr("did you mean 'colour'?")));
}

TEST(ZeroShot, TakesTheNearestPhrase) {
  TableSubject subject = two_splits(50);
  const EmbeddedProducts& test = subject.products("test");
  const auto report = make_zero_shot({.family = "kind", .cuts = {1, 2}})->run(subject, "test");
  const at::Tensor phrases = subject.texts({"kind: dress", "kind: skirt", "kind: top"});
  double right = 0, in_two = 0;
  std::map<std::string, std::pair<double, double>> of_class;
  for (int64_t q = 0; q < 40; ++q) {
    const auto order = ranking(test.embeddings.select(0, q), phrases);
    const std::string& kind = test.record(q).attributes[1].value;
    const bool is_first = kKinds[static_cast<size_t>(order[0])] == kind;
    right += is_first;
    in_two += is_first || kKinds[static_cast<size_t>(order[1])] == kind;
    of_class[kind].first += is_first;
    of_class[kind].second += 1;
  }
  double macro = 0;
  for (const auto& [kind, counts] : of_class)
    macro += counts.first / counts.second / static_cast<double>(of_class.size());
  EXPECT_NEAR(metric(report, "zero_shot.kind.accuracy@1"), right / 40, 1e-12);
  EXPECT_NEAR(metric(report, "zero_shot.kind.accuracy@2"), in_two / 40, 1e-12);
  EXPECT_NEAR(metric(report, "zero_shot.kind.macro_accuracy@1"), macro, 1e-12);
}

TEST(LogisticRegression, HasScikitLearnsOptimum) {
  at::set_num_threads(1);  // matrices this small only wait for other threads
  const auto golden = nlohmann::json::parse(std::ifstream("tests/eval/protocols/golden.json"));
  for (const auto& c : golden.at("cases")) {
    const auto rows = c.at("rows").get<std::vector<std::vector<double>>>();
    const auto labels = c.at("labels").get<std::vector<int64_t>>();
    std::vector<double> flat;
    for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
    const at::Tensor matrix = at::from_blob(
        flat.data(), {static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows[0].size())},
        at::kDouble);
    const double penalty = c.at("penalty");
    const auto model = fit_logistic_regression(matrix, labels, c.at("classes"), penalty);
    EXPECT_TRUE(model.has_converged);
    EXPECT_EQ(model.predict(matrix), c.at("predictions").get<std::vector<int64_t>>());
    const double loss = model.objective - penalty / 2 *
                                              (model.weights * model.weights).sum().item<double>() /
                                              static_cast<double>(rows.size());
    EXPECT_NEAR(loss, double{c.at("loss")}, 1e-5);
  }
}

TEST(LinearProbe, FindsWhatIsLinear) {
  at::set_num_threads(1);
  TableSubject subject;
  for (const char* split : {"train", "val", "test"}) {
    std::vector<ProductRecord> records = products(60, purpose_id(split));
    at::Tensor rows = testing::random_embeddings(60, 6, purpose_id(split)) * 0.3;
    for (int64_t i = 0; i < 60; ++i) {
      const auto kind =
          std::ranges::find(kKinds, records[static_cast<size_t>(i)].attributes[1].value) -
          kKinds.begin();
      rows.select(0, i).select(0, kind).add_(1.0);
    }
    subject.add_split(split, records, rows);
  }
  const auto report =
      make_linear_probe({.family = "", .penalties = {1.0, 1e6}})->run(subject, "test");
  EXPECT_GT(metric(report, "linear_probe.kind.accuracy@1"), 0.95);
  EXPECT_LT(metric(report, "linear_probe.colour.accuracy@1"),
            0.7);  // the colour is not in the embeddings
  EXPECT_EQ(metric(report, "linear_probe.kind.penalty"), 1.0);
}

TEST(AttributesProtocol, IsTheEvaluationOfTheSubjectsEmbeddings) {
  TableSubject subject = two_splits(60);
  EvaluationOptions options;
  options.tuple_to_product.keys = {"kind", "colour"};
  options.tuple_to_product.least = 1;
  const auto report = make_attributes_protocol(options)->run(subject, "test");
  const EmbeddedProducts& test = subject.products("test");
  const SparsePairs labels = label_table(*test.dataset, subject.vocabulary());
  EvaluationInput input;
  input.product_embeddings = test.embeddings;
  input.attribute_embeddings = subject.texts(subject.vocabulary().phrases());
  input.inverse_temperature = 10.0;
  input.labels = &labels;
  input.vocabulary = &subject.vocabulary();
  for (const auto& [name, value] : evaluate(input, options))
    EXPECT_EQ(metric(report, name), value) << name;
  EXPECT_NE(find_metric(report.metrics, "tuple_to_product.phrase.precision@10"), nullptr);
  std::set<std::string> ids(report.queries.front().queries.begin(),
                            report.queries.front().queries.end());
  EXPECT_EQ(ids.size(), 40u);
}

TEST(RandomSubject, DependsOnNamesAndSeedAlone) {
  const testing::MemoryDataset dataset(products(20, 1));
  const auto vocabulary = AttributeVocabulary::build(dataset, {.keys = {}, .min_count = 1});
  const OpenSplit open = [&](const std::string&) -> const Dataset& { return dataset; };
  const auto one = make_random_subject(open, vocabulary, 1),
             same = make_random_subject(open, vocabulary, 1),
             other = make_random_subject(open, vocabulary, 2);
  EXPECT_TRUE(one->texts({"a", "b"}).select(0, 1).equal(same->texts({"b"}).select(0, 0)));
  EXPECT_FALSE(one->texts({"b"}).equal(other->texts({"b"})));
  EXPECT_TRUE(one->products("test").embeddings.equal(same->products("train").embeddings));
}

class EmbeddingFiles : public ::testing::Test {
 protected:
  void write_rows(const std::string& names_file, const std::string& matrix,
                  const std::vector<std::string>& names, const at::Tensor& rows) {
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    write_file(folder_.path() / names_file, text);
    write_npy(folder_.path() / matrix, rows.const_data_ptr<float>(), rows.size(0), rows.size(1));
  }
  std::string message() {
    try {
      const auto subject = make_file_subject(folder_.path(), open_, vocabulary_);
      subject->products("test");
      subject->texts({"nowhere"});
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }
  testing::TemporaryFolder folder_;
  testing::MemoryDataset dataset_{products(3, 1)};
  AttributeVocabulary vocabulary_ =
      AttributeVocabulary::build(dataset_, {.keys = {}, .min_count = 1});
  OpenSplit open_ = [this](const std::string&) -> const Dataset& { return dataset_; };
};

TEST_F(EmbeddingFiles, MatchesProductsByIdAndTextsByWord) {
  const at::Tensor rows = testing::random_embeddings(2, 4, 1),
                   texts = testing::random_embeddings(2, 4, 2);
  write_rows("test.ids.txt", "test.npy", {"1002", "1000"}, rows);
  write_rows("vocab.txt", "attr.npy", {"a", "b"}, texts);
  const auto subject = make_file_subject(folder_.path(), open_, vocabulary_);
  const EmbeddedProducts& found = subject->products("test");
  EXPECT_THAT(found.samples, ElementsAre(0, 2));  // 1001 has no embedding
  EXPECT_TRUE(found.embeddings.select(0, 0).equal(unit_rows(rows, "").select(0, 1)));
  EXPECT_TRUE(subject->texts({"b"}).select(0, 0).equal(unit_rows(texts, "").select(0, 1)));
  EXPECT_THAT(message(), HasSubstr("has no embedding of 'nowhere'"));
}

TEST_F(EmbeddingFiles, SaysWhatDoesNotFit) {
  const at::Tensor rows = testing::random_embeddings(2, 4, 1);
  write_rows("vocab.txt", "attr.npy", {"a", "b"}, rows);
  write_rows("test.ids.txt", "test.npy", {"1000"}, rows);
  EXPECT_THAT(message(), HasSubstr("test.npy: holds [2, 4], expected [1, D]"));
  write_rows("test.ids.txt", "test.npy", {"1000", "1000"}, rows);
  EXPECT_THAT(message(), HasSubstr("test.ids.txt:2: the id '1000' occurs twice"));
  write_rows("test.ids.txt", "test.npy", {"1000", "77"}, rows);
  EXPECT_THAT(message(), HasSubstr("1 ids are no products of the split, such as '77'"));
  write_file(folder_.path() / "meta.json", "{}");
  EXPECT_THAT(message(), HasSubstr("meta.json: has no number 'scale'"));
}

}  // namespace
}  // namespace twinset
