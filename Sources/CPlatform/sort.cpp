#include <algorithm>

#include "cplatform.h"

void cplatform_sort_pairs(struct cplatform_pair *pairs, size_t count) {
  std::sort(pairs, pairs + count, [](const cplatform_pair &one, const cplatform_pair &other) {
    return one.first != other.first ? one.first < other.first : one.second < other.second;
  });
}
