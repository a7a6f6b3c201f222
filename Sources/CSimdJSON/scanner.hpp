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
  uint8_t length = 0;
  /// How many of them are compared: all, but for the canary.
  uint8_t compared = 0;
  event_value next = value_none;
  csimdjson_version version = csimdjson_version_missing;
  csimdjson_type type = csimdjson_type_missing;
  /// Members that it holds, and those that an object which it closes must hold by then.
  uint32_t members = 0, needed = 0;

  /// Whether it stands at a place behind which `capacity` bytes are readable.
  bool stands_at(const uint8_t *at) const noexcept {
#if defined(__SSE2__)
    for (size_t offset = 0; offset < compared; offset += 16) {
      __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at + offset));
      __m128i there = _mm_load_si128(reinterpret_cast<const __m128i *>(bytes + offset));
      unsigned differing = unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(here, there))) ^ 0xffff;
      size_t left = compared - offset;
      if (left < 16) differing &= (1u << left) - 1;
      if (differing) return false;
    }
    return true;
#else
    return memcmp(at, bytes, compared) == 0;
#endif
  }
};

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
    at = bytes;
    end = bytes + length;
    free_byte = unescaped.get();
    seen = 0;
    last = value_none;
    begin_step();
    for (;;) {
      event_value value = predict();
      if (value == value_none) value = read_up_to_value();
      if (value == value_end) break;
      if (value == value_none || !read(value)) return false;
      last = value;
      begin_step();
    }
    event->has_data = (seen & bit_data) != 0;
    event->has_location = (seen & bit_coordinates) != 0;
    return at == end;
  }

