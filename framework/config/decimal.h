// Decimal numbers for ranges of floats: range(0,1,0.1) adds up in decimals of 28 digits, as
// Python's decimal module does, so that 0.3 is 0.3.
#pragma once

#include <string>

namespace twinset {

class Decimal {
 public:
  /// The exact value of a finite double, which may have hundreds of digits.
  explicit Decimal(double value);

  /// The sum rounded to 28 digits, half to even.
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend bool operator<(const Decimal& a, const Decimal& b);
  int sign() const { return digits_.empty() ? 0 : is_negative_ ? -1 : 1; }
  double to_double() const;

 private:
  Decimal() = default;
  void trim();
  void align(int exponent);

  bool is_negative_ = false;
  std::string digits_;  // without leading and trailing zeros; empty for 0
  int exponent_ = 0;    // of the last digit
};

}  // namespace twinset
