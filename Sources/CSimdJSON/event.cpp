#include "csimdjson.h"
#include "scanner.hpp"
#include "token.hpp"

#include <memory>
#include <new>

using namespace csimdjson;
using std::string_view;

namespace {

/// Positions in a table of member names; the same numbers are bits of the set of members seen.
enum root_member { specversion, type, source, id, subject, time_, data };
enum data_member { location, keywords, text, reporter, accuracy_meters };
enum location_member { location_type, coordinates };
constexpr string_view root_members[] = {"specversion", "type", "source", "id", "subject", "time", "data"};
constexpr string_view data_members[] = {"location", "keywords", "text", "reporter", "accuracyMeters"};
constexpr string_view location_members[] = {"type", "coordinates"};

template <size_t count>
int index_of(const string_view (&names)[count], string_view key) {
  for (size_t index = 0; index < count; ++index) {
    if (names[index] == key) return int(index);
  }
  return -1;
}

}  // namespace

/// Walks one event. A function returns `csimdjson_ok` to go on, or the syntax error that ends the walk; any other fault is
/// noted and the walk goes on, so that the rest is validated and the source is read.
struct csimdjson_event_decoder {
  ondemand::parser parser;
  event_scanner scanner;
  std::unique_ptr<csimdjson_text[]> keyword_texts;
  size_t keyword_capacity = 0;
  size_t depth_limit = 0;
  csimdjson_event *event = nullptr;
  csimdjson_status fault = csimdjson_ok;

  csimdjson_status note(csimdjson_status status) {
    if (fault == csimdjson_ok) fault = status;
    return csimdjson_ok;
  }

  /// Notes a fault in a value and validates the value all the same.
  csimdjson_status refuse(ondemand::value &value, string_view token, size_t depth, csimdjson_status status) {
    note(status);
    return validate(value, token, depth);
  }

  /// Calls `body(key, value, token)` for every member of the object that a token opens at a depth.
  template <typename Body>
  csimdjson_status each_member(ondemand::object &object, size_t depth, Body body) {
    if (depth > depth_limit) return csimdjson_too_deep;
    for (auto result : object) {
      ondemand::field field;
      string_view key;
      if (std::move(result).get(field) || !read_key(field, key)) return csimdjson_malformed;
      ondemand::value value = field.value();
      if (csimdjson_status status = body(key, value, token_of(value))) return status;
    }
    return csimdjson_ok;
  }

  /// Calls `body(value, token)` for every element of the array that a token opens at a depth.
  template <typename Body>
  csimdjson_status each_element(ondemand::value &container, size_t depth, Body body) {
    if (depth > depth_limit) return csimdjson_too_deep;
    ondemand::array array;
    if (container.get_array().get(array)) return csimdjson_malformed;
    for (auto result : array) {
      ondemand::value value;
      if (std::move(result).get(value)) return csimdjson_malformed;
      if (csimdjson_status status = body(value, token_of(value))) return status;
    }
    return csimdjson_ok;
  }

  /// Validates a value that is not read, down to the depth limit. `depth` is what a container here would have.
  csimdjson_status validate(ondemand::value &value, string_view token, size_t depth) {
    bool is_integer;
    string_view ignored;
    switch (token.empty() ? 0 : token.front()) {
      case '{': {
        ondemand::object object;
        if (value.get_object().get(object)) return csimdjson_malformed;
        return each_member(object, depth, [&](string_view, ondemand::value &member, string_view member_token) {
          return validate(member, member_token, depth + 1);
        });
      }
      case '[':
        return each_element(value, depth, [&](ondemand::value &element, string_view element_token) {
          return validate(element, element_token, depth + 1);
        });
      case '"': return read_string(value, token, ignored) ? csimdjson_ok : csimdjson_malformed;
      case 't': return token == "true" ? csimdjson_ok : csimdjson_malformed;
      case 'f': return token == "false" ? csimdjson_ok : csimdjson_malformed;
      case 'n': return token == "null" ? csimdjson_ok : csimdjson_malformed;
      default: return is_number(token, is_integer) ? csimdjson_ok : csimdjson_malformed;
    }
  }

