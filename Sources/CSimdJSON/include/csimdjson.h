// simdjson behind C: one event into a flat record, one small document into a list of nodes, one number into text.
// Nothing here throws, keeps global state or lets simdjson parse a number: 3.0.1 is silently wrong for long decimals.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable (whatever they hold) after the bytes that are parsed.
enum { csimdjson_padding = 64 };

typedef enum csimdjson_status {
  csimdjson_ok = 0,
  csimdjson_malformed,
  csimdjson_too_deep,
  csimdjson_out_of_memory,
  csimdjson_not_an_object,
  csimdjson_duplicate_member,
  csimdjson_wrong_type,
  csimdjson_malformed_location,
  csimdjson_malformed_accuracy,
} csimdjson_status;

// MARK: Events

/// Unescaped UTF-8 of one string; `bytes` is NULL where the member is absent.
typedef struct csimdjson_text {
  const uint8_t *bytes;
  size_t length;
} csimdjson_text;

/// What `specversion` and `type` say; missing also where they are empty.
typedef enum csimdjson_version {
  csimdjson_version_missing = 0,
  csimdjson_version_1_0,
  csimdjson_version_other,
} csimdjson_version;

typedef enum csimdjson_type {
  csimdjson_type_missing = 0,
  csimdjson_type_report,
  csimdjson_type_cancellation,
  csimdjson_type_other,
} csimdjson_type;

/// The members of one event that are read. Texts point into the event's bytes or into the decoder, until its next call.
typedef struct csimdjson_event {
  csimdjson_version version;
  csimdjson_type type;
  csimdjson_text source, id, subject, time, text, reporter;
  /// The first `keyword_capacity` of `keyword_count` keywords.
  const csimdjson_text *keywords;
  size_t keyword_count;
  /// Degrees and metres as written; infinite where a number is too large for a double.
  double longitude, latitude, accuracy_meters;
  /// The coordinates in units of 10^-7 degrees, exact, and then not in degrees, where both have seven decimals or less.
  int64_t longitude_e7, latitude_e7;
  bool has_data, has_location, has_accuracy, has_e7;
} csimdjson_event;

/// How events are read. All give the same, but for the last.
typedef enum csimdjson_reading {
  /// In one pass that expects what stood between values before, then as below.
  csimdjson_predicting = 0,
  /// In one pass; what is unusual is left to simdjson.
  csimdjson_scanning,
  /// By simdjson alone.
  csimdjson_walking,
  /// Predicting, but only half of what was expected is compared: what a test of the others has to find.
  csimdjson_careless,
} csimdjson_reading;

typedef struct csimdjson_event_decoder csimdjson_event_decoder;

/// NULL where memory is short. `byte_capacity` is the longest event; `depth_limit` counts the event itself.
csimdjson_event_decoder *csimdjson_event_decoder_create(
    size_t byte_capacity, size_t keyword_capacity, size_t depth_limit, csimdjson_reading reading);
void csimdjson_event_decoder_destroy(csimdjson_event_decoder *decoder);

/// Decodes one event, validating every byte of it. Whatever the status, `event` is filled with what was read;
/// from `csimdjson_duplicate_member` on, the event is good JSON and the status is the first fault in it.
csimdjson_status csimdjson_event_decode(
    csimdjson_event_decoder *decoder, const uint8_t *bytes, size_t length, csimdjson_event *event);

// MARK: Documents

typedef enum csimdjson_kind {
  csimdjson_null = 0,
  csimdjson_bool,
  csimdjson_integer,
  csimdjson_unsigned,
  csimdjson_number,
  csimdjson_string,
  csimdjson_array,
  csimdjson_object,
} csimdjson_kind;

/// One value in document order. A container is followed by its children; in an object a string, the key, precedes each.
typedef struct csimdjson_node {
  csimdjson_kind kind;
  /// Children of a container, bytes of a string.
  uint32_t count;
  /// 0 or 1, the integer, or the double, by its bits.
  uint64_t bits;
  const uint8_t *text;
} csimdjson_node;

typedef struct csimdjson_document csimdjson_document;

/// Parses a whole document of less than 4 GiB, which needs no padding. NULL unless `*status` is `csimdjson_ok`.
csimdjson_document *csimdjson_document_parse(
    const uint8_t *bytes, size_t length, size_t depth_limit, csimdjson_status *status);
void csimdjson_document_destroy(csimdjson_document *document);

/// The nodes of the document, its root first; they live as long as the document.
const csimdjson_node *csimdjson_document_nodes(const csimdjson_document *document, size_t *count);

// MARK: Numbers

enum { csimdjson_double_capacity = 32 };

/// Writes the shortest decimal that reads back as the same finite double, always with a point or an exponent: plain from
/// 10^-7 up to 10^21, scientific outside. Returns the number of characters, at most `csimdjson_double_capacity`.
size_t csimdjson_format_double(double value, uint8_t *characters);

#ifdef __cplusplus
}
#endif
