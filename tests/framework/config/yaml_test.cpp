#include "framework/config/yaml.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>

#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

std::string json(const std::string& text) { return to_json(load_yaml(text, "x.yaml")).dump(); }
Node value(const std::string& text) { return load_yaml("k: " + text + "\n", "x.yaml").at("k"); }
std::string yaml_error(const std::string& text) {
  return error_of([&] { load_yaml(text, "x.yaml"); });
}

TEST(Yaml, TypesPlainScalarsAsYaml11) {
  EXPECT_EQ(value("yes"), Node(true));
  EXPECT_EQ(value("Off"), Node(false));
  EXPECT_EQ(value("y"), Node("y"));
  EXPECT_EQ(value("~"), Node());
  EXPECT_EQ(value("1e-3"), Node(1e-3));
  EXPECT_EQ(value("1E5"), Node(1e5));
  EXPECT_EQ(value("017"), Node(15));
  EXPECT_EQ(value("0x1F"), Node(31));
  EXPECT_EQ(value("0b101"), Node(5));
  EXPECT_EQ(value("1_000"), Node(1000));
  EXPECT_EQ(value("1:30"), Node(90));
  EXPECT_EQ(value("2024-01-31"), Node("2024-01-31"));
  EXPECT_EQ(value("089"), Node("089"));
  EXPECT_EQ(value("???"), Node::missing());
  EXPECT_EQ(value("-.inf"), Node(-INFINITY));
  EXPECT_TRUE(std::isnan(value(".nan").as_float()));
  EXPECT_EQ(value("'12'"), Node("12"));
  EXPECT_EQ(value("!!str 12"), Node("12"));
  EXPECT_EQ(value("!!int '12'"), Node(12));
}

TEST(Yaml, KeepsBigIntegersBytesAndTypedKeys) {
  EXPECT_EQ(value("12345678901234567890123").int_text(), "12345678901234567890123");
  EXPECT_THAT(error_of([] { value("9223372036854775808").as_int(); }),
              HasSubstr("expected an integer of at most 64 bits"));
  EXPECT_EQ(value("!!binary aGVsbG8=").as_string(), "hello");
  const Node map = load_yaml("1: a\n'1': b\ntrue: c\n2.5: d\n", "x.yaml");
  EXPECT_EQ(map.as_map().size(), 3u);  // true is 1
  EXPECT_EQ(map_key_value(map.as_map()[0].first), Node(1));
  EXPECT_EQ(map.find("1")->as_string(), "b");
}

TEST(Yaml, WritesOutAnchorsAndMergeKeys) {
  EXPECT_EQ(json("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n"),
            R"({"base":{"x":1,"y":2},"use":{"x":1,"y":3}})");
}

TEST(Yaml, ReadsAnyLineBreakAndAByteOrderMark) {
  EXPECT_EQ(json("\xEF\xBB\xBF"
                 "a: 1\r\nb: 2\rc: 3\n"),
            R"({"a":1,"b":2,"c":3})");
}

TEST(Yaml, EmptyAndLoneDocuments) {
  EXPECT_EQ(json(""), "{}");
  EXPECT_EQ(json("# only a comment\n"), "{}");
  EXPECT_EQ(json("word\n"), R"({"word":null})");
  EXPECT_EQ(json("- 1\n"), "[1]");
}

TEST(Yaml, BlocksBehindATagInAList) {
  EXPECT_EQ(json("- !!str |\n  a\n   b\n- c\n"), R"(["a\n b\n","c"])");
}

// As PyYAML and OmegaConf quote what they, or Python's float(), would read as a number.
TEST(Yaml, WritesPlainWhatIsNoNumber) {
  Node node = Node::map();
  for (const char* text : {"1e_", "1e3_", "._", "1e1_0",
                           "\xc2\xa0"
                           "1",
                           "1_"})
    node.set(std::string("k") + std::to_string(node.as_map().size()), Node(text));
  EXPECT_EQ(to_yaml(node),
            "k0: 1e_\nk1: 1e3_\nk2: ._\nk3: '1e1_0'\nk4: '\xc2\xa0"
            "1'\nk5: '1_'\n");
}

