#define _GNU_SOURCE
#include "cbench.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return 0;
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// The clock of any thread of the process by its number, as the kernel builds it (include/linux/posix-timers.h): what
// pthread_getcpuclockid gives, for threads of libraries, too.
uint64_t cbench_thread_nanoseconds(int32_t thread) { return nanoseconds((clockid_t)((~(unsigned)thread << 3) | 6)); }

int32_t cbench_thread_number(void) { return (int32_t)syscall(SYS_gettid); }

int cbench_terminate_thread(int32_t thread) { return (int)syscall(SYS_tgkill, getpid(), thread, SIGTERM); }

uint64_t cbench_peak_bytes(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_maxrss * 1024;
}

uint64_t cbench_resident_bytes(void) {
  // /proc/self/statm: pages of the program, pages that are resident.
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  unsigned long all = 0, resident = 0;
  int count = fscanf(file, "%lu %lu", &all, &resident);
  fclose(file);
  return count == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

__attribute__((noinline)) void cbench_counted(void (*work)(void *), void *context) {
  work(context);
  // Not a jump at the end: then the tool would not see this function return.
  __asm__ volatile("");
}
