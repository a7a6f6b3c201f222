#include "ctext.h"

#include <libstemmer.h>
#include <limits.h>

// The struct is libstemmer's own under another name.
static struct sb_stemmer *snowball(ctext_stemmer *stemmer) { return (struct sb_stemmer *)stemmer; }

ctext_stemmer *ctext_stemmer_create(const char *language) {
  return (ctext_stemmer *)sb_stemmer_new(language, "UTF_8");
}

void ctext_stemmer_destroy(ctext_stemmer *stemmer) { sb_stemmer_delete(snowball(stemmer)); }

size_t ctext_stemmer_stem(ctext_stemmer *stemmer, const uint8_t *word, size_t length, const uint8_t **stem) {
  *stem = word;
  if (length > INT_MAX) return length;
  const sb_symbol *found = sb_stemmer_stem(snowball(stemmer), word, (int)length);
  if (found == NULL) return length;
  *stem = found;
  return (size_t)sb_stemmer_length(snowball(stemmer));
}

const char *ctext_language(size_t index) {
  const char **names = sb_stemmer_list();
  for (size_t at = 0; at < index; ++at) {
    if (names[at] == NULL) return NULL;
  }
  return names[index];
}