private:
  enum class container : uint8_t { root, data, location };
  static constexpr size_t way_count = 2;
  /// Containers within each other in a member that is not read; what is deeper is left to the walk.
  static constexpr size_t depth_limit = 8;

  event_step steps[event_value_count][way_count];
  /// Which of them was of use last.
  uint8_t latest[event_value_count] = {};
  std::unique_ptr<uint8_t[]> unescaped;
  size_t keyword_capacity = 0;
  csimdjson_text *keyword_texts = nullptr;

  ondemand::parser *parser = nullptr;
  csimdjson_event *event = nullptr;
  const uint8_t *at = nullptr, *end = nullptr;
  /// Where the next string with escapes goes.
  uint8_t *free_byte = nullptr;
  uint32_t seen = 0;
  /// The value that was read last, where it ended, and what has been said since.
  event_value last = value_none;
  const uint8_t *mark = nullptr;
  event_step step;

  // MARK: What stands between values

  void begin_step() noexcept {
    mark = at;
    step.members = step.needed = 0;
    step.version = csimdjson_version_missing;
    step.type = csimdjson_type_missing;
  }

  /// Passes what was remembered, where it stands here; the value that follows it, or none.
  event_value predict() noexcept {
    if (reading == csimdjson_scanning) return value_none;
    for (size_t turn = 0; turn < way_count; ++turn) {
      size_t way = (latest[last] + turn) % way_count;
      const event_step &known = steps[last][way];
      if (known.next == value_none || size_t(end - at) < known.length || !known.stands_at(at)) continue;
      // Not the same before it: the members are read one by one, and say what is wrong.
      if ((seen & known.members) != 0 || ((seen | known.members) & known.needed) != known.needed) return value_none;
      if (known.next == value_accuracy && !is_number_start(at[known.length])) continue;
      at += known.length;
      seen |= known.members;
      if (known.version) event->version = known.version;
      if (known.type) event->type = known.type;
      latest[last] = uint8_t(way);
      if (known.next == value_end) pass_white_space();
      return known.next;
    }
    return value_none;
  }

  /// Remembers what stood before a value, in place of what was of use longest ago.
  event_value found(event_value value) noexcept {
    size_t length = size_t(at - mark);
    if (length > event_step::capacity) return value;
    size_t way = (latest[last] + 1) % way_count;
    latest[last] = uint8_t(way);
    event_step &known = steps[last][way];
    known = step;
    known.length = uint8_t(length);
    known.compared = uint8_t(reading == csimdjson_careless ? length / 2 : length);
    known.next = value;
    memcpy(known.bytes, mark, length);
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
  event_value read_up_to_value() noexcept {
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
    event->version = step.version = version_of(text);
    return true;
  }

  bool type_value() noexcept {
    csimdjson_text text;
    if (at >= end || *at != '"' || !note(bit_type) || !read_plain_string(text)) return false;
    event->type = step.type = type_of(text);
    return true;
  }

  bool point_value() noexcept {
    csimdjson_text text;
    if (at >= end || *at != '"' || !note(bit_point) || !read_plain_string(text)) return false;
    return is_equal(text, "Point");
  }

  // MARK: Values that are read

  /// Reads a value from behind what opens it, its closing quote or bracket included.
  bool read(event_value value) noexcept {
    switch (value) {
      case value_source: return read_string(event->source);
      case value_id: return read_string(event->id);
      case value_subject: return read_string(event->subject);
      case value_time: return read_string(event->time);
      case value_text: return read_string(event->text);
      case value_reporter: return read_string(event->reporter);
      case value_coordinates: return read_coordinates();
      case value_keywords: return read_keywords();
      case value_accuracy: event->has_accuracy = true; return read_number(event->accuracy_meters);
      default: return false;
    }
  }

  /// Reads a string from behind its opening quote.
  bool read_string(csimdjson_text &text) noexcept {
    string_stop stop = find_string_stop(at, end);
    if (stop.at >= end) return false;
    if (*stop.at != '"') return *stop.at == '\\' && read_escaped_string(stop, text);
    text = {at, size_t(stop.at - at)};
    if (stop.has_high && !simdjson::validate_utf8(reinterpret_cast<const char *>(at), text.length)) return false;
    at = stop.at + 1;
    return true;
  }

  /// Reads a string whose first backslash has been found.
  __attribute__((noinline)) bool read_escaped_string(string_stop stop, csimdjson_text &text) noexcept {
    bool has_high = stop.has_high;
    while (stop.at < end && *stop.at == '\\') {
      // What a backslash stands before is looked at as it is unescaped.
      stop = find_string_stop(stop.at + 2, end);
      has_high |= stop.has_high;
    }
    if (stop.at >= end || *stop.at != '"') return false;
    if (has_high && !simdjson::validate_utf8(reinterpret_cast<const char *>(at), size_t(stop.at - at))) return false;
    string_view unescaped_text;
    if (parser->unescape(ondemand::raw_json_string(at), free_byte).get(unescaped_text)) return false;
    text = {reinterpret_cast<const uint8_t *>(unescaped_text.data()), unescaped_text.size()};
    at = stop.at + 1;
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

  bool read_keywords() noexcept {
    pass_white_space();
    if (at < end && *at == ']') {
      ++at;
      return true;
    }
    for (size_t count = 0; count < keyword_capacity;) {
      if (at >= end || *at != '"') return false;
      ++at;
      if (!read_string(keyword_texts[count])) return false;
      event->keyword_count = ++count;
      if (at < end && *at == ',') {
        ++at;
        pass_white_space();
        continue;
      }
      pass_white_space();
      if (at >= end) return false;
      if (*at == ']') {
        ++at;
        return true;
      }
      if (!pass(',')) return false;
    }
    return false;
  }

  bool read_coordinates() noexcept {
    double altitude;
    pass_white_space();
    if (!read_number(event->longitude) || !pass(',') || !read_number(event->latitude)) return false;
    pass_white_space();
    if (at < end && *at == ',' && (!pass(',') || !read_number(altitude))) return false;
    pass_white_space();
    if (at >= end || *at != ']') return false;
    ++at;
    return true;
  }

  /// Reads a number. Up to 2^53 over a power of ten that a double holds, their quotient is the nearest double.
  bool read_number(double &value) noexcept {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                    1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const uint8_t *begin = at, *digit = at;
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
      at = digit;
      return true;
    }
    while (digit < end && (is_digit(char(*digit)) || *digit == 'e' || *digit == 'E' || *digit == '+' || *digit == '-')) ++digit;
    string_view token(reinterpret_cast<const char *>(begin), size_t(digit - begin));
    bool is_integer;
    if (!is_number(token, is_integer)) return false;
    value = double_of(token);
    at = digit;
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
      default: return is_number_start(*at) && read_number(number);
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
