// Counts what every thread allocates: the program's own definitions of malloc and its kin stand before those of the C library, for all
// libraries that it loads, and call them.
#define _GNU_SOURCE
#include "cbench.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CBENCH_SANITIZED 1
#endif
#endif

#ifdef CBENCH_SANITIZED

int cbench_counts_allocations(void) { return 0; }
struct cbench_allocations cbench_thread_allocations(void) { return (struct cbench_allocations){0, 0, 0, 0}; }
struct cbench_allocations cbench_allocations_of(int32_t thread) {
  (void)thread;
  return (struct cbench_allocations){0, 0, 0, 0};
}

#else

enum { thread_capacity = 4096 };

// A thread's counts: only it writes them, whoever asks reads. Of threads beyond the capacity the last place is shared, and what it
// says is less than what they did.
struct tally {
  _Atomic uint64_t count, library_count, byte_count, freed_byte_count;
  _Atomic int32_t thread;
  char padding[28];
};

static struct tally tallies[thread_capacity];
static _Atomic uint32_t thread_count;
static __thread struct tally *own __attribute__((tls_model("initial-exec")));

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static struct tally *tally(void) {
  if (!own) {
    uint32_t number = atomic_fetch_add(&thread_count, 1);
    own = &tallies[number < thread_capacity ? number : thread_capacity - 1];
    atomic_store(&own->thread, cbench_thread_number());
  }
  return own;
}

static void add(_Atomic uint64_t *sum, uint64_t value) {
  atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + value, memory_order_relaxed);
}

// Where the code of the libraries lies that ask for memory on their own account: what they do at every row and message is theirs.
static const char *const libraries[] = {"libsqlite3.", "libzmq."};
enum { library_total = sizeof libraries / sizeof *libraries };
static uintptr_t library_first[library_total], library_end[library_total];

static int note_library(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  for (int number = 0; number < library_total; ++number) {
    if (!object->dlpi_name || !strstr(object->dlpi_name, libraries[number])) continue;
    for (int index = 0; index < object->dlpi_phnum; ++index) {
      const ElfW(Phdr) *header = &object->dlpi_phdr[index];
      if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
      library_first[number] = object->dlpi_addr + header->p_vaddr;
      library_end[number] = library_first[number] + header->p_memsz;
    }
  }
  return 0;
}

__attribute__((constructor)) static void find_libraries(void) { dl_iterate_phdr(note_library, NULL); }

static int is_of_library(const void *caller) {
  for (int number = 0; number < library_total; ++number)
    if ((uintptr_t)caller - library_first[number] < library_end[number] - library_first[number]) return 1;
  return 0;
}

static void *taken(void *bytes, const void *caller) {
  if (!bytes) return bytes;
  struct tally *mine = tally();
  add(is_of_library(caller) ? &mine->library_count : &mine->count, 1);
  add(&mine->byte_count, malloc_usable_size(bytes));
  return bytes;
}

static void given(void *bytes) {
  if (bytes) add(&tally()->freed_byte_count, malloc_usable_size(bytes));
}

void *malloc(size_t size) { return taken(__libc_malloc(size), __builtin_return_address(0)); }

void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size), __builtin_return_address(0)); }

void *realloc(void *bytes, size_t size) {
  size_t before = bytes ? malloc_usable_size(bytes) : 0;
  void *moved = __libc_realloc(bytes, size);
  if (!moved && size > 0) return moved;
  if (before) add(&tally()->freed_byte_count, before);
  return taken(moved, __builtin_return_address(0));
}

void free(void *bytes) {
  given(bytes);
  __libc_free(bytes);
}

static void *aligned(size_t alignment, size_t size, const void *caller) {
  return taken(__libc_memalign(alignment, size), caller);
}

void *memalign(size_t alignment, size_t size) { return aligned(alignment, size, __builtin_return_address(0)); }

void *aligned_alloc(size_t alignment, size_t size) { return aligned(alignment, size, __builtin_return_address(0)); }

int posix_memalign(void **bytes, size_t alignment, size_t size) {
  void *made = aligned(alignment, size, __builtin_return_address(0));
  if (!made) return ENOMEM;
  *bytes = made;
  return 0;
}

int cbench_counts_allocations(void) { return 1; }

static void gather(struct tally *from, struct cbench_allocations *sum) {
  sum->count += atomic_load_explicit(&from->count, memory_order_relaxed);
  sum->library_count += atomic_load_explicit(&from->library_count, memory_order_relaxed);
  sum->byte_count += atomic_load_explicit(&from->byte_count, memory_order_relaxed);
  sum->freed_byte_count += atomic_load_explicit(&from->freed_byte_count, memory_order_relaxed);
}

struct cbench_allocations cbench_thread_allocations(void) {
  struct cbench_allocations sum = {0, 0, 0, 0};
  gather(tally(), &sum);
  return sum;
}

struct cbench_allocations cbench_allocations_of(int32_t thread) {
  struct cbench_allocations sum = {0, 0, 0, 0};
  for (uint32_t number = 0; number < thread_capacity; ++number)
    if (atomic_load(&tallies[number].thread) == thread) gather(&tallies[number], &sum);
  return sum;
}

#endif
