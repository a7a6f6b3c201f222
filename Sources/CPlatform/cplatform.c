#define _GNU_SOURCE
#include "cplatform.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

int cplatform_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static sigset_t handled_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGPIPE);
  return set;
}

int cplatform_block_signals(void) {
  sigset_t set = handled_signals();
  return pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cplatform_signalfd(void) {
  sigset_t set = handled_signals();
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int cplatform_next_signal(int descriptor) {
  struct signalfd_siginfo information;
  ssize_t count;
  do {
    count = read(descriptor, &information, sizeof information);
  } while (count < 0 && errno == EINTR);
  if (count == (ssize_t)sizeof information) return (int)information.ssi_signo;
  return count < 0 && errno == EAGAIN ? 0 : -1;
}

int cplatform_ignore_sigpipe(void) { return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0; }

int cplatform_ignore_sigxfsz(void) { return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -1 : 0; }

int cplatform_random(void *bytes, size_t count) {
  ssize_t filled;
  do {
    filled = getrandom(bytes, count < 256 ? count : 256, 0);
  } while (filled < 0 && errno == EINTR);
  return (int)filled;
}

int64_t cplatform_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

int cplatform_terminal_width(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void cplatform_name_thread(const char *name) {
  char short_name[16] = {0};
  strncpy(short_name, name, sizeof short_name - 1);
  pthread_setname_np(pthread_self(), short_name);
}

void cplatform_thread_name(char name[16]) {
  if (pthread_getname_np(pthread_self(), name, 16) != 0) name[0] = 0;
}

int cplatform_is_open_elsewhere(int descriptor) {
  // A lease to write is given to whoever alone has a file open. Who opens it before it is given back waits for that, and the signal that
  // tells of them is one that nobody minds.
  struct stat status;
  if (fstat(descriptor, &status) || status.st_nlink != 1) return 1;
  if (fcntl(descriptor, F_SETSIG, SIGURG) || fcntl(descriptor, F_SETLEASE, F_WRLCK)) return 1;
  fcntl(descriptor, F_SETLEASE, F_UNLCK);
  return 0;
}

int cplatform_file_origin(int descriptor, uint64_t *inode, uint64_t *birth) {
  struct statx status;
  if (statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0) return -1;
  *inode = status.stx_ino;
  int has_birth = (status.stx_mask & STATX_BTIME) != 0;
  *birth = has_birth ? (uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec : 0;
  return 0;
}

#if defined(__x86_64__)

int cplatform_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) uint32_t cplatform_crc32c(uint32_t state, const uint8_t *bytes, size_t count) {
  uint64_t register64 = state;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    register64 = __builtin_ia32_crc32di(register64, word);
  }
  uint32_t register32 = (uint32_t)register64;
  for (; count > 0; bytes++, count--) register32 = __builtin_ia32_crc32qi(register32, *bytes);
  return register32;
}

#else

int cplatform_has_crc32c(void) { return 0; }

uint32_t cplatform_crc32c(uint32_t state, const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return state;
}

#endif

/// Folds bytes into the CRC32C register on any processor, a bit at a time where there is no instruction.
static uint32_t fold(uint32_t state, const uint8_t *bytes, size_t count) {
  if (cplatform_has_crc32c()) return cplatform_crc32c(state, bytes, count);
  for (; count > 0; bytes++, count--) {
    state ^= *bytes;
    for (int bit = 0; bit < 8; bit++) state = state & 1 ? state >> 1 ^ 0x82f63b78u : state >> 1;
  }
  return state;
}

static void put32(uint8_t *bytes, uint32_t value) {
  for (int index = 0; index < 4; index++) bytes[index] = (uint8_t)(value >> 8 * index);
}

static int write_chunk(
    int descriptor, uint64_t *offset, uint8_t *buffer, size_t filled, uint32_t seed, uint32_t number) {
  uint8_t head[8];
  put32(head, seed);
  put32(head + 4, number);
  put32(buffer + filled, ~fold(fold(~0u, head, sizeof head), buffer, filled));
  size_t written = 0;
  while (written < filled + 4) {
    ssize_t count = pwrite(descriptor, buffer + written, filled + 4 - written, (off_t)*offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;
    written += (size_t)count;
    *offset += (uint64_t)count;
  }
  return 0;
}

static int write_chunks(
    int descriptor, uint64_t offset, const struct cplatform_piece *pieces, size_t count, uint32_t seed, size_t chunk_size,
    uint8_t *buffer) {
  size_t filled = 0;
  uint32_t number = 0;
  for (size_t index = 0; index < count; index++) {
    const uint8_t *bytes = pieces[index].bytes;
    size_t left = pieces[index].count;
    while (left > 0) {
      size_t part = left < chunk_size - filled ? left : chunk_size - filled;
      memcpy(buffer + filled, bytes, part);
      filled += part;
      bytes += part;
      left -= part;
      if (filled < chunk_size) continue;
      int code = write_chunk(descriptor, &offset, buffer, filled, seed, number++);
      if (code != 0) return code;
      filled = 0;
    }
  }
  int code = filled > 0 ? write_chunk(descriptor, &offset, buffer, filled, seed, number) : 0;
  if (code != 0) return code;
  return fdatasync(descriptor) == 0 ? 0 : errno;
}

int cplatform_fork_write_chunks(
    int descriptor, uint64_t offset, const struct cplatform_piece *pieces, size_t count, uint32_t seed, size_t chunk_size,
    uint8_t *buffer) {
  pid_t child = fork();
  if (child != 0) return (int)child;
  // Only what POSIX lets a child of many threads do, up to its end. The store's lock is one of the descriptors that go.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (descriptor > 3) close_range(3, (unsigned)descriptor - 1, 0);
  close_range((unsigned)descriptor + 1, ~0u, 0);
  if (nice(10) < 0) errno = 0;
  int code = write_chunks(descriptor, offset, pieces, count, seed, chunk_size, buffer);
  _exit(code < 256 ? code : EIO);
}

int cplatform_terminal_height(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

static uint8_t farewell[32];
static volatile sig_atomic_t farewell_count;

void cplatform_set_farewell(const uint8_t *bytes, size_t count) {
  // Nothing is written while the bytes change.
  farewell_count = 0;
  if (count >= sizeof farewell) return;
  memcpy(farewell, bytes, count);
  atomic_signal_fence(memory_order_seq_cst);
  farewell_count = (sig_atomic_t)count;
}

static void end_on_signal(int signal) {
  if (farewell_count > 0) {
    ssize_t written = write(STDERR_FILENO, farewell, (size_t)farewell_count);
    (void)written;
  }
  _exit(128 + signal);
}

int cplatform_end_on_interrupt(void) {
  struct sigaction action = {0};
  action.sa_handler = end_on_signal;
  sigfillset(&action.sa_mask);
  // Where the caller has them ignored, as nohup and background jobs do, they stay so.
  const int signals[] = {SIGINT, SIGTERM};
  for (int index = 0; index < 2; index++) {
    struct sigaction old;
    if (sigaction(signals[index], NULL, &old) != 0) return -1;
    if (old.sa_handler != SIG_IGN && sigaction(signals[index], &action, NULL) != 0) return -1;
  }
  return 0;
}

void cplatform_ignore_interrupt(void) { signal(SIGINT, SIG_IGN); }

extern char **environ;

int cplatform_spawn_reader(char *const arguments[], int output, int *input) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGINT);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGTERM);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t identifier;
  int code = posix_spawnp(&identifier, arguments[0], &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[0]);
  if (code != 0) {
    close(ends[1]);
    errno = code;
    return -1;
  }
  *input = ends[1];
  return identifier;
}

static const size_t huge_page = 2 << 20;

static size_t rounded(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static size_t mapped_length(size_t count) { return rounded(count, count < huge_page ? page() : huge_page); }

// Address space that nothing stands in; from a huge page on where it holds any.
static char *map(size_t length, int protection) {
  size_t slack = length < huge_page ? 0 : huge_page;
  char *bytes = mmap(NULL, length + slack, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) return NULL;
  if (!slack) return bytes;
  size_t before = rounded((uintptr_t)bytes, huge_page) - (uintptr_t)bytes;
  if (before) munmap(bytes, before);
  if (before < slack) munmap(bytes + before + length, slack - before);
  return bytes + before;
}

// All of it or nothing: what is moved has to be of one kind.
static void prefer_huge(void *bytes, size_t length) {
  if (length >= huge_page) madvise(bytes, length, MADV_HUGEPAGE);
}

void *cplatform_map(size_t count) {
  size_t length = mapped_length(count);
  char *bytes = map(length, PROT_READ | PROT_WRITE);
  if (bytes) prefer_huge(bytes, length);
  return bytes;
}

void *cplatform_remap(void *bytes, size_t before, size_t after) {
  size_t old = mapped_length(before), length = mapped_length(after);
  char *place = map(length, PROT_NONE);
  if (!place) return NULL;
  void *moved = mremap(bytes, old, length, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  if (moved == MAP_FAILED) {
    munmap(place, length);
    return NULL;
  }
  prefer_huge(moved, length);
  return moved;
}

void cplatform_unmap(void *bytes, size_t count) { munmap(bytes, mapped_length(count)); }

void cplatform_discard(void *bytes, size_t count) {
  char *start = bytes, *end = start + count;
  char *first = (char *)rounded((uintptr_t)start, page());
  if (first > end) first = end;
  memset(start, 0, first - start);
  size_t length = rounded(end - first, page());
  // What is locked into memory is not given back.
  if (length && madvise(first, length, MADV_DONTNEED) != 0) memset(first, 0, length);
}

void cplatform_return_large_blocks(void) {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

void cplatform_prefer_huge_pages(void *bytes, size_t count) {
  uintptr_t start = ((uintptr_t)bytes + huge_page - 1) / huge_page * huge_page;
  uintptr_t end = ((uintptr_t)bytes + count) / huge_page * huge_page;
  if (start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
}
