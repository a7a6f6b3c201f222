#pragma once
#include <stddef.h>
#include <stdint.h>

// What a benchmark needs of C and C++: counts of what is allocated, and the floors, written without anything around them.

#ifdef __cplusplus
extern "C" {
#endif

/// What one thread has asked of the allocator so far, and what of it is given back: bytes as the allocator rounds them.
struct cbench_allocations {
  /// But for what SQLite and libzmq ask for themselves; and that.
  uint64_t count;
  uint64_t library_count;
  uint64_t byte_count;
  uint64_t freed_byte_count;
};

/// Whether this program counts: not where a sanitizer has its own allocator.
int cbench_counts_allocations(void);

/// The counts of the calling thread.
struct cbench_allocations cbench_thread_allocations(void);

/// The counts of a thread of this process; nothing where there was none of that number.
struct cbench_allocations cbench_allocations_of(int32_t thread);

/// Nanoseconds that a thread of this process has spent on a processor; 0 where there is no such thread.
uint64_t cbench_thread_nanoseconds(int32_t thread);

/// The calling thread's number.
int32_t cbench_thread_number(void);

/// Asks a thread of this process, and none beside it, to end: SIGTERM. Returns 0 or -1.
int cbench_terminate_thread(int32_t thread);

/// The most bytes of this process that were resident at once.
uint64_t cbench_peak_bytes(void);

/// The bytes of this process that are resident now.
uint64_t cbench_resident_bytes(void);

/// simdjson by itself: finds the structure of each line and nothing more.
struct cbench_parser;
struct cbench_parser *cbench_parser_create(size_t byte_capacity);
void cbench_parser_destroy(struct cbench_parser *parser);

/// `iterate` of each line of a body, behind which 64 bytes are readable. Returns how many lines are objects.
size_t cbench_parser_iterate(struct cbench_parser *parser, const uint8_t *body, size_t byte_count);

/// The same, and every value of each line is looked at as it stands, none kept. Returns how many scalars there were.
size_t cbench_parser_walk(struct cbench_parser *parser, const uint8_t *body, size_t byte_count);

/// libzmq by itself: a ROUTER that reads frames and does nothing with them.
struct cbench_receiver;

/// Binds to a free port of the loopback and writes the endpoint into 64 bytes. NULL on failure.
struct cbench_receiver *cbench_receiver_create(char *endpoint);
void cbench_receiver_destroy(struct cbench_receiver *receiver);

/// Receives whole messages until `count` have come; the bytes of their frames. Returns 0 on failure.
uint64_t cbench_receiver_take(struct cbench_receiver *receiver, size_t count);

/// Receives one message and leaves its last frame to be read until the next; NULL on failure.
const uint8_t *cbench_receiver_next(struct cbench_receiver *receiver, size_t *byte_count, int blocking);

/// Writes one cache line at each index of a table of `count` lines of 64 bytes: what a look-up costs that is nothing else.
uint64_t cbench_touch(uint8_t *table, size_t count, const uint32_t *indices, size_t index_count);

/// Calls `work`: a tool that counts instructions is told to count inside of this one only.
void cbench_counted(void (*work)(void *context), void *context);

#ifdef __cplusplus
}
#endif
