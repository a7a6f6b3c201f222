#pragma once
#include <stddef.h>
#include <stdint.h>

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

/// Fills at most 256 bytes from the kernel's generator; the number filled, or -1.
int cplatform_random(void *bytes, size_t count);

/// Columns of the terminal behind a descriptor; 0 where there is none.
int cplatform_terminal_width(int descriptor);

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
