// ICU and libstemmer behind plain C: one string into its normal form, one text into its words, one word into its stem.
// Nothing here keeps global state or reads the process's locale. Input is UTF-8; what is ill-formed is refused, not mended.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Normal form

/// The longest string that `ctext_fold` takes.
enum { ctext_fold_capacity = 1024 };

typedef enum ctext_status {
  ctext_ok = 0,
  /// The input or what comes of it is longer than there is room for.
  ctext_too_long,
  /// Ill-formed UTF-8.
  ctext_ill_formed,
  /// ICU has no data or no memory.
  ctext_unavailable,
} ctext_status;

/// Writes the NFKC_Casefold form (The Unicode Standard, §3.13, D138; UAX #31): compatibility composed, without case and
/// without default ignorable code points. `*count` is the number of bytes written.
ctext_status ctext_fold(const uint8_t *bytes, size_t length, uint8_t *output, size_t capacity, size_t *count);

// MARK: Words

typedef struct ctext_breaker ctext_breaker;

/// For texts of at most `byte_capacity` bytes. NULL where memory is short or ICU has no data.
ctext_breaker *ctext_breaker_create(size_t byte_capacity);
void ctext_breaker_destroy(ctext_breaker *breaker);

/// Folds a text and keeps its words alone, each followed by a space: the segments of UAX #29 that hold a letter, a number,
/// a kana or an ideograph, by dictionary where a script has no spaces. Decimal digits of every script become ASCII's and
/// U+2019 becomes an apostrophe. The words live until the breaker's next call; those beyond its capacity are left out.
ctext_status ctext_breaker_read(
    ctext_breaker *breaker, const uint8_t *bytes, size_t length, const uint8_t **words, size_t *count);

// MARK: Stems

typedef struct ctext_stemmer ctext_stemmer;

/// A Snowball stemmer of UTF-8. NULL where the language is unknown or memory is short.
ctext_stemmer *ctext_stemmer_create(const char *language);
void ctext_stemmer_destroy(ctext_stemmer *stemmer);

/// The stem of a folded word, until the next call; the word itself where memory is short. Returns its number of bytes.
size_t ctext_stemmer_stem(ctext_stemmer *stemmer, const uint8_t *word, size_t length, const uint8_t **stem);

/// The language at an index, NULL behind the last.
const char *ctext_language(size_t index);

// MARK: Versions

/// ICU's version, as `72.1`, into 20 characters.
void ctext_icu_version(char version[20]);

#ifdef __cplusplus
}
#endif
