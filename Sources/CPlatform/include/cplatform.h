#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

// What Swift's import of glibc lacks: calls behind macros, variadics or _GNU_SOURCE. Errors are left in errno.

/// An eventfd: nonblocking, closed on exec; -1 on failure.
int cplatform_eventfd(void);

/// Blocks SIGTERM, SIGINT, SIGHUP and SIGPIPE in the calling thread and in those that it starts later.
/// Returns 0 or an errno.
int cplatform_block_signals(void);

/// A signalfd for those signals: nonblocking, closed on exec; -1 on failure.
int cplatform_signalfd(void);

/// The number of the next pending signal, 0 where there is none, -1 on failure.
int cplatform_next_signal(int descriptor);

/// Leaves writes to closed pipes and sockets to their EPIPE. Returns 0 or -1.
int cplatform_ignore_sigpipe(void);

/// Leaves writes beyond the limit of a file's size to their EFBIG. Returns 0 or -1.
int cplatform_ignore_sigxfsz(void);

/// Fills at most 256 bytes from the kernel's generator; the number filled, or -1.
int cplatform_random(void *bytes, size_t count);

/// Columns of the terminal behind a descriptor; 0 where there is none.
int cplatform_terminal_width(int descriptor);

/// Lets the process have as many descriptors as it may ask for; how many those are, or -1.
int64_t cplatform_raise_descriptor_limit(void);

/// Names the calling thread; the kernel keeps 15 bytes.
void cplatform_name_thread(const char *name);

/// The calling thread's name into 16 bytes.
void cplatform_thread_name(char name[16]);

/// Whether the processor has a CRC32C instruction that `cplatform_crc32c` uses.
int cplatform_has_crc32c(void);

/// Folds bytes into the CRC32C register (inverted at both ends by the caller). Only where `cplatform_has_crc32c()`.
uint32_t cplatform_crc32c(uint32_t state, const uint8_t *bytes, size_t count);

/// What tells a file from a copy of it: its inode and the time of its making in nanoseconds (0 where the file system does not
/// keep it). Returns 0 or -1.
int cplatform_file_origin(int descriptor, uint64_t *inode, uint64_t *birth);

/// Whether anybody else has a file open or another name for it, or that cannot be told: only where it is this user's own, and on a disk of
/// this machine, can it.
int cplatform_is_open_elsewhere(int descriptor);

/// A stretch of memory.
struct cplatform_piece {
  const void *bytes;
  size_t count;
};

/// Writes pieces to a descriptor, from an offset on, as chunks of `chunk_size` bytes (the last one shorter), each followed by
/// four bytes, little-endian: the CRC32C of `seed`, of the chunk's number (32 bits each, little-endian) and of its bytes. `buffer`
/// has room for a chunk and its checksum. Then waits until all is on the disk.
/// A child process does it, which holds nothing else open, has the memory as it was at the call, lets others go first, and ends
/// with 0 or the errno: it calls only what is safe between fork and exec of a process with threads. Returns its identifier, or -1.
int cplatform_fork_write_chunks(
    int descriptor, uint64_t offset, const struct cplatform_piece *pieces, size_t count, uint32_t seed, size_t chunk_size,
    uint8_t *buffer);

/// Lines of the terminal behind a descriptor; 0 where there is none.
int cplatform_terminal_height(int descriptor);

/// Has SIGINT and SIGTERM end the process with 128 and the signal's number, after what `cplatform_set_farewell` was told is written
/// to standard error. Returns 0 or -1.
int cplatform_end_on_interrupt(void);

/// What is to be written when a signal ends the process, at most 31 bytes; any later call replaces it, zero bytes are nothing.
void cplatform_set_farewell(const uint8_t *bytes, size_t count);

/// Runs a program, looked for in PATH, that reads what is written to `*input` and writes to `output`, or where this one does where that
/// is negative; it has SIGINT, SIGPIPE and SIGTERM as they come. The arguments begin with its name and end with null. Returns its identifier, or -1.
int cplatform_spawn_reader(char *const arguments[], int output, int *input);

/// Leaves SIGINT to a child that reads it.
void cplatform_ignore_interrupt(void);

/// Has a cache line brought near that will be read or written soon.
static inline void cplatform_prefetch(const void *line) { __builtin_prefetch(line, 1, 3); }

/// Which of four words are equal to one, a bit each.
static inline uint32_t cplatform_equal_of_four(const uint64_t *words, uint64_t word) {
#ifdef __SSE2__
  const __m128i one = _mm_set1_epi64x((long long)word);
  const __m128i low = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)words), one);
  const __m128i high = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(words + 2)), one);
  // Both halves of a word.
  const __m128 even = _mm_shuffle_ps(_mm_castsi128_ps(low), _mm_castsi128_ps(high), _MM_SHUFFLE(2, 0, 2, 0));
  const __m128 odd = _mm_shuffle_ps(_mm_castsi128_ps(low), _mm_castsi128_ps(high), _MM_SHUFFLE(3, 1, 3, 1));
  return (uint32_t)_mm_movemask_ps(_mm_and_ps(even, odd));
#else
  uint32_t equal = 0;
  for (int index = 0; index < 4; index++) equal |= (uint32_t)(words[index] == word) << index;
  return equal;
#endif
}

/// Memory for so many bytes, from the beginning of a page on; from 2 MiB on of a huge one, and in huge ones where the kernel has any. All bytes are zero, and
/// memory is taken where something is written. NULL on failure.
void *cplatform_map(size_t count);

/// Makes what was mapped longer, elsewhere: its pages are moved as they stand, and zeros follow them. NULL on failure; what
/// was mapped is as it was then.
void *cplatform_remap(void *bytes, size_t before, size_t after);

/// Gives back what was mapped.
void cplatform_unmap(void *bytes, size_t count);

/// Makes `count` bytes of what was mapped zeros again, and gives the memory back of whole pages.
void cplatform_discard(void *bytes, size_t count);

/// Has the allocator give blocks of a mebibyte or more back to the system when they are freed, always: left to itself it keeps ever greater ones, in
/// as many pools as threads have freed any.
void cplatform_return_large_blocks(void);

/// Has `count` bytes of memory come in huge pages as far as they fill them, where the kernel has any.
void cplatform_prefer_huge_pages(void *bytes, size_t count);

/// Two numbers.
struct cplatform_pair {
  uint64_t first, second;
};

/// Sorts pairs by their first numbers, and those alike by their second, without asking for memory: the standard library of Swift has no
/// sort that does not.
void cplatform_sort_pairs(struct cplatform_pair *pairs, size_t count);

#ifdef __cplusplus
}
#endif
