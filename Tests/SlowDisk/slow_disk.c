// Makes the disk of a program slow: every fsync and fdatasync first waits for as many milliseconds as the file $SLOW_DISK says.
//
//   cc -shared -fPIC -o slow_disk.so slow_disk.c -ldl; SLOW_DISK=file LD_PRELOAD=./slow_disk.so program
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

// The file is read at every call and while it is waited: a test may let go of a disk that hangs.
static long wanted_milliseconds(void) {
  const char *path = getenv("SLOW_DISK");
  char text[16] = {0};
  int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor < 0) return 0;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  return count > 0 ? atol(text) : 0;
}

static void wait_as_told(void) {
  struct timespec step = {.tv_nsec = 1000000};
  for (long waited = 0; waited < wanted_milliseconds(); waited++) nanosleep(&step, NULL);
}

int fdatasync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_as_told();
  return next(descriptor);
}

int fsync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_as_told();
  return next(descriptor);
}
