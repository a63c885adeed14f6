#include "framework/config/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace twinset {
namespace {

constexpr size_t kPrecision = 28;

// Digits of equal length, most significant first.
std::string add_digits(const std::string& a, const std::string& b) {
  std::string sum(a.size() + 1, '0');
  int carry = 0;
  for (size_t i = a.size(); i-- > 0;) {
    carry += a[i] - '0' + b[i] - '0';
    sum[i + 1] = static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  sum[0] = static_cast<char>('0' + carry);
  return sum;
}

std::string subtract_digits(const std::string& larger, const std::string& smaller) {
  std::string difference(larger.size(), '0');
  int borrow = 0;
  for (size_t i = larger.size(); i-- > 0;) {
    const int digit = larger[i] - smaller[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    difference[i] = static_cast<char>('0' + digit + 10 * borrow);
  }
  return difference;
}

void pad_left(std::string& digits, size_t size) {
  digits.insert(0, size - std::min(size, digits.size()), '0');
}

void round_to_precision(std::string& digits, int& exponent) {
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos || digits.size() - first <= kPrecision) return;
  const size_t kept = first + kPrecision;
  const char next = digits[kept];
  const bool is_tie = next == '5' && digits.find_first_not_of('0', kept + 1) == std::string::npos;
  const bool up = is_tie ? (digits[kept - 1] - '0') % 2 == 1 : next >= '5';
  exponent += static_cast<int>(digits.size() - kept);
  digits.resize(kept);
  if (!up) return;
  std::string one(digits.size(), '0');
  one.back() = '1';
  digits = add_digits(digits, one);
}

}  // namespace

Decimal::Decimal(double value) : is_negative_(std::signbit(value)) {
  // 1,074 places hold every double exactly.
  digits_ = fmt::format("{:.1074f}", std::fabs(value));
  const size_t point = digits_.find('.');
  exponent_ = -static_cast<int>(digits_.size() - point - 1);
  digits_.erase(point, 1);
  trim();
}

void Decimal::trim() {
  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
  while (!digits_.empty() && digits_.back() == '0') {
    digits_.pop_back();
    ++exponent_;
  }
  if (digits_.empty()) exponent_ = 0;
}

void Decimal::align(int exponent) {
  digits_.append(static_cast<size_t>(exponent_ - exponent), '0');
  exponent_ = exponent;
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  Decimal x = a, y = b;
  const int exponent = std::min(x.exponent_, y.exponent_);
  x.align(exponent);
  y.align(exponent);
  const size_t size = std::max(x.digits_.size(), y.digits_.size());
  pad_left(x.digits_, size);
  pad_left(y.digits_, size);
  Decimal sum;
  sum.exponent_ = exponent;
  if (x.is_negative_ == y.is_negative_) {
    sum.is_negative_ = x.is_negative_;
    sum.digits_ = add_digits(x.digits_, y.digits_);
  } else {
    const bool x_is_larger = x.digits_ >= y.digits_;
    sum.is_negative_ = x_is_larger ? x.is_negative_ : y.is_negative_;
    sum.digits_ =
        x_is_larger ? subtract_digits(x.digits_, y.digits_) : subtract_digits(y.digits_, x.digits_);
  }
  round_to_precision(sum.digits_, sum.exponent_);
  sum.trim();
  if (sum.digits_.empty()) sum.is_negative_ = false;
  return sum;
}

bool operator<(const Decimal& a, const Decimal& b) {
  if (a.sign() != b.sign()) return a.sign() < b.sign();
  Decimal x = a, y = b;
  const int exponent = std::min(x.exponent_, y.exponent_);
  x.align(exponent);
  y.align(exponent);
  const size_t size = std::max(x.digits_.size(), y.digits_.size());
  pad_left(x.digits_, size);
  pad_left(y.digits_, size);
  return a.sign() < 0 ? y.digits_ < x.digits_ : x.digits_ < y.digits_;
}

double Decimal::to_double() const {
  if (digits_.empty()) return is_negative_ ? -0.0 : 0.0;
  return std::strtod(fmt::format("{}{}e{}", is_negative_ ? "-" : "", digits_, exponent_).c_str(),
                     nullptr);
}

}  // namespace twinset
