import Archive
import Foundation
import JSON
import Testing

/// What two stores are compared by: the printed clusters, episodes and incidents, and the roll-ups.
struct Summaries: Equatable {
  var list: String
  var rollups: [RollupRow]

  init(store: String) throws {
    list = try ["cluster", "episode", "incident"].map {
      try Tocsin.run(["list", "--kind", $0, "--all", "--format", "ndjson", "--store", store]).output
    }.joined()
    rollups = try ArchiveReader(folder: store).rollups(RollupFilter())
  }
}

/// Every row of the ledger adds up; the sums over all rows, by member.
func checkedLedger(store: String, producers: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String:
  UInt64]
{
  let lines = try Tocsin.output(
    ["sources", "--format", "ndjson", "--store", store] + (producers ? ["--producers"] : []), sourceLocation: sourceLocation)
  var sums: [String: UInt64] = [:]
  for line in lines.split(separator: "\n") {
    let row = try JSONValue(parsing: Array(line.utf8))
    let counts = ["received", "accepted", "duplicate", "late", "rejected"].map { row[$0]?.uint64 ?? .max / 8 }
    #expect(counts[0] == counts[1...].reduce(0, +), "\(line)", sourceLocation: sourceLocation)
    for (name, count) in zip(["received", "accepted", "duplicate", "late", "rejected"], counts) {
      sums[name, default: 0] += count
    }
  }
  return sums
}
