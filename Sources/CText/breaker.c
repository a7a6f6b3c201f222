#include "ctext.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

struct ctext_breaker {
  UBreakIterator *iterator;
  const UNormalizer2 *normalizer;
  UChar *units, *folded;
  char *words;
  int32_t unit_capacity, folded_capacity, word_capacity;
};

// The most that NFKC_Casefold makes of one unit is 18 (U+FDFA, three bytes of UTF-8): six a byte.
enum { units_a_byte = 6, word_bytes_a_byte = 4, longest_text = 1 << 20 };

ctext_breaker *ctext_breaker_create(size_t byte_capacity) {
  if (byte_capacity > longest_text) return NULL;
  ctext_breaker *breaker = calloc(1, sizeof *breaker);
  if (breaker == NULL) return NULL;
  UErrorCode code = U_ZERO_ERROR;
  breaker->unit_capacity = (int32_t)byte_capacity + 1;
  breaker->folded_capacity = (int32_t)byte_capacity * units_a_byte + 1;
  breaker->word_capacity = (int32_t)byte_capacity * word_bytes_a_byte + 1;
  breaker->units = malloc((size_t)breaker->unit_capacity * sizeof(UChar));
  breaker->folded = malloc((size_t)breaker->folded_capacity * sizeof(UChar));
  breaker->words = malloc((size_t)breaker->word_capacity);
  // The root locale, so that the process's own does not show.
  breaker->iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &code);
  breaker->normalizer = unorm2_getNFKCCasefoldInstance(&code);
  if (U_SUCCESS(code) && breaker->units && breaker->folded && breaker->words) return breaker;
  ctext_breaker_destroy(breaker);
  return NULL;
}

void ctext_breaker_destroy(ctext_breaker *breaker) {
  if (breaker == NULL) return;
  if (breaker->iterator) ubrk_close(breaker->iterator);
  free(breaker->units);
  free(breaker->folded);
  free(breaker->words);
  free(breaker);
}

// One spelling of digits and apostrophes, which NFKC leaves apart.
static void unify(UChar *units, int32_t count) {
  for (int32_t index = 0; index < count; ++index) {
    UChar unit = units[index];
    if (unit < 0x80) continue;
    if (unit == 0x2019) {
      units[index] = '\'';
    } else if (!U16_IS_SURROGATE(unit) && u_isdigit(unit)) {
      units[index] = (UChar)('0' + u_charDigitValue(unit));
    }
  }
}

// Appends the words of the folded units; false where there is no room for the next one.
static ctext_status append_words(ctext_breaker *breaker, int32_t unit_count, int32_t *word_count) {
  UErrorCode code = U_ZERO_ERROR;
  ubrk_setText(breaker->iterator, breaker->folded, unit_count, &code);
  if (U_FAILURE(code)) return ctext_unavailable;
  int32_t start = ubrk_first(breaker->iterator);
  for (int32_t end; (end = ubrk_next(breaker->iterator)) != UBRK_DONE; start = end) {
    if (ubrk_getRuleStatus(breaker->iterator) < UBRK_WORD_NONE_LIMIT) continue;
    int32_t length = 0, room = breaker->word_capacity - *word_count - 1;
    code = U_ZERO_ERROR;
    u_strToUTF8(breaker->words + *word_count, room, &length, breaker->folded + start, end - start, &code);
    if (code == U_BUFFER_OVERFLOW_ERROR) return ctext_ok;
    if (U_FAILURE(code)) return ctext_unavailable;
    *word_count += length;
    breaker->words[(*word_count)++] = ' ';
  }
  return ctext_ok;
}

ctext_status ctext_breaker_read(
    ctext_breaker *breaker, const uint8_t *bytes, size_t length, const uint8_t **words, size_t *count) {
  UErrorCode code = U_ZERO_ERROR;
  int32_t unit_count = 0, word_count = 0;
  *words = (const uint8_t *)breaker->words;
  *count = 0;
  if (length >= (size_t)breaker->unit_capacity) return ctext_too_long;
  u_strFromUTF8(breaker->units, breaker->unit_capacity, &unit_count, (const char *)bytes, (int32_t)length, &code);
  if (U_FAILURE(code)) return ctext_ill_formed;
  code = U_ZERO_ERROR;
  int32_t folded_count = unorm2_normalize(
      breaker->normalizer, breaker->units, unit_count, breaker->folded, breaker->folded_capacity, &code);
  if (code == U_BUFFER_OVERFLOW_ERROR) return ctext_too_long;
  if (U_FAILURE(code)) return ctext_unavailable;
  unify(breaker->folded, folded_count);
  ctext_status status = append_words(breaker, folded_count, &word_count);
  *count = (size_t)word_count;
  return status;
}
