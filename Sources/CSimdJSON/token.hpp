// The tokens of On-Demand, validated: simdjson checks UTF-8, quotes and structure, and leaves scalars to whoever reads them.
#pragma once

// Without this an unclosed inner container is read past the last token, into whatever follows the document.
#define SIMDJSON_CHECK_EOF 1
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

namespace csimdjson {

namespace ondemand = simdjson::ondemand;

/// From a value's first byte to the next token, without the white space between; empty where the document has ended.
inline std::string_view token_of(ondemand::value &value) noexcept {
  std::string_view token = value.raw_json_token();
  while (!token.empty()) {
    char last = token.back();
    if (last != ' ' && last != '\t' && last != '\n' && last != '\r') break;
    token.remove_suffix(1);
  }
  return token;
}

inline bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

/// Whether a token is a number by RFC 8259 §6, and whether it has neither a fraction nor an exponent.
inline bool is_number(std::string_view token, bool &is_integer) noexcept {
  const char *at = token.data(), *end = at + token.size();
  is_integer = true;
  if (at != end && *at == '-') ++at;
  if (at == end || !is_digit(*at)) return false;
  if (*at == '0') ++at;
  else while (at != end && is_digit(*at)) ++at;
  if (at != end && *at == '.') {
    is_integer = false;
    if (++at == end || !is_digit(*at)) return false;
    while (at != end && is_digit(*at)) ++at;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    is_integer = false;
    if (++at != end && (*at == '+' || *at == '-')) ++at;
    if (at == end || !is_digit(*at)) return false;
    while (at != end && is_digit(*at)) ++at;
  }
  return at == end;
}

/// Whether a number that is out of a double's range is too large rather than too small: from_chars does not say.
inline bool is_too_large(std::string_view token) noexcept {
  size_t mantissa_end = std::min(token.find_first_of("eE"), token.size());
  size_t point = std::min(token.find('.'), mantissa_end);
  size_t first_digit = token.find_first_of("123456789");
  long long exponent = 0;
  if (mantissa_end < token.size()) {
    const char *begin = token.data() + mantissa_end + 1;
    bool is_negative = *begin == '-';
    if (*begin == '+') ++begin;
    auto result = std::from_chars(begin, token.data() + token.size(), exponent);
    if (result.ec == std::errc::result_out_of_range) return !is_negative;
  }
  // The digits before the point, or less the zeros after it, against the exponent, without overflow.
  return exponent > (long long)first_digit - (long long)point;
}

/// The double nearest to a valid number; infinite where there is none so large.
inline double double_of(std::string_view token) noexcept {
  double value = 0;
  auto result = std::from_chars(token.data(), token.data() + token.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  double magnitude = is_too_large(token) ? std::numeric_limits<double>::infinity() : 0;
  return token.front() == '-' ? -magnitude : magnitude;
}

/// Reads and validates a string value whose token begins with a quote. Bytes without escapes stay where they are.
inline bool read_string(ondemand::value &value, std::string_view token, std::string_view &text) noexcept {
  if (token.size() < 2 || token.back() != '"') return false;
  std::string_view raw = token.substr(1, token.size() - 2);
  if (memchr(raw.data(), '\\', raw.size()) != nullptr) return value.get_string().get(text) == simdjson::SUCCESS;
  text = raw;
  // The value must be consumed: On-Demand takes an unread string before a colon for a key.
  ondemand::raw_json_string consumed;
  return value.get_raw_json_string().get(consumed) == simdjson::SUCCESS;
}

/// Reads and validates the key of a field. Stage 1 has found the closing quote, so the scan ends inside the document.
inline bool read_key(ondemand::field &field, std::string_view &key) noexcept {
  const char *begin = field.key().raw(), *end = begin;
  while (*end != '"') {
    if (*end == '\\') return field.unescaped_key().get(key) == simdjson::SUCCESS;
    ++end;
  }
  key = std::string_view(begin, size_t(end - begin));
  return true;
}

/// Whether everything has been read: simdjson does not look at what follows the root.
inline bool is_at_end(ondemand::document &document) noexcept {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace csimdjson
