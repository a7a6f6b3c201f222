#define _GNU_SOURCE
#include "cplatform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
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

int cplatform_random(void *bytes, size_t count) {
  ssize_t filled;
  do {
    filled = getrandom(bytes, count < 256 ? count : 256, 0);
  } while (filled < 0 && errno == EINTR);
  return (int)filled;
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
