#include "framework/config/override.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

Node value_of(const std::string& text) { return parse_override("key=" + text).value->to_node(); }
std::string override_error(const std::string& text) {
  return error_of([&] { parse_override(text); });
}

TEST(Override, SplitsPrefixKeyAndPackage) {
  const Override plain = parse_override("a.b=1");
  EXPECT_EQ(plain.type, Override::Type::kChange);
  EXPECT_EQ(plain.key, "a.b");
  EXPECT_FALSE(plain.package);
  const Override group = parse_override("+db/sub@x.y=mysql");
  EXPECT_EQ(group.type, Override::Type::kAdd);
  EXPECT_EQ(group.key, "db/sub");
  EXPECT_EQ(group.package, "x.y");
  EXPECT_EQ(group.key_element(), "+db/sub@x.y");
  EXPECT_EQ(parse_override("++a=1").type, Override::Type::kForceAdd);
  const Override deletion = parse_override("~a");
  EXPECT_EQ(deletion.type, Override::Type::kDelete);
  EXPECT_FALSE(deletion.value);
}

TEST(Override, TypesPlainValues) {
  EXPECT_EQ(value_of("12"), Node(12));
  EXPECT_EQ(value_of("1_000"), Node(1000));
  EXPECT_EQ(value_of("1e-3"), Node(1e-3));
  EXPECT_EQ(value_of("TRUE"), Node(true));
  EXPECT_EQ(value_of("null"), Node());
  EXPECT_EQ(value_of("007"), Node("007"));
  EXPECT_EQ(value_of(""), Node(""));
  EXPECT_EQ(value_of("a b"), Node("a b"));
  EXPECT_EQ(value_of("lr-1/x.y"), Node("lr-1/x.y"));
  EXPECT_EQ(value_of("???"), Node::missing());
  EXPECT_EQ(value_of("${a.b}"), Node("${a.b}"));
}

TEST(Override, UnescapesAndUnquotes) {
  EXPECT_EQ(value_of(R"(a\,b\=c)"), Node("a,b=c"));
  EXPECT_EQ(value_of("'12'"), Node("12"));
  EXPECT_EQ(value_of(R"('it\'s')"), Node("it's"));
  EXPECT_EQ(value_of(R"("C:\dir")"), Node(R"(C:\dir)"));
}

TEST(Override, ReadsListsAndMaps) {
  EXPECT_EQ(to_json(value_of("[1, [a, 'b,c'], {x: 2.5, y: [null]}]")).dump(),
            R"([1,["a","b,c"],{"x":2.5,"y":[null]}])");
}

TEST(Override, CallsCasts) {
  EXPECT_EQ(value_of("int('3')"), Node(3));
  EXPECT_EQ(value_of("float(3)"), Node(3.0));
  EXPECT_EQ(value_of("str(true)"), Node("true"));
  EXPECT_EQ(value_of("bool(0)"), Node(false));
  EXPECT_EQ(to_json(value_of("int([1.7, '2'])")).dump(), "[1,2]");
}

TEST(Override, TextParsesBackToTheValue) {
  for (const char* text : {"a", "1", "1.5", "null", "[a,1,'b, c']", "{a:1,b:[x]}", "'it\\'s'",
                           "\"a\\\\\"", "a\\ b\\,c", "${x}"}) {
    const OverrideValue first = *parse_override(std::string("k=") + text).value;
    const OverrideValue second = *parse_override("k=" + override_text(first)).value;
    EXPECT_EQ(first.to_node(), second.to_node()) << text;
  }
}

// A cast takes the quotes away, and Hydra does not give them back where they would be needed.
TEST(Override, TextIsHydrasOwn) {
  for (const auto& [text, expected] :
       {std::pair("str('_!!str 8')", "_!!str\\ 8"), std::pair("str(['',b])", "[,b]")}) {
    EXPECT_EQ(override_text(*parse_override(std::string("k=") + text).value), expected);
  }
}

TEST(OverrideError, ShowsTheColumn) {
  EXPECT_EQ(override_error("a=[1,2"),
            "override 'a=[1,2': the list is not closed, expected ',' or ']'\n  a=[1,2\n        ^");
  EXPECT_EQ(override_error("a=b=c"),
            "override 'a=b=c': unexpected '=', expected the end; quote the value, or escape with a "
            "backslash\n  a=b=c\n     ^");
  EXPECT_EQ(override_error("a=\xC3\xA9"),
            "override 'a=\xC3\xA9': unexpected '\xC3\xA9', expected a value; quote the value, "
            "or escape with a backslash\n  a=\xC3\xA9\n    ^");
  EXPECT_THAT(override_error("a='b"),
              HasSubstr("the quote is not closed, expected a closing '\n  a='b\n    ^"));
  EXPECT_THAT(override_error("a.b"), HasSubstr("no value, expected '=' and a value"));
  EXPECT_THAT(override_error("a..b=1"),
              HasSubstr("unexpected '.' in the key, expected a name\n  a..b=1\n    ^"));
  EXPECT_THAT(override_error("a={x}"),
              HasSubstr("unexpected '}' in a map, expected ':' after the key"));
}

TEST(OverrideError, FunctionsNameTheirFault) {
  EXPECT_THAT(override_error("a=chioce(1,2)"), HasSubstr("unknown function 'chioce'"));
  EXPECT_THAT(override_error("a=chioce(1,2)"), HasSubstr("did you mean 'choice'?"));
  EXPECT_THAT(override_error("a=choice()"), HasSubstr("choice gets no value"));
  EXPECT_THAT(override_error("a=range(x)"), HasSubstr("start of range is 'x', expected a number"));
  EXPECT_THAT(override_error("a=range(1,2,3,4)"),
              HasSubstr("range gets 4 arguments, expected at most 3"));
  EXPECT_THAT(override_error("a=sort(1,x)"), HasSubstr("have no order"));
  EXPECT_THAT(override_error("a=glob(x=1)"), HasSubstr("unknown argument of glob 'x'"));
  EXPECT_THAT(override_error("a=int(a)"), HasSubstr("'a' is no integer"));
}

TEST(OverrideError, NestingHasABound) {
  EXPECT_THAT(override_error("a=" + std::string(100000, '[')),
              HasSubstr("more than 200 levels of nesting"));
}

// hydra-core's parser takes these, and fails later with the name of a Python class.
TEST(OverrideError, ASweepWithinAValueIsRefused) {
  EXPECT_EQ(error_of([] { parse_override("a=[1,range(3)]"); }),
            "override 'a=[1,range(3)]': a sweep within a list, expected a single value\n  "
            "a=[1,range(3)]\n       ^");
  EXPECT_THAT(error_of([] { parse_override("a={b: choice(1,2)}"); }),
              ::testing::HasSubstr("a sweep within a map"));
  EXPECT_THAT(error_of([] { parse_override("a=1,glob(*)"); }),
              ::testing::HasSubstr("a sweep within a choice"));
  EXPECT_THAT(error_of([] { parse_override("a=range(3),1"); }),
              ::testing::HasSubstr("a sweep within a choice"));
}

}  // namespace
}  // namespace twinset
