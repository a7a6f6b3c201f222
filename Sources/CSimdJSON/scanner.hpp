// One pass over an event that is as most events are: what the walk of On-Demand gives for it, in a fraction of the time.
//
// The scanner takes, or leaves to the walk, and never refuses: whatever is unusual in an event (a fault, an escape in a name, a
// container that is deep) ends the scan without an answer. What it takes is a whole event, every byte of it validated.
//
// It remembers what stood between two values that are read, names and punctuation, of the last events. Where the same stands
// there again, one comparison takes the place of reading it; where it does not, the members are read one by one, in any order.
#pragma once

#include "csimdjson.h"
#include "token.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstddef>
#include <memory>
#include <new>

namespace csimdjson {

using std::string_view;

/// The first byte of a string that is a quote, a backslash or a control character, and whether bytes above ASCII precede it.
struct string_stop {
  const uint8_t *at;
  bool has_high;
};

/// Looks at sixteen bytes at a time, so at most fifteen behind the stop; `end` stands for a stop, for it is none of a string.
inline string_stop find_string_stop(const uint8_t *at, const uint8_t *end) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
  unsigned high = 0;
  for (; at < end; at += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
    __m128i stops = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
        _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    unsigned mask = unsigned(_mm_movemask_epi8(stops)), above = unsigned(_mm_movemask_epi8(bytes));
    if (mask) return {at + __builtin_ctz(mask), (high | (above & (mask ^ (mask - 1)))) != 0};
    high |= above;
  }
  return {at, high != 0};
#else
  uint8_t seen = 0;
  for (; at < end && *at != '"' && *at != '\\' && *at >= 0x20; ++at) seen |= *at;
  return {at, seen >= 0x80};
#endif
}

inline bool is_equal(const csimdjson_text &text, string_view expected) noexcept {
  return string_view(reinterpret_cast<const char *>(text.bytes), text.length) == expected;
}

inline csimdjson_version version_of(const csimdjson_text &text) noexcept {
  if (text.length == 0) return csimdjson_version_missing;
  return is_equal(text, "1.0") ? csimdjson_version_1_0 : csimdjson_version_other;
}

inline csimdjson_type type_of(const csimdjson_text &text) noexcept {
  if (text.length == 0) return csimdjson_type_missing;
  if (is_equal(text, "org.tocsin.report.v1")) return csimdjson_type_report;
  return is_equal(text, "org.tocsin.report.cancel.v1") ? csimdjson_type_cancellation : csimdjson_type_other;
}

/// Values that are read; what stands before one is remembered by the one before it.
enum event_value : uint8_t {
  value_none, value_source, value_id, value_subject, value_time, value_coordinates, value_keywords, value_text, value_reporter,
  value_accuracy, event_value_count, value_end,
};

/// Members of an event by their bits: there is one object of each kind.
enum event_bit : uint32_t {
  bit_specversion = 1 << 0, bit_type = 1 << 1, bit_source = 1 << 2, bit_id = 1 << 3, bit_subject = 1 << 4, bit_time = 1 << 5,
  bit_data = 1 << 6, bit_location = 1 << 7, bit_keywords = 1 << 8, bit_text = 1 << 9, bit_reporter = 1 << 10,
  bit_accuracy = 1 << 11, bit_point = 1 << 12, bit_coordinates = 1 << 13,
};

/// What stood between two values, and what of it was said: bytes are punctuation, names, and values that are the same each time.
struct event_step {
  static constexpr size_t capacity = 64;

  alignas(16) uint8_t bytes[capacity] = {};
  /// Which of sixteen bytes are compared.
  uint16_t masks[capacity / 16] = {};
  uint8_t length = 0, compared = 0;
  event_value next = value_none;
  uint8_t version = csimdjson_version_missing, type = csimdjson_type_missing;
  /// Members that it holds, and those that an object which it closes must hold by then.
  uint32_t members = 0, needed = 0;

  /// - Parameter count: how many of the bytes are compared: all, but for the canary.
  void set(const uint8_t *source, size_t length_, size_t count) noexcept {
    memcpy(bytes, source, length_);
    length = uint8_t(length_);
    compared = uint8_t(count);
    for (size_t offset = 0; offset < capacity; offset += 16) {
      masks[offset / 16] = offset + 16 <= count ? 0xffff : offset < count ? uint16_t((1u << (count - offset)) - 1) : 0;
    }
  }

