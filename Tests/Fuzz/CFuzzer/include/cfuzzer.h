#pragma once

#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library (llvm.org/docs/LibFuzzer.html): what its own `main` calls. It is linked by `-sanitize=fuzzer`.
// A program of SwiftPM has a `main` of its own, so that libFuzzer's is left where it lies in the archive.
int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments, int (*check)(const uint8_t *bytes, size_t byte_count));
