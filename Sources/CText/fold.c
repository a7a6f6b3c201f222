#include "ctext.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

enum { unit_capacity = 2 * ctext_fold_capacity };

ctext_status ctext_fold(const uint8_t *bytes, size_t length, uint8_t *output, size_t capacity, size_t *count) {
  UChar units[ctext_fold_capacity], folded[unit_capacity];
  UErrorCode code = U_ZERO_ERROR;
  int32_t unit_count = 0, folded_count = 0, byte_count = 0;
  *count = 0;
  if (length > ctext_fold_capacity) return ctext_too_long;
  u_strFromUTF8(units, ctext_fold_capacity, &unit_count, (const char *)bytes, (int32_t)length, &code);
  if (U_FAILURE(code)) return ctext_ill_formed;
  const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&code);
  if (U_FAILURE(code)) return ctext_unavailable;
  code = U_ZERO_ERROR;
  folded_count = unorm2_normalize(normalizer, units, unit_count, folded, unit_capacity, &code);
  if (code == U_BUFFER_OVERFLOW_ERROR) return ctext_too_long;
  if (U_FAILURE(code)) return ctext_unavailable;
  code = U_ZERO_ERROR;
  u_strToUTF8((char *)output, capacity < INT32_MAX ? (int32_t)capacity : INT32_MAX, &byte_count, folded, folded_count, &code);
  if (code == U_BUFFER_OVERFLOW_ERROR) return ctext_too_long;
  if (U_FAILURE(code)) return ctext_unavailable;
  *count = (size_t)byte_count;
  return ctext_ok;
}

void ctext_icu_version(char version[20]) {
  UVersionInfo information;
  u_getVersion(information);
  u_versionToString(information, version);
}
