#include "csimdjson.h"

#include <charconv>
#include <cmath>
#include <cstring>

size_t csimdjson_format_double(double value, uint8_t *characters) {
  char *begin = reinterpret_cast<char *>(characters), *limit = begin + csimdjson_double_capacity;
  double magnitude = std::fabs(value);
  bool is_plain = magnitude == 0 || (magnitude >= 1e-7 && magnitude < 1e21);
  auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  char *end = std::to_chars(begin, limit, value, format).ptr;
  if (is_plain && memchr(begin, '.', size_t(end - begin)) == nullptr) {
    *end++ = '.';
    *end++ = '0';
  }
  return size_t(end - begin);
}