TEST(Yaml, QuotedLineBreaksAlone) {
  EXPECT_EQ(json("a: '\n\n  '\nb: \"\n\n\n\"\nc: ''\nd: '\n  '\n"),
            R"({"a":"\n","b":"\n\n","c":"","d":" "})");
}

TEST(Yaml, KeysMarkedByAQuestionMark) { EXPECT_EQ(json("? a\n: 1\n? b\n"), R"({"a":1,"b":null})"); }

TEST(Yaml, NodesKnowLineAndColumn) {
  const Node node = load_yaml("a: 1\nb:\n  c: [x, y]\n", "x.yaml");
  const Location& y = node.find_path("b.c")->as_list()[1].location();
  EXPECT_EQ(y.file, "x.yaml");
  EXPECT_EQ(y.line, 3);
  EXPECT_EQ(y.column, 10);
}

TEST(YamlError, DuplicateKey) {
  EXPECT_EQ(yaml_error("a: 1\nb: 2\na: 3\n"),
            "x.yaml:3: duplicate key 'a'; it stands in line 1 already");
}

TEST(YamlError, BrokenSyntaxNamesLineAndColumn) {
  EXPECT_THAT(yaml_error("a: [1, 2\nb: 3\n"), HasSubstr("x.yaml:"));
  EXPECT_EQ(yaml_error("a: 'abc\n"),
            "x.yaml:1: a quote is not closed (column 4), expected valid YAML");
  EXPECT_EQ(yaml_error("a: 1\nlr 0.1\n"),
            "x.yaml:2: 'lr 0.1' stands alone: a ':' is missing (column 1), expected valid YAML");
  EXPECT_EQ(
      yaml_error("a:\n'b'\n"),
      "x.yaml:2: a ':' is missing, or the line is not indented (column 1), expected valid YAML");
  EXPECT_EQ(yaml_error("a: 1\n%b: 2\n"),
            "x.yaml:2: a line starts with '%', expected quotes around it");
  EXPECT_EQ(
      yaml_error("a: &b.c 1\n"),
      "x.yaml:1: the anchor '&b.c' has other characters than letters, digits, - and _ (column 4), "
      "expected valid YAML");
}

TEST(YamlError, WhatAConfigurationCantHold) {
  EXPECT_EQ(yaml_error("a: !foo 1\n"),
            "x.yaml:1: unknown tag '!foo', expected a tag of YAML itself, such as !!str");
  EXPECT_EQ(yaml_error("null: 1\n"),
            "x.yaml:1: null as a key, expected a string, a number or a boolean");
  EXPECT_EQ(yaml_error("? [a]\n: 1\n"),
            "x.yaml:1: a list or a map as a key, expected a scalar key");
  EXPECT_EQ(yaml_error("a: 1\n---\nb: 2\n"),
            "x.yaml: holds a second document, expected one document");
  EXPECT_EQ(yaml_error("12\n"), "x.yaml:1: the document is 12, expected a map or a list");
  EXPECT_EQ(yaml_error("a: caf\xE9\n"), "x.yaml:1: byte 0xe9 is no UTF-8, expected UTF-8 text");
  EXPECT_THAT(yaml_error("a: ${b\n"),
              HasSubstr("x.yaml:1: broken interpolation in '${b' at column 4"));
}

TEST(YamlError, AliasesOfAliasesHaveABound) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) text += ", " + before;
    text += "]\n";
  }
  EXPECT_THAT(yaml_error(text), HasSubstr("more than a million values"));
  EXPECT_THAT(yaml_error("a: &x [*x]\n"), HasSubstr("an alias to a node that holds it"));
}

}  // namespace
}  // namespace twinset
