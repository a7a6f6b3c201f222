// Tells ThreadSanitizer what it cannot see of Swift's `Mutex`: `make sanitize` links it to what is built for that sanitizer.
//
// A `Mutex` that is free is taken and given back by our own code, which the sanitizer has instrumented. One that somebody waits for
// is handed over by the kernel, in these two functions of the library `Synchronization`, which it has not: what the last holder
// wrote would then look as if it raced with what the next one reads. They call the library's own.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void lock_function(uint32_t thread, SELF void *handle);
typedef SWIFT void unlock_function(SELF void *handle);

static lock_function *library_lock;
static unlock_function *library_unlock;

__attribute__((constructor)) static void find_library(void) {
  library_lock = (lock_function *)dlsym(RTLD_NEXT, LOCK);
  library_unlock = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK);
  if (!library_lock || !library_unlock) abort();
}

lock_function lock_slow __asm__(LOCK);
unlock_function unlock_slow __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
  library_lock(thread, handle);
  __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF void *handle) {
  __tsan_release(handle);
  library_unlock(handle);
}
