// ICU and libstemmer behind plain C: one string into its normal form, one text into its words, one word into its stem.
// Nothing here keeps global state or reads the process's locale. Input is UTF-8; what is ill-formed is refused, not mended.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/// Folds the ASCII letters of blocks of 64 bytes in place, and tells in a bit a byte which are ASCII letters, digits or above
/// ASCII. Returns whether all are ASCII.
static inline bool ctext_fold_words(uint8_t *bytes, size_t block_count, uint64_t *masks) {
  unsigned above = 0;
  for (size_t block = 0; block < block_count; ++block) {
    uint64_t mask = 0;
#if defined(__SSE2__)
    for (size_t lane = 0; lane < 64; lane += 16) {
      __m128i *place = (__m128i *)(bytes + block * 64 + lane);
      __m128i all = _mm_loadu_si128(place), lower = _mm_or_si128(all, _mm_set1_epi8(0x20));
      // Bytes above ASCII are negative.
      __m128i letters = _mm_and_si128(
          _mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1)));
      __m128i digits =
          _mm_and_si128(_mm_cmpgt_epi8(all, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(all, _mm_set1_epi8('9' + 1)));
      _mm_storeu_si128(place, _mm_or_si128(all, _mm_and_si128(letters, _mm_set1_epi8(0x20))));
      above |= (unsigned)_mm_movemask_epi8(all);
      mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letters, digits), all)) << lane;
    }
#else
    for (size_t lane = 0; lane < 64; ++lane) {
      uint8_t byte = bytes[block * 64 + lane];
      bool is_letter = (uint8_t)((byte | 0x20) - 'a') < 26;
      above |= byte & 0x80u;
      if (is_letter) bytes[block * 64 + lane] = byte | 0x20;
      mask |= (uint64_t)(is_letter || (uint8_t)(byte - '0') < 10 || byte >= 0x80) << lane;
    }
#endif
    masks[block] = mask;
  }
  return above == 0;
}

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