  /// Whether it stands at a place behind which `capacity` bytes are readable.
  bool stands_at(const uint8_t *at) const noexcept {
#if defined(__SSE2__)
    for (size_t offset = 0; offset < compared; offset += 16) {
      __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at + offset));
      __m128i there = _mm_load_si128(reinterpret_cast<const __m128i *>(bytes + offset));
      if ((~unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(here, there))) & masks[offset / 16]) != 0) return false;
    }
    return true;
#else
    return memcmp(at, bytes, compared) == 0;
#endif
  }
};

/// A decimal without an exponent: digits over a power of ten, at most seven behind the point and nine before it.
struct short_decimal {
  uint64_t digits;
  uint8_t fraction_count;
  bool is_negative;

  /// The nearest double: both are exact, so their quotient is rounded once.
  double value() const noexcept {
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    double magnitude = double(digits) / powers[fraction_count];
    return is_negative ? -magnitude : magnitude;
  }

  /// The same in units of 10^-7, exact.
  int64_t e7() const noexcept {
    static const int64_t powers[] = {10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t magnitude = int64_t(digits) * powers[fraction_count];
    return is_negative ? -magnitude : magnitude;
  }
};

/// Passes a short decimal behind which sixteen bytes are readable, `end` included; false where it is none, or may be none.
inline bool pass_short_decimal(const uint8_t *&at, const uint8_t *end, short_decimal &decimal) noexcept {
  const uint8_t *here = at;
  decimal.is_negative = *here == '-';
  here += decimal.is_negative;
  const uint8_t *first = here;
  uint64_t digits = 0;
  while (here < end && is_digit(char(*here))) digits = digits * 10 + (*here++ - '0');
  size_t whole_count = size_t(here - first);
  if (whole_count == 0 || whole_count > 9 || (whole_count > 1 && *first == '0')) return false;
  decimal.fraction_count = 0;
  if (*here == '.') {
    uint64_t word;
    memcpy(&word, ++here, 8);
    word ^= 0x3030303030303030;
    // A digit is now at most nine; the first byte that is more is found whatever is carried out of it.
    uint64_t others = (word | (word + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0;
    if (others == 0) return false;
    unsigned count = unsigned(__builtin_ctzll(others)) / 8;
    if (count == 0) return false;
    // Eight digits, zeros first: pairs, then fours, then all of them.
    word <<= 64 - 8 * count;
    word = word * 10 + (word >> 8);
    uint64_t fraction =
        ((word & 0x000000ff000000ff) * 0x000f424000000064 + ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    digits = digits * powers[count] + (fraction & 0xffffffff);
    decimal.fraction_count = uint8_t(count);
    here += count;
  }
  if (here >= end || (*here | 0x20) == 'e') return false;
  decimal.digits = digits;
  at = here;
  return true;
}

class event_scanner {
public:
  csimdjson_reading reading = csimdjson_predicting;

  /// False where memory is short.
  bool allocate(size_t byte_capacity, size_t keyword_capacity_, csimdjson_text *keyword_texts_) noexcept {
    unescaped.reset(new (std::nothrow) uint8_t[byte_capacity + csimdjson_padding]);
    keyword_capacity = keyword_capacity_;
    keyword_texts = keyword_texts_;
    return unescaped != nullptr;
  }

  /// Fills an event that is zero; false where it is left to the walk, and then anything may stand in it.
  bool scan(ondemand::parser &parser_, const uint8_t *bytes, size_t length, csimdjson_event &event_) noexcept {
    if (reading == csimdjson_walking) return false;
    parser = &parser_;
    event = &event_;
    end = bytes + length;
    free_byte = unescaped.get();
    seen = 0;
    last = value_none;
    const bool predicts = reading != csimdjson_scanning;
    const uint8_t *here = bytes;
    for (;;) {
      event_value value = predicts ? predict(here) : value_none;
      if (value == value_none) {
        at = here;
        value = read_up_to_value();
        here = at;
      }
      if (value == value_end) break;
      if (size_t offset = text_offsets[value]) {
        auto text = reinterpret_cast<csimdjson_text *>(reinterpret_cast<char *>(event) + offset);
        if (!read_string(here, *text)) return false;
      } else if (!read(value, here)) {
        return false;
      }
      last = value;
    }
    event->has_data = (seen & bit_data) != 0;
    event->has_location = (seen & bit_coordinates) != 0;
    return here == end;
  }

private:
  enum class container : uint8_t { root, data, location };
  static constexpr size_t way_count = 2;
  /// How many more times nothing that was remembered may stand there than something does, before less is remembered.
  static constexpr uint8_t patience = 8;
  /// Where a text is kept; zero for what is none.
  static constexpr size_t text_offsets[event_value_count] = {
      0, offsetof(csimdjson_event, source), offsetof(csimdjson_event, id), offsetof(csimdjson_event, subject),
      offsetof(csimdjson_event, time), 0, 0, offsetof(csimdjson_event, text), offsetof(csimdjson_event, reporter), 0,
  };
  /// Containers within each other in a member that is not read; what is deeper is left to the walk.
  static constexpr size_t depth_limit = 8;

  event_step steps[event_value_count][way_count];
  /// Which of them was of use last.
  uint8_t latest[event_value_count] = {};
  /// Two for each time that nothing that was remembered stood there, less one for each time that something did.
  uint8_t miss_counts[event_value_count] = {};
  uint8_t skipped = 0;
  std::unique_ptr<uint8_t[]> unescaped;
  size_t keyword_capacity = 0;
  csimdjson_text *keyword_texts = nullptr;

  ondemand::parser *parser = nullptr;
  csimdjson_event *event = nullptr;
  const uint8_t *at = nullptr, *end = nullptr;
  /// Where the next string with escapes goes.
  uint8_t *free_byte = nullptr;
  uint32_t seen = 0;
  /// The value that was read last, where it ended, and what is said before the next.
  event_value last = value_none;
  const uint8_t *mark = nullptr;
  event_step step;

  // MARK: What stands between values

  /// Passes what was remembered, where it stands here; the value that follows it, or none.
  __attribute__((always_inline)) event_value predict(const uint8_t *&here) noexcept {
    const event_step &known = steps[last][latest[last]];
    if (size_t(end - here) >= known.length && known.stands_at(here)) return take(known, here);
    return predict_otherwise(here);
  }

  __attribute__((always_inline)) event_value take(const event_step &known, const uint8_t *&here) noexcept {
    // Not the same before it, or nothing yet: the members are read one by one, and say what is wrong.
    if ((seen & known.members) != 0 || ((seen | known.members) & known.needed) != known.needed) return value_none;
    if (known.next == value_accuracy && !is_number_start(here[known.length])) return value_none;
    here += known.length;
    seen |= known.members;
    if (miss_counts[last] > 0) --miss_counts[last];
    if (known.version) event->version = csimdjson_version(known.version);
    if (known.type) event->type = csimdjson_type(known.type);
    if (known.next == value_end) {
      while (here < end && is_white_space(*here)) ++here;
    }
    return known.next;
  }

  __attribute__((noinline)) event_value predict_otherwise(const uint8_t *&here) noexcept {
    for (size_t turn = 1; turn < way_count; ++turn) {
      size_t way = (latest[last] + turn) % way_count;
      const event_step &known = steps[last][way];
      if (size_t(end - here) < known.length || !known.stands_at(here)) continue;
      latest[last] = uint8_t(way);
      return take(known, here);
    }
    return value_none;
  }

  /// Remembers what stood before a value, in place of what was of use longest ago.
  event_value found(event_value value) noexcept {
    size_t length = size_t(at - mark);
    // Where something else stands each time there is little to be learnt: only now and then it is tried again.
    uint8_t &misses = miss_counts[last];
    if (misses < 2 * patience) misses += 2;
    if (misses > patience && ++skipped % 8 != 0) return value;
    if (length > event_step::capacity) return value;
    size_t way = (latest[last] + way_count - 1) % way_count;
    latest[last] = uint8_t(way);
    step.next = value;
    step.set(mark, length, reading == csimdjson_careless ? length / 2 : length);
    steps[last][way] = step;
    return value;
  }

  // MARK: Members

  static bool is_white_space(uint8_t byte) noexcept { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }
  static bool is_number_start(uint8_t byte) noexcept { return byte == '-' || is_digit(char(byte)); }

  void pass_white_space() noexcept {
    while (at < end && is_white_space(*at)) ++at;
  }

  /// Passes a byte and the white space before and behind it.
  bool pass(uint8_t byte) noexcept {
    pass_white_space();
    if (at >= end || *at != byte) return false;
    ++at;
    pass_white_space();
    return true;
  }

  /// Where what follows the last value belongs.
  container container_of(event_value value) const noexcept {
    if (value >= value_keywords) return container::data;
    return value == value_coordinates ? container::location : container::root;
  }

  /// Reads members up to the next value that is read, or the end; none where the event is left to the walk.
  __attribute__((noinline)) event_value read_up_to_value() noexcept {
    mark = at;
    step.members = step.needed = 0;
    step.version = csimdjson_version_missing;
    step.type = csimdjson_type_missing;
    container where = container_of(last);
    bool is_first = last == value_none;
    if (is_first && !pass('{')) return value_none;
    for (;;) {
      pass_white_space();
      if (at >= end) return value_none;
      if (*at == '}') {
        ++at;
        if (where == container::root) {
          pass_white_space();
          return at == end ? found(value_end) : value_none;
        }
        if (where == container::location) {
          constexpr uint32_t needed = bit_point | bit_coordinates;
          if ((seen & needed) != needed) return value_none;
          step.needed |= needed;
        }
        where = where == container::location ? container::data : container::root;
        is_first = false;
        continue;
      }
      if (!is_first && !pass(',')) return value_none;
      is_first = false;
      csimdjson_text name;
      if (at >= end || *at != '"' || !read_plain_string(name) || !pass(':')) return value_none;
      event_value value;
      if (!member(where, string_view(reinterpret_cast<const char *>(name.bytes), name.length), is_first, value)) return value_none;
      if (value != value_none) return found(value);
    }
  }

  /// Takes note of a member; false where it stands there twice.
  bool note(uint32_t bit) noexcept {
    if (seen & bit) return false;
    seen |= bit;
    step.members |= bit;
    return true;
  }

  /// Stands before the value of a member: goes into it where it is read, else passes it.
  bool member(container &where, string_view name, bool &is_first, event_value &value) noexcept {
    value = value_none;
    switch (where) {
      case container::root:
        switch (name.size()) {
          case 2: if (name == "id") return text_value(bit_id, value_id, value); break;
          case 4:
            if (name == "time") return text_value(bit_time, value_time, value);
            if (name == "data") return enter(bit_data, container::data, where, is_first);
            if (name == "type") return type_value();
            break;
          case 6: if (name == "source") return text_value(bit_source, value_source, value); break;
          case 7: if (name == "subject") return nullable(bit_subject, '"', value_subject, value); break;
          case 11: if (name == "specversion") return version_value(); break;
          default: break;
        }
        break;
      case container::data:
        switch (name.size()) {
          case 4: if (name == "text") return nullable(bit_text, '"', value_text, value); break;
          case 8:
            if (name == "keywords") return nullable(bit_keywords, '[', value_keywords, value);
            if (name == "reporter") return nullable(bit_reporter, '"', value_reporter, value);
            if (name == "location") {
              if (at < end && *at == 'n') return note(bit_location) && pass_word("null");
              return enter(bit_location, container::location, where, is_first);
            }
            break;
          case 14: if (name == "accuracyMeters") return accuracy_value(value); break;
          default: break;
        }
        break;
      case container::location:
        if (name == "type") return point_value();
        if (name == "coordinates") return open(bit_coordinates, '[', value_coordinates, value);
        break;
    }
    return pass_value(1);
  }

  bool open(uint32_t bit, uint8_t byte, event_value known, event_value &value) noexcept {
    if (at >= end || *at != byte || !note(bit)) return false;
    ++at;
    value = known;
    return true;
  }

  bool text_value(uint32_t bit, event_value known, event_value &value) noexcept { return open(bit, '"', known, value); }

  bool nullable(uint32_t bit, uint8_t byte, event_value known, event_value &value) noexcept {
    if (at < end && *at == 'n') return note(bit) && pass_word("null");
    return open(bit, byte, known, value);
  }

  bool accuracy_value(event_value &value) noexcept {
    if (at < end && *at == 'n') return note(bit_accuracy) && pass_word("null");
    if (at >= end || !is_number_start(*at) || !note(bit_accuracy)) return false;
    value = value_accuracy;
    return true;
  }

  bool enter(uint32_t bit, container inner, container &where, bool &is_first) noexcept {
    if (at >= end || *at != '{' || !note(bit)) return false;
    ++at;
    where = inner;
    is_first = true;
    return true;
  }

  bool version_value() noexcept {
    csimdjson_text text;
    if (at >= end || *at != '"' || !note(bit_specversion) || !read_plain_string(text)) return false;
    event->version = version_of(text);
    step.version = uint8_t(event->version);
    return true;
  }

  bool type_value() noexcept {
    csimdjson_text text;
    if (at >= end || *at != '"' || !note(bit_type) || !read_plain_string(text)) return false;
    event->type = type_of(text);
    step.type = uint8_t(event->type);
    return true;
  }

  bool point_value() noexcept {
    csimdjson_text text;
    if (at >= end || *at != '"' || !note(bit_point) || !read_plain_string(text)) return false;
    return is_equal(text, "Point");
  }

  // MARK: Values that are read

  /// Reads a value that is no string from behind what opens it, its closing bracket included.
  __attribute__((always_inline)) bool read(event_value value, const uint8_t *&here) noexcept {
    if (value == value_keywords) return read_keywords(here);
    if (value == value_coordinates) return read_coordinates(here);
    if (value != value_accuracy) return false;
    event->has_accuracy = true;
    return read_number(here, event->accuracy_meters);
  }

  /// Reads a string from behind its opening quote, its closing quote included.
  __attribute__((always_inline)) bool read_string(const uint8_t *&here, csimdjson_text &text) noexcept {
    string_stop stop = find_string_stop(here, end);
    if (stop.at >= end) return false;
    if (*stop.at != '"' || stop.has_high) return read_other_string(here, stop, text);
    text = {here, size_t(stop.at - here)};
    here = stop.at + 1;
    return true;
  }

  __attribute__((noinline)) bool read_other_string(const uint8_t *&here, string_stop stop, csimdjson_text &text) noexcept {
    if (*stop.at != '"') return *stop.at == '\\' && read_escaped_string(here, stop, text);
    text = {here, size_t(stop.at - here)};
    here = stop.at + 1;
    return simdjson::validate_utf8(reinterpret_cast<const char *>(text.bytes), text.length);
  }

  /// Reads a string whose first backslash has been found.
  bool read_escaped_string(const uint8_t *&here, string_stop stop, csimdjson_text &text) noexcept {
    bool has_high = stop.has_high;
    while (stop.at < end && *stop.at == '\\') {
      // What a backslash stands before is looked at as it is unescaped.
      stop = find_string_stop(stop.at + 2, end);
      has_high |= stop.has_high;
    }
    if (stop.at >= end || *stop.at != '"') return false;
    if (has_high && !simdjson::validate_utf8(reinterpret_cast<const char *>(here), size_t(stop.at - here))) return false;
    string_view unescaped_text;
    if (parser->unescape(ondemand::raw_json_string(here), free_byte).get(unescaped_text)) return false;
    text = {reinterpret_cast<const uint8_t *>(unescaped_text.data()), unescaped_text.size()};
    here = stop.at + 1;
    return true;
  }

  /// Reads a string without escapes from its opening quote on.
  bool read_plain_string(csimdjson_text &text) noexcept {
    string_stop stop = find_string_stop(++at, end);
    if (stop.at >= end || *stop.at != '"') return false;
    text = {at, size_t(stop.at - at)};
    if (stop.has_high && !simdjson::validate_utf8(reinterpret_cast<const char *>(at), text.length)) return false;
    at = stop.at + 1;
    return true;
  }

  __attribute__((always_inline)) void pass_white_space(const uint8_t *&here) const noexcept {
    while (here < end && is_white_space(*here)) ++here;
  }

  __attribute__((always_inline)) bool read_keywords(const uint8_t *&here) noexcept {
    pass_white_space(here);
    if (here < end && *here == ']') {
      ++here;
      return true;
    }
    for (size_t count = 0; count < keyword_capacity;) {
      if (here >= end || *here != '"') return false;
      ++here;
      if (!read_string(here, keyword_texts[count])) return false;
      event->keyword_count = ++count;
      pass_white_space(here);
      if (here >= end) return false;
      uint8_t byte = *here++;
      if (byte == ']') return true;
      if (byte != ',') return false;
      pass_white_space(here);
    }
    return false;
  }

  __attribute__((always_inline)) bool read_coordinates(const uint8_t *&here) noexcept {
    short_decimal longitude, latitude;
    pass_white_space(here);
    const uint8_t *begin = here;
    if (pass_short_decimal(here, end, longitude)) {
      pass_white_space(here);
      if (here < end && *here == ',') {
        ++here;
        pass_white_space(here);
        if (pass_short_decimal(here, end, latitude)) {
          pass_white_space(here);
          if (here < end && *here == ']') {
            ++here;
            event->has_e7 = true;
            event->longitude_e7 = longitude.e7();
            event->latitude_e7 = latitude.e7();
            return true;
          }
        }
      }
    }
    here = begin;
    return read_any_coordinates(here);
  }

  __attribute__((noinline)) bool read_any_coordinates(const uint8_t *&here) noexcept {
    double altitude;
    at = here;
    if (!read_number(at, event->longitude) || !pass(',') || !read_number(at, event->latitude)) return false;
    pass_white_space();
    if (at < end && *at == ',' && (!pass(',') || !read_number(at, altitude))) return false;
    pass_white_space();
    if (at >= end || *at != ']') return false;
    here = at + 1;
    return true;
  }

  /// Reads a number. Up to 2^53 over a power of ten that a double holds, their quotient is the nearest double.
  bool read_number(const uint8_t *&here, double &value) const noexcept {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                    1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const uint8_t *begin = here, *digit = here;
    bool is_negative = digit < end && *digit == '-';
    digit += is_negative;
    const uint8_t *first = digit;
    uint64_t digits = 0;
    while (digit < end && is_digit(char(*digit))) digits = digits * 10 + (*digit++ - '0');
    size_t whole_count = size_t(digit - first), count = whole_count, fraction_count = 0;
    bool is_short = whole_count > 0 && (whole_count == 1 || *first != '0');
    if (digit < end && *digit == '.') {
      const uint8_t *fraction = ++digit;
      while (digit < end && is_digit(char(*digit))) digits = digits * 10 + (*digit++ - '0');
      fraction_count = size_t(digit - fraction);
      count += fraction_count;
      is_short &= fraction_count > 0;
    }
    bool has_exponent = digit < end && (*digit == 'e' || *digit == 'E');
    if (is_short && !has_exponent && count <= 18 && digits <= uint64_t(1) << 53) {
      value = double(digits) / powers[fraction_count];
      if (is_negative) value = -value;
      here = digit;
      return true;
    }
    while (digit < end && (is_digit(char(*digit)) || *digit == 'e' || *digit == 'E' || *digit == '+' || *digit == '-')) ++digit;
    string_view token(reinterpret_cast<const char *>(begin), size_t(digit - begin));
    bool is_integer;
    if (!is_number(token, is_integer)) return false;
    value = double_of(token);
    here = digit;
    return true;
  }

  // MARK: Values that are not read

  bool pass_word(string_view word) noexcept {
    if (size_t(end - at) < word.size() || memcmp(at, word.data(), word.size()) != 0) return false;
    at += word.size();
    return true;
  }

  bool pass_value(size_t depth) noexcept {
    if (at >= end) return false;
    double number;
    csimdjson_text text;
    switch (*at) {
      case '"': return read_plain_string(text);
      case 't': return pass_word("true");
      case 'f': return pass_word("false");
      case 'n': return pass_word("null");
      case '{': return depth <= depth_limit && pass_container('}', depth);
      case '[': return depth <= depth_limit && pass_container(']', depth);
      default: return is_number_start(*at) && read_number(at, number);
    }
  }

  bool pass_container(uint8_t closing, size_t depth) noexcept {
    ++at;
    pass_white_space();
    if (at < end && *at == closing) {
      ++at;
      return true;
    }
    for (;;) {
      csimdjson_text name;
      if (closing == '}' && (at >= end || *at != '"' || !read_plain_string(name) || !pass(':'))) return false;
      if (!pass_value(depth + 1)) return false;
      pass_white_space();
      if (at < end && *at == closing) {
        ++at;
        return true;
      }
      if (!pass(',')) return false;
    }
  }
};

}  // namespace csimdjson