  csimdjson_status string(
      ondemand::value &value, string_view token, size_t depth, csimdjson_text &out, csimdjson_status wrong) {
    if (token.empty() || token.front() != '"') return refuse(value, token, depth, wrong);
    string_view text;
    if (!read_string(value, token, text)) return csimdjson_malformed;
    out = {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
    return csimdjson_ok;
  }

  /// A string that may be null.
  csimdjson_status optional_string(ondemand::value &value, string_view token, size_t depth, csimdjson_text &out) {
    return token == "null" ? csimdjson_ok : string(value, token, depth, out, csimdjson_wrong_type);
  }

  /// The set of members seen so far, and whether this one stands in it already.
  static bool is_repeated(uint32_t &seen, int member) {
    uint32_t bit = 1u << member;
    bool repeated = (seen & bit) != 0;
    seen |= bit;
    return repeated;
  }

  csimdjson_status root(ondemand::object &object) {
    uint32_t seen = 0;
    return each_member(object, 1, [&](string_view key, ondemand::value &value, string_view token) {
      int member = index_of(root_members, key);
      if (member < 0) return validate(value, token, 2);
      if (is_repeated(seen, member)) return refuse(value, token, 2, csimdjson_duplicate_member);
      switch (member) {
        case specversion: {
          csimdjson_text text = {nullptr, 0};
          csimdjson_status status = string(value, token, 2, text, csimdjson_wrong_type);
          event->version = version_of(text);
          return status;
        }
        case type: {
          csimdjson_text text = {nullptr, 0};
          csimdjson_status status = string(value, token, 2, text, csimdjson_wrong_type);
          event->type = type_of(text);
          return status;
        }
        case source: return string(value, token, 2, event->source, csimdjson_wrong_type);
        case id: return string(value, token, 2, event->id, csimdjson_wrong_type);
        case subject: return optional_string(value, token, 2, event->subject);
        case time_: return string(value, token, 2, event->time, csimdjson_wrong_type);
        default: return data_object(value, token);
      }
    });
  }

  csimdjson_status data_object(ondemand::value &value, string_view token) {
    event->has_data = true;
    if (token.empty() || token.front() != '{') return refuse(value, token, 2, csimdjson_wrong_type);
    ondemand::object object;
    if (value.get_object().get(object)) return csimdjson_malformed;
    uint32_t seen = 0;
    return each_member(object, 2, [&](string_view key, ondemand::value &member_value, string_view member_token) {
      int member = index_of(data_members, key);
      if (member < 0) return validate(member_value, member_token, 3);
      if (is_repeated(seen, member)) return refuse(member_value, member_token, 3, csimdjson_duplicate_member);
      switch (member) {
        case location: return point(member_value, member_token);
        case keywords: return keyword_array(member_value, member_token);
        case text: return optional_string(member_value, member_token, 3, event->text);
        case reporter: return optional_string(member_value, member_token, 3, event->reporter);
        default: return accuracy(member_value, member_token);
      }
    });
  }

  csimdjson_status keyword_array(ondemand::value &value, string_view token) {
    if (token == "null") return csimdjson_ok;
    if (token.empty() || token.front() != '[') return refuse(value, token, 3, csimdjson_wrong_type);
    return each_element(value, 3, [&](ondemand::value &element, string_view element_token) {
      csimdjson_text keyword = {nullptr, 0};
      csimdjson_status status = string(element, element_token, 4, keyword, csimdjson_wrong_type);
      if (event->keyword_count < keyword_capacity) keyword_texts[event->keyword_count] = keyword;
      ++event->keyword_count;
      return status;
    });
  }

  csimdjson_status accuracy(ondemand::value &value, string_view token) {
    bool is_integer;
    if (token == "null") return csimdjson_ok;
    if (!is_number(token, is_integer)) return refuse(value, token, 3, csimdjson_malformed_accuracy);
    event->accuracy_meters = double_of(token);
    event->has_accuracy = true;
    return csimdjson_ok;
  }

  /// A GeoJSON Point (RFC 7946 §3.1.2): two coordinates, and a third, the altitude, which is not kept.
  csimdjson_status point(ondemand::value &value, string_view token) {
    if (token == "null") return csimdjson_ok;
    if (token.empty() || token.front() != '{') return refuse(value, token, 3, csimdjson_malformed_location);
    ondemand::object object;
    if (value.get_object().get(object)) return csimdjson_malformed;
    uint32_t seen = 0;
    csimdjson_text name = {nullptr, 0};
    csimdjson_status status =
        each_member(object, 3, [&](string_view key, ondemand::value &member_value, string_view member_token) {
          int member = index_of(location_members, key);
          if (member < 0) return validate(member_value, member_token, 4);
          if (is_repeated(seen, member)) return refuse(member_value, member_token, 4, csimdjson_duplicate_member);
          if (member == coordinates) return position(member_value, member_token);
          return string(member_value, member_token, 4, name, csimdjson_malformed_location);
        });
    if (status) return status;
    bool is_point = string_view(reinterpret_cast<const char *>(name.bytes), name.length) == "Point";
    if (!is_point || !(seen & 1u << coordinates)) return note(csimdjson_malformed_location);
    event->has_location = true;
    return csimdjson_ok;
  }

  csimdjson_status position(ondemand::value &value, string_view token) {
    if (token.empty() || token.front() != '[') return refuse(value, token, 4, csimdjson_malformed_location);
    size_t count = 0;
    csimdjson_status status = each_element(value, 4, [&](ondemand::value &element, string_view element_token) {
      bool is_integer;
      if (!is_number(element_token, is_integer)) return refuse(element, element_token, 5, csimdjson_malformed_location);
      if (count == 0) event->longitude = double_of(element_token);
      if (count == 1) event->latitude = double_of(element_token);
      ++count;
      return csimdjson_ok;
    });
    if (status) return status;
    return count == 2 || count == 3 ? csimdjson_ok : note(csimdjson_malformed_location);
  }

  csimdjson_status decode(const uint8_t *bytes, size_t length) {
    ondemand::document document;
    simdjson::error_code error = parser.iterate(bytes, length, length + csimdjson_padding).get(document);
    if (error == simdjson::MEMALLOC) return csimdjson_out_of_memory;
    if (error) return csimdjson_malformed;
    const char *begin;
    if (document.current_location().get(begin)) return csimdjson_malformed;
    if (*begin != '{') {
      bool is_value = string_view("[\"-0123456789tfn").find(*begin) != string_view::npos;
      return is_value ? csimdjson_not_an_object : csimdjson_malformed;
    }
    ondemand::object object;
    if (document.get_object().get(object)) return csimdjson_malformed;
    if (csimdjson_status status = root(object)) return status;
    return is_at_end(document) ? fault : csimdjson_malformed;
  }
};

csimdjson_event_decoder *csimdjson_event_decoder_create(
    size_t byte_capacity, size_t keyword_capacity, size_t depth_limit, csimdjson_reading reading) {
  static_assert(csimdjson_padding >= simdjson::SIMDJSON_PADDING, "the padding that simdjson asks for");
  std::unique_ptr<csimdjson_event_decoder> decoder(new (std::nothrow) csimdjson_event_decoder());
  if (!decoder || decoder->parser.allocate(byte_capacity)) return nullptr;
  decoder->keyword_texts.reset(new (std::nothrow) csimdjson_text[keyword_capacity]);
  if (!decoder->keyword_texts) return nullptr;
  if (!decoder->scanner.allocate(byte_capacity, keyword_capacity, decoder->keyword_texts.get())) return nullptr;
  decoder->scanner.reading = reading;
  decoder->keyword_capacity = keyword_capacity;
  decoder->depth_limit = depth_limit;
  return decoder.release();
}

void csimdjson_event_decoder_destroy(csimdjson_event_decoder *decoder) { delete decoder; }

csimdjson_status csimdjson_event_decode(
    csimdjson_event_decoder *decoder, const uint8_t *bytes, size_t length, csimdjson_event *event) {
  *event = csimdjson_event();
  event->keywords = decoder->keyword_texts.get();
  if (decoder->scanner.scan(decoder->parser, bytes, length, *event)) return csimdjson_ok;
  *event = csimdjson_event();
  event->keywords = decoder->keyword_texts.get();
  decoder->event = event;
  decoder->fault = csimdjson_ok;
  return decoder->decode(bytes, length);
}
