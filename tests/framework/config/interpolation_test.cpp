#include "framework/config/interpolation.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "framework/config/yaml.h"
#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

std::string resolved(const std::string& text) {
  Node root = load_yaml(text, "x.yaml");
  resolve(root);
  return to_json(root).dump();
}
// The value of key `v` in a small document.
std::string v(const std::string& expression) {
  const Node root = load_yaml(
      "a: {b: 1, s: text, l: [10, 20]}\nk: b\nn: null\nm: ???\nv: " + expression + "\n", "x.yaml");
  return to_json(Resolver(root).select("v").value()).dump();
}
std::string interpolation_error(const std::string& expression) {
  return error_of([&] { v(expression); });
}

TEST(Interpolation, FollowsPaths) {
  EXPECT_EQ(v("${a.b}"), "1");
  EXPECT_EQ(v("${a[l][1]}"), "20");
  EXPECT_EQ(v("${a.${k}}"), "1");
  EXPECT_EQ(v("${a}"), R"({"b":1,"s":"text","l":[10,20]})");
}

TEST(Interpolation, JoinsStringsAsPythonWritesValues) {
  EXPECT_EQ(v("'${a.b}-${a.s}-${n}-${a.l}'"), R"("1-text-None-[10, 20]")");
  EXPECT_EQ(v(R"('\${a.b}')"), R"("${a.b}")");
  EXPECT_EQ(v(R"('\\${a.b}')"), R"("\\1")");
}

TEST(Interpolation, RelativePathsStartAtTheContainer) {
  EXPECT_EQ(resolved("x: 1\nr: {x: 2, own: '${.x}', up: '${..x}', deep: {far: '${...x}'}}\n"),
            R"({"x":1,"r":{"x":2,"own":2,"up":1,"deep":{"far":1}}})");
}

TEST(Interpolation, AReferencedContainerResolvesInItsOwnPlace) {
  EXPECT_EQ(resolved("a: {x: 1, y: '${.x}'}\nb: {c: '${a}'}\n"),
            R"({"a":{"x":1,"y":1},"b":{"c":{"x":1,"y":1}}})");
}

TEST(Resolver, Environment) {
  setenv("TWINSET_TEST_VARIABLE", "8080", 1);
  unsetenv("TWINSET_TEST_UNSET");
  EXPECT_EQ(v("${oc.env:TWINSET_TEST_VARIABLE}"), R"("8080")");
  EXPECT_EQ(v("${oc.decode:${oc.env:TWINSET_TEST_VARIABLE}}"), "8080");
  EXPECT_EQ(v("${oc.env:TWINSET_TEST_UNSET,12}"), R"("12")");
  EXPECT_EQ(v("${oc.env:TWINSET_TEST_UNSET,null}"), "null");
  EXPECT_EQ(interpolation_error("${oc.env:TWINSET_TEST_UNSET}"),
            "x.yaml:5: v: environment variable 'TWINSET_TEST_UNSET' is not set; set it, or give a "
            "default: "
            "${oc.env:TWINSET_TEST_UNSET,VALUE}");
}

TEST(Resolver, SelectDecodeCreateAndDict) {
  EXPECT_EQ(v("${oc.select:a.b,5}"), "1");
  EXPECT_EQ(v("${oc.select:nope,5}"), "5");
  EXPECT_EQ(v("${oc.select:m,5}"), "5");
  EXPECT_EQ(v("${oc.select:n,5}"), "null");
  EXPECT_EQ(v(R"('${oc.decode:"[1, 2.5, x, {y: null}]"}')"), R"([1,2.5,"x",{"y":null}])");
  EXPECT_EQ(v("'${oc.create:{x: [1, 2]}}'"), R"({"x":[1,2]})");
  EXPECT_EQ(v("${oc.dict.keys:a}"), R"(["b","s","l"])");
  EXPECT_EQ(v("${oc.dict.values:a}"), R"([1,"text",[10,20]])");
}

TEST(InterpolationError, NamesFileLineKeyAndNearest) {
  EXPECT_EQ(interpolation_error("${a.bb}"),
            "x.yaml:5: v: interpolation key 'a.bb' not found; did you mean 'b'?");
  EXPECT_EQ(interpolation_error("${....x}"), "x.yaml:5: v: '....x' goes up beyond the root");
  EXPECT_EQ(interpolation_error("${m}"), "x.yaml:4: m: is mandatory and still \?\?\?; set m=...");
  EXPECT_THAT(interpolation_error("${oc.evn:HOME}"), HasSubstr("unknown resolver 'oc.evn'"));
  EXPECT_THAT(interpolation_error("${oc.evn:HOME}"), HasSubstr("did you mean 'oc.env'?"));
  EXPECT_THAT(interpolation_error("${oc.dict.keys:k}"),
              HasSubstr("oc.dict.keys: 'k' is 'b', expected a map"));
  EXPECT_THAT(interpolation_error("${a.${n}}"),
              HasSubstr("an interpolation used as a name is null, expected a string"));
}

TEST(InterpolationError, Cycles) {
  EXPECT_EQ(error_of([] { resolved("a: ${b}\nb: ${a}\n"); }),
            "x.yaml:1: a: '${b}' refers back to itself");
  EXPECT_THAT(error_of([] { resolved("a: {b: '${a}'}\n"); }),
              HasSubstr("leads to a node that holds the interpolation"));
  EXPECT_THAT(error_of([] { resolved("a: {b: '${c}'}\nc: {d: '${a}'}\n"); }),
              HasSubstr("contains itself"));
}

TEST(InterpolationError, SyntaxNamesTheColumn) {
  EXPECT_THAT(error_of([] { parse_template("x ${a.}"); }),
              HasSubstr("broken interpolation in 'x ${a.}' at column 7, expected a key"));
  EXPECT_THAT(error_of([] { parse_template("${oc.env:'A}"); }), HasSubstr("expected a closing '"));
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "${";
  EXPECT_THAT(error_of([&] { parse_template(deep); }), HasSubstr("at most 200 levels of nesting"));
}

TEST(InterpolationError, BlowUpsAreRefused) {
  const auto error_after = [](const std::string& yaml) {
    return error_of([&] {
      const Node root = load_yaml(yaml, "x.yaml");
      Resolver(root).resolved_root();
    });
  };
  std::string chain, text = "t0: xxxxxxxxxx\n", lists = "l0: [1]\n";
  for (int i = 0; i < 2000; ++i)
    chain += "c" + std::to_string(i) + ": ${c" + std::to_string(i + 1) + "}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = std::to_string(i - 1);
    text += "t" + std::to_string(i) + ": ${t" + before + "}${t" + before + "}\n";
    lists += "l" + std::to_string(i) + ": [\"${l" + before + "}\", \"${l" + before + "}\"]\n";
  }
  EXPECT_THAT(error_after(chain + "c2000: 1\n"),
              ::testing::HasSubstr("more than 500 interpolations"));
  EXPECT_THAT(error_after(text), ::testing::HasSubstr("more than 16 MiB"));
  EXPECT_THAT(error_after(lists), ::testing::HasSubstr("more than a million values"));
}

}  // namespace
}  // namespace twinset
