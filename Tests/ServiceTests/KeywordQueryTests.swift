import Engine
import TestSupport
import Testing

/// What `--keyword` finds, completes and suggests.
extension StoreCommandTests {
  @Suite struct KeywordQueryTests {
    private func check(
      _ words: String, _ status: Int32, _ says: String = "", _ store: DetectionStore,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let result = try Tocsin.run(["list", "--keyword", words, "--store", store.path])
      #expect(result.status == status, "\(words): \(result.complaints)", sourceLocation: sourceLocation)
      #expect(says.isEmpty ? result.complaints.isEmpty : result.complaints.contains(says), "\(result.complaints)")
      #expect(result.output.contains(DetectionStore.incident.description) == (status == 0), sourceLocation: sourceLocation)
    }

    /// The store's incident holds "gas smell" and "gas leak"; "rotten egg" is another keyword of its episode.
    @Test func wordsCompleteByPrefixAndNearMissesAreNamed() throws {
      let store = try DetectionStore()
      try check("gas", 0, "", store)
      try check("ga*", 0, "", store)
      try check("g* le*", 0, "", store)
      try check("gas le*", 0, "", store)
      try check("lea", 0, "no keyword holds \"lea\"; taking \"gas leak\"", store)
      try check("ga", 2, "\"gas leak\", \"gas smell\" begin so: write one of them, or \"ga*\" for all", store)
      try check("gass leak", 2, "did you mean \"gas leak\"?", store)
      try check("leek", 2, "did you mean \"leak\"?", store)
      try check("volcano", 1, "no keyword of this store holds \"volcano\"", store)
      try check("vol*", 1, "no keyword of this store holds \"vol\"", store)
      try check("*", 2, "leave the flag out", store)
    }

    @Test func timesAndBoxesAreRefusedWithWhatToWrite() throws {
      let store = try DetectionStore()
      for (flags, says) in [
        (["--since", "2015-02-30"], "write 2015-02-28 or 2015-03-01"), (["--bbox=0,10,1,-10"], "write 0,-10,1,10"),
        (["--near", "42.3,-71", "--within", "2"], "write 2m, 2km or 2mi"),
        (["--since", "2015-03-01", "--until", "2015-02-01"], "write the earlier one as --since"),
      ] {
        let result = try Tocsin.run(["list", "--store", store.path] + flags)
        #expect(result.status == 2 && result.complaints.contains(says), "\(flags): \(result.complaints)")
      }
    }

    /// All filters hold together; each alone lets the incident pass, and each that does not fit keeps it out.
    @Test func filtersCombine() throws {
      let store = try DetectionStore()
      let fitting = [
        ["--near", "42.32,-71.07", "--within", "1mi"], ["--bbox=-71.1,42.3,-71.05,42.4"], ["--keyword", "gas"],
        ["--since", "2015-02-10 13:00"], ["--until", "2015-02-11"], ["--state", "open"], ["--alerts"],
      ]
      let failing = [
        ["--near", "42.42,-71.07", "--within", "1mi"], ["--bbox=-72.1,42.3,-72.05,42.4"], ["--keyword", "rotten"],
        ["--since", "2015-02-11"], ["--until", "2015-02-10 13:00"], ["--state", "closed"],
      ]
      let base = ["list", "--store", store.path]
      #expect(try Tocsin.run(base + fitting.flatMap(\.self)).status == 0)
      for (index, flags) in failing.enumerated() {
        let others = fitting.indices.filter { $0 != index }.flatMap { fitting[$0] }
        #expect(try Tocsin.run(base + others + flags).status == 1, "\(flags)")
      }
    }
  }
}
