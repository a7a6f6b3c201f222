#!/bin/bash
# Runs the tests under AddressSanitizer and under ThreadSanitizer, module by module, and says what came of each.
#
#   bench/sanitize.sh                                            both, on every module of tests
#   SANITIZERS=thread MODULES="PlatformTests" bench/sanitize.sh  one of them, on some modules
#
# Each has a build of its own in SCRATCH/address and SCRATCH/thread. The executables that the tests start come from the same build,
# so that the daemon is looked at as well; reports of every process are gathered, printed at the end, and fail the run.
#
# The builds are optimised: only then is what our modules use of the standard library, such as an array's elements, compiled into
# them and looked at; without, it is called in the library, which no sanitizer sees into. It is also many times quicker.
set -eu -o pipefail

scratch=${SANITIZE_SCRATCH:-.build}
sanitizers=${SANITIZERS:-address thread}
modules=${MODULES:-$(cd Tests && ls -d ./*Tests | sed 's,^\./,,')}
export SWIFT_BACKTRACE=enable=no

# Leaks are not looked for: LeakSanitizer has to trace the process, which containers often forbid. Memory that was freed is kept for a
# while, to see who still uses it: the tests of bounds on memory are told by how much a process may be the larger for it.
address_options=exitcode=99:halt_on_error=1:detect_leaks=0:detect_stack_use_after_return=1:strict_init_order=1:quarantine_size_mb=64
address_mebibytes=128
thread_options=exitcode=66:halt_on_error=0:second_deadlock_stack=1:suppressions=$PWD/bench/thread-suppressions.txt

build() {
  flags=(-c release -Xswiftc -enable-testing --scratch-path "$scratch/$1" --sanitize="$1")
  if [ "$1" = thread ]; then
    local resources
    resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    mkdir -p "$scratch/thread"
    "$resources/../../bin/clang" -O1 -Wall -Wextra -Werror -c bench/thread-mutex.c -o "$scratch/thread/mutex.o"
    flags+=(-Xlinker "$(realpath "$scratch/thread/mutex.o")")
  fi
  swift build "${flags[@]}" --build-tests
}

# A sanitizer that was left out of the build finds nothing, and says so every time: its runtime must be in each executable, its
# constructor must have been put into our objects, and what is started must read our options.
check_is_on() {
  local sanitizer=$1 folder=$2 program symbol symbols options prefix=asan name=AddressSanitizer
  local needed=()
  if [ "$sanitizer" = thread ]; then
    prefix=tsan name=ThreadSanitizer
    needed=('T \$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF')
  fi
  needed+=("T __${prefix}_init" "t $prefix.module_ctor")
  for program in tocsin tocsin-example-producer tocsinPackageTests.xctest; do
    symbols=$(nm "$folder/$program")
    for symbol in "${needed[@]}"; do
      if grep -q " $symbol\$" <<<"$symbols"; then continue; fi
      echo "$sanitizer: $folder/$program was built without it: $symbol is missing" >&2
      return 1
    done
  done
  options=$(ASAN_OPTIONS=help=1 TSAN_OPTIONS=help=1 "$folder/tocsin" --version 2>&1)
  if ! grep -q "flags for $name" <<<"$options"; then
    echo "$sanitizer: $folder/tocsin runs without it" >&2
    return 1
  fi
}

# How many errors the processes have reported into a folder.
count_reports() {
  local file found count=0
  while read -r file; do
    found=$(grep -ac '^SUMMARY: ' "$file") || found=1
    count=$((count + found))
  done < <(find "$1" -type f)
  echo "$count"
}

# The tests of one module; says what came of them and adds to the sums of its sanitizer.
run() {
  local sanitizer=$1 module=$2 status=0 began=$SECONDS count reports
  local log=$results/$module.log folder=$results/$module.reports
  mkdir -p "$folder"
  ASAN_OPTIONS=$address_options:log_path=$PWD/$folder/report TSAN_OPTIONS=$thread_options:log_path=$PWD/$folder/report \
    TOCSIN_BINARY=$PWD/$scratch/$sanitizer/release/tocsin \
    swift test "${flags[@]}" --skip-build --disable-xctest --filter "^$module\\." >"$log" 2>&1 || status=$?
  count=$(grep -aoE "Test run with [0-9]+ test" "$log" | grep -oE "[0-9]+" | tail -1) || count=0
  reports=$(count_reports "$folder")
  tests=$((tests + count))
  all_reports=$((all_reports + reports))
  local told="$count tests, $reports reports in $((SECONDS - began)) s"
  if [ "$status" -eq 0 ] && [ "$count" -gt 0 ] && [ "$reports" -eq 0 ]; then
    echo "$sanitizer: $module: $told"
    return
  fi
  failed="$failed $module"
  echo "$sanitizer: $module: FAILED with exit code $status: $told; see $log"
  grep -a -m 8 -E "recorded an issue|Fatal error|error: " "$log" || tail -8 "$log"
}

code=0
summaries=
for sanitizer in $sanitizers; do
  unset TOCSIN_SANITIZER_MEBIBYTES
  case $sanitizer in
    address) export TOCSIN_SANITIZER_MEBIBYTES=$address_mebibytes ;;
    thread) ;;
    *)
      echo "$sanitizer is no sanitizer of these: address thread" >&2
      exit 2
      ;;
  esac
  build "$sanitizer"
  check_is_on "$sanitizer" "$scratch/$sanitizer/release"
  results=$scratch/$sanitizer/sanitize
  rm -rf "$results"
  failed='' tests=0 all_reports=0 began=$SECONDS
  for module in $modules; do run "$sanitizer" "$module"; done
  find "$results" -path '*.reports/*' -type f -exec cat {} +
  summary="$sanitizer: $tests tests of $(wc -w <<<"$modules") modules, $all_reports reports in $((SECONDS - began)) s"
  if [ -n "$failed" ]; then
    code=1
    summary="$summary; FAILED:$failed"
  fi
  summaries+=$summary$'\n'
done
printf %s "$summaries"
exit "$code"
