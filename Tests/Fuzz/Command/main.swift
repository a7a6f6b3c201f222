import CFuzzer
import Fuzz
import Glibc

// tocsin-fuzz --name=NAME seeds FOLDER    writes the inputs to begin with into a folder
// tocsin-fuzz --name=NAME ARGUMENT…       runs libFuzzer with these arguments on the reader of that name
//
// libFuzzer passes over what begins with two dashes, and hands it to the processes that it starts.

private let arguments = CommandLine.arguments
private let names = Fuzzers.all.map { $0.name }

guard arguments.count > 1, let kind = Fuzzers.all.first(where: { "--name=\($0.name)" == arguments[1] }) else {
  print("usage: tocsin-fuzz --name=NAME [seeds FOLDER | arguments of libFuzzer]; NAME is one of \(names.joined(separator: ", "))")
  exit(2)
}

if arguments.count == 4, arguments[2] == "seeds" {
  for seed in try kind.seeds() {
    let path = arguments[3] + "/" + seed.name
    guard let file = unsafe fopen(path, "w") else {
      print("\(path): cannot be written; make the folder first")
      exit(2)
    }
    unsafe fwrite(seed.bytes, 1, seed.bytes.count, file)
    unsafe fclose(file)
  }
  exit(0)
}

private let fuzzer = try kind.init { $0 }

/// What libFuzzer calls; it ends the program where something does not hold, and libFuzzer keeps the input.
private let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { bytes, count in
  do {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    _ = try fuzzer.check(input)
  } catch {
    fatalError("\(error)")
  }
  return 0
}

var count = CommandLine.argc
var vector = unsafe Optional(CommandLine.unsafeArgv)
exit(unsafe LLVMFuzzerRunDriver(&count, &vector, check))
