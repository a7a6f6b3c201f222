#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bounds that are checked before and while a text is read; past one of them the answer is an error with a place.
enum {
  CTOML_MAXIMUM_BYTES = 1 << 20,
  // Brackets inside each other, and parts of one dotted key. Unbounded dotted keys cost memory in their square.
  CTOML_MAXIMUM_DEPTH = 16,
  CTOML_MAXIMUM_ENTRIES = 1 << 14,
  CTOML_MAXIMUM_PATH_BYTES = 256,
};

typedef enum ctoml_kind {
  ctoml_table,
  ctoml_array,
  ctoml_string,
  ctoml_integer,
  ctoml_number,
  ctoml_boolean,
  ctoml_date_time,
} ctoml_kind;

// One table, array or value. Lines and columns count from 1 and are those of the key; of the element in an array.
typedef struct ctoml_entry {
  // Keys joined by dots, quoted where they are not bare; elements as `key[0]`. Valid as long as the document.
  const char *path;
  size_t path_byte_count;
  // The string, or a date or time as TOML writes it; empty for other kinds.
  const char *text;
  size_t text_byte_count;
  int64_t integer;
  double number;
  uint32_t line;
  uint32_t column;
  // How many tables and arrays it lies in.
  uint32_t depth;
  ctoml_kind kind;
  uint8_t boolean;
} ctoml_entry;

typedef struct ctoml_error {
  const char *message;
  size_t message_byte_count;
  uint32_t line;
  uint32_t column;
} ctoml_error;

typedef struct ctoml_document ctoml_document;

// Reads a TOML 1.0 text. NULL where memory is exhausted; else a document that `ctoml_free` ends, even after an error.
ctoml_document *ctoml_parse(const char *bytes, size_t byte_count);
void ctoml_free(ctoml_document *document);

// Whether the text was refused; if so there are no entries and `error` is filled in.
uint8_t ctoml_has_error(const ctoml_document *document, ctoml_error *error);

// Entries of the tree, each table and array followed by all it holds.
size_t ctoml_entry_count(const ctoml_document *document);
// The entry at an index below the count.
ctoml_entry ctoml_entry_at(const ctoml_document *document, size_t index);

#ifdef __cplusplus
}
#endif
