#pragma once

#include <string>
#include <string_view>

namespace twinset::pinlanding {

/// A phrase in one spelling: lower case (ASCII and Latin-1), dashes of every kind as '-', curly
/// quotes as straight ones, other punctuation and white space of every kind as one space, no space
/// at the ends. Letters, digits and - ' / % & stay, '.' only between digits. Idempotent. Bytes that
/// are no UTF-8 are left as they are.
std::string normalise_phrase(std::string_view text);

/// The phrase without spaces, hyphens and apostrophes: "t-shirt", "t shirt" and "tshirt" are one.
std::string squashed(std::string_view phrase);

/// `squashed` without a plural's or genitive's last s: what spellings of one word share. "women's",
/// "womens" and "women" are one.
std::string spelling_key(std::string_view phrase);

}  // namespace twinset::pinlanding
