import Engine
import Reports
import SQLite

/// Adds to the hourly counts, `rollup_hourly`, and to what they add up to: `rollup_daily`, `rollup_total`.
struct RollupTable: ~Copyable {
  private let add: Statement
  private let addDay: Statement
  private let addTotal: Statement
}

extension RollupTable {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    let sums = "report_count = report_count + excluded.report_count, witness_count = witness_count + excluded.witness_count"
    try self.init(
      add: connection.prepare("INSERT INTO rollup_hourly VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET \(sums)"),
      addDay: connection.prepare("INSERT INTO rollup_daily VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET \(sums)"),
      addTotal: connection.prepare(
        """
        INSERT INTO rollup_total VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET \(sums),
          first_day = min(first_day, excluded.first_day), last_day = max(last_day, excluded.last_day)
        """))
  }

  /// The hour that begins at a time, or holds it.
  static func hour(of time: Timestamp) -> Int64 { time.bin(ofMicroseconds: 3_600_000_000) }

  /// Adds increments; several for one keyword, hour and cell add up. Those of hours before a bound are left out.
  func write(_ rollups: [Changes.Rollup], since bound: Timestamp?) throws(SQLiteError) {
    let first = bound.map(Self.hour) ?? .min
    // In the key's order each page is visited once: up to half as fast again for large sets.
    let ordered = rollups.filter { $0.hour >= first }.sorted { ($0.keyword, $0.hour, $0.cell) < ($1.keyword, $1.hour, $1.cell) }
    var sum: Sum?
    for rollup in ordered {
      try add.bind(Int64(rollup.keyword), at: 1)
      try add.bind(Int64(rollup.hour), at: 2)
      try add.bind(bitPattern: rollup.cell.rawValue, at: 3)
      try add.bind(Int64(rollup.reportCount), at: 4)
      try add.bind(Int64(rollup.witnessCount), at: 5)
      try add.run()
      let next = Sum(rollup)
      if sum?.add(next) == true { continue }
      if let sum { try write(sum) }
      sum = next
    }
    if let sum { try write(sum) }
  }

  private func write(_ sum: Sum) throws(SQLiteError) {
    try addDay.bind([.count(sum.keyword), .integer(sum.day), .integer(sum.reportCount), .integer(sum.witnessCount)])
    try addDay.run()
    try addTotal.bind([
      .count(sum.keyword), .integer(sum.reportCount), .integer(sum.witnessCount), .integer(sum.day), .integer(sum.day),
    ])
    try addTotal.run()
  }

  /// What hours of one keyword and day add up to.
  private struct Sum {
    let keyword: UInt32
    let day: Int64
    private(set) var reportCount: Int64
    private(set) var witnessCount: Int64

    init(_ rollup: Changes.Rollup) {
      keyword = rollup.keyword
      day = (Int64(rollup.hour) - (rollup.hour < 0 ? 23 : 0)) / 24
      (reportCount, witnessCount) = (Int64(rollup.reportCount), Int64(rollup.witnessCount))
    }

    /// Whether it is of the same.
    mutating func add(_ other: Sum) -> Bool {
      guard keyword == other.keyword, day == other.day else { return false }
      reportCount += other.reportCount
      witnessCount += other.witnessCount
      return true
    }
  }
}
