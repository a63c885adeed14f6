#include "framework/config/sweep.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "framework/config/decimal.h"
#include "tests/framework/config/config_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Job = std::vector<std::string>;

std::vector<Job> expand(const std::vector<std::string>& overrides) {
  return expand_sweep({.overrides = overrides, .options = nullptr});
}

std::vector<std::string> values(const std::string& text) {
  std::vector<std::string> result;
  for (const Job& job : expand({"k=" + text})) result.push_back(job[0].substr(2));
  return result;
}

TEST(Sweep, TheLastAxisTurnsFastest) {
  EXPECT_THAT(expand({"loss=a,b", "lr=1", "seed=1,2"}),
              ElementsAre(Job{"loss=a", "lr=1", "seed=1"}, Job{"loss=a", "lr=1", "seed=2"},
                          Job{"loss=b", "lr=1", "seed=1"}, Job{"loss=b", "lr=1", "seed=2"}));
  EXPECT_THAT(expand({}), ElementsAre(Job{}));
}

TEST(Sweep, ExpandsEveryKind) {
  EXPECT_THAT(values("choice(a,'b c',[1,2])"), ElementsAre("a", "b\\ c", "[1,2]"));
  EXPECT_THAT(values("range(3)"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(values("range(5,1,-2)"), ElementsAre("5", "3"));
  EXPECT_THAT(values("sort(3,1,2,reverse=true)"), ElementsAre("3", "2", "1"));
  EXPECT_THAT(values("tag(x,choice(1,2))"), ElementsAre("1", "2"));
}

TEST(Sweep, FloatRangesAddUpInDecimals) {
  EXPECT_THAT(values("range(0,0.5,0.1)"), ElementsAre("0.0", "0.1", "0.2", "0.3", "0.4"));
  EXPECT_THAT(values("range(1.0,0.0,-0.25)"), ElementsAre("1.0", "0.75", "0.5", "0.25"));
}

TEST(Sweep, ZipPairsValues) {
  EXPECT_THAT(expand({"zip(a=1,2 b='x y',[3,4])", "c=5,6"}),
              ElementsAre(Job{"a=1", "b='x y'", "c=5"}, Job{"a=1", "b='x y'", "c=6"},
                          Job{"a=2", "b=[3,4]", "c=5"}, Job{"a=2", "b=[3,4]", "c=6"}));
  EXPECT_THAT(expand({"zip(a=range(2)   +b=choice(x,y))"}),
              ElementsAre(Job{"a=0", "+b=x"}, Job{"a=1", "+b=y"}));
}

TEST(Sweep, AZipThatDoesNotPairIsToldWithACaret) {
  const auto message = [](const std::string& text) {
    try {
      expand({"c=1,2", text});
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message("zip(a=1,2 b=3,4,5)"),
              HasSubstr("'b' has 3 values, 'a' has 2, expected as many values for each"));
  EXPECT_THAT(message("zip(a=1,2)"), HasSubstr("less than two"));
  EXPECT_THAT(message("zip(a=1,2 a=3,4)"), HasSubstr("'a' comes twice"));
  EXPECT_THAT(message("zip(a=1,2 b=interval(0,1))"), HasSubstr("interval"));
  EXPECT_THAT(message("zip(a=1,2 c=3,4)"), HasSubstr("once more"));
}

TEST(Sweep, RepeatedKeysKeepTheirPlaceAndTakeTheLastValues) {
  EXPECT_THAT(expand({"a=1,2", "b=x", "a=3"}), ElementsAre(Job{"a=3", "b=x"}));
}

TEST(Sweep, GlobPicksOptions) {
  const ConfigFolder folder(ConfigFolder::Files{
      {"loss/info_nce.yaml", ""}, {"loss/sigmoid.yaml", ""}, {"loss/sup_con.yaml", ""}});
  EXPECT_THAT(expand_sweep({"loss=glob(s*,exclude=*moid)"}, folder.path()),
              ElementsAre(Job{"loss=sup_con"}));
  EXPECT_THAT(expand_sweep({"loss=glob([i*,sup*])"}, folder.path()),
              ElementsAre(Job{"loss=info_nce"}, Job{"loss=sup_con"}));
}

TEST(Sweep, ShuffleKeepsTheValuesAndDependsOnTheSeedOnly) {
  const SweepRequest request{
      .overrides = {"k=shuffle(range(20))"}, .options = nullptr, .shuffle_seed = 5};
  auto first = expand_sweep(request);
  EXPECT_EQ(first, expand_sweep(request));
  EXPECT_NE(first, expand({"k=range(20)"}));
  auto other = request;
  other.shuffle_seed = 6;
  EXPECT_NE(first, expand_sweep(other));
  std::sort(first.begin(), first.end());
  auto all = expand({"k=range(20)"});
  std::sort(all.begin(), all.end());
  EXPECT_EQ(first, all);
}

TEST(SweepError, NamesWhatHasNoList) {
  EXPECT_THAT(error_of([] { expand({"k=interval(0,1)"}); }),
              HasSubstr("an interval has no list of values, expected a choice or a range"));
  EXPECT_THAT(error_of([] { expand({"k=range(1,2,0)"}); }), HasSubstr("a step that is not 0"));
  EXPECT_THAT(error_of([] { expand({"k=range(inf)"}); }), HasSubstr("expected finite bounds"));
  EXPECT_THAT(error_of([] {
                expand({"a=range(100000)", "b=range(100000)"});
              }),
              HasSubstr("more than a million jobs"));
}

TEST(Decimal, AgreesWithHandComputedSums) {
  EXPECT_EQ((Decimal(0.5) + Decimal(0.25)).to_double(), 0.75);
  EXPECT_EQ((Decimal(-1.0) + Decimal(0.75)).to_double(), -0.25);
  EXPECT_EQ((Decimal(1.0) + Decimal(-1.0)).sign(), 0);
  EXPECT_EQ((Decimal(1e300) + Decimal(1e-300)).to_double(), 1e300);
  EXPECT_TRUE(Decimal(-2.0) < Decimal(-1.0));
  EXPECT_TRUE(Decimal(-1.0) < Decimal(0.0));
  EXPECT_FALSE(Decimal(10.0) < Decimal(9.5));
}

}  // namespace
}  // namespace twinset
