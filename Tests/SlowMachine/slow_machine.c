// Makes the machine under `tocsin serve` slow, by as many milliseconds as a file says: $SLOW_SYNC for every fsync and fdatasync,
// $SLOW_ENGINE for every batch that the engine's thread has folded.
//
//   cc -shared -fPIC -o slow_machine.so slow_machine.c -ldl; SLOW_SYNC=file LD_PRELOAD=./slow_machine.so tocsin serve
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static long wanted_milliseconds(const char *variable) {
  const char *path = getenv(variable);
  char text[16] = {0};
  int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor < 0) return 0;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  return count > 0 ? atol(text) : 0;
}

// The file is read again while it is waited: a test may let go of a machine that hangs.
static void wait_as_told(const char *variable) {
  struct timespec step = {.tv_nsec = 1000000};
  for (long waited = 0; waited < wanted_milliseconds(variable); waited++) nanosleep(&step, NULL);
}

int fdatasync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_as_told("SLOW_SYNC");
  return next(descriptor);
}

int fsync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_as_told("SLOW_SYNC");
  return next(descriptor);
}

// Each stage looks at its thread's clock once a piece of work.
int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*next)(clockid_t, struct timespec *);
  if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  char name[17] = {0};
  if (clock == CLOCK_THREAD_CPUTIME_ID && prctl(PR_GET_NAME, name) == 0 && strcmp(name, "engine") == 0)
    wait_as_told("SLOW_ENGINE");
  return next(clock, time);
}
