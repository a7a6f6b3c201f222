import Archive
import Engine
import Foundation
import Reports
import SQLite
import TestSupport
import Testing

/// Once each, all or nothing, and nothing that comes may break it.
@Suite struct ApplyTests {
  private struct Unreadable: Error {}

  private func changes(through position: UInt64, samples: Int = 0) -> Changes {
    var changes = Changes()
    changes.throughPosition = position
    changes.keywords = [.init(number: 0, text: Array("fire".utf8))]
    var generator = ChangesGenerator(seed: position)
    var summary = generator.summary(ClusterID(rawValue: position))
    summary.keyword = 0
    summary.samples = (0..<samples).map { .init(time: Timestamp(seconds: 0), position: 1, row: UInt32($0)) }
    changes.clusters = [summary]
    changes.rollups = [.init(keyword: 0, cell: .nowhere, hour: 1, reportCount: 1, witnessCount: 1)]
    return changes
  }

  private func total(_ store: Store) throws -> UInt64 {
    try store.reader().rollups(RollupFilter()).reduce(0) { $0 + $1.reportCount }
  }

  @Test func changesAreTakenOnceAndInOrder() throws {
    let store = try Store()
    var writer = try store.writer()
    try writer.apply(changes(through: 10), sample: Twin.sample)
    for position in [0, 9, 10] as [UInt64] {
      do throws(ArchiveError) {
        try writer.apply(changes(through: position), sample: Twin.sample)
        Issue.record("position \(position) was taken")
      } catch {
        guard case .outOfOrder(_, 10, position) = error else { throw error }
        #expect("\(error)".contains("replay from 10"))
      }
    }
    var empty = Changes()
    empty.throughPosition = 10
    try writer.apply(empty, sample: Twin.sample)
    empty.throughPosition = 11
    try writer.apply(empty, sample: Twin.sample)
    #expect(try total(store) == 1)
    #expect(writer.position == 11)
    writer = try store.writer()
    #expect(writer.position == 11)
  }

  @Test func aFailingSampleLeavesNothing() throws {
    let store = try Store()
    var writer = try store.writer()
    try writer.apply(changes(through: 1), sample: Twin.sample)
    let before = try store.reader().clusters(ClusterFilter())
    var asked = 0
    do throws(ArchiveError) {
      try writer.apply(changes(through: 2, samples: 3)) { reference in
        asked += 1
        if asked == 3 { throw Unreadable() }
        return Twin.sample(reference)
      }
      Issue.record("it was taken")
    } catch {
      guard case .sample(let inner) = error, inner is Unreadable else { throw error }
    }
    let after = try store.reader().clusters(ClusterFilter())
    #expect(after == before)
    #expect(try total(store) == 1)
    #expect(writer.position == 1)
    // The same changes may come again.
    try writer.apply(changes(through: 2, samples: 3), sample: Twin.sample)
    #expect(try total(store) == 2)
  }

  /// What lies on the disk while a transaction is under way is the state before it.
  @Test func aKillInTheMiddleLeavesTheStateBefore() throws {
    let store = try Store()
    let copy = try Store()
    var writer = try store.writer()
    try writer.apply(changes(through: 1), sample: Twin.sample)
    var isCopied = false
    try writer.apply(changes(through: 2, samples: 1)) { reference in
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: store.path + suffix, toPath: copy.path + suffix)
      }
      isCopied = true
      return Twin.sample(reference)
    }
    #expect(isCopied)
    let recovered = try copy.writer()
    #expect(recovered.position == 1)
    #expect(try total(copy) == 1)
    #expect(try total(store) == 2)
  }

  @Test func storedTextsAreNotAskedForAgain() throws {
    let store = try Store()
    var writer = try store.writer()
    var asked: [UInt32] = []
    func apply(_ position: UInt64, _ rows: [UInt32]) throws {
      var next = changes(through: position)
      next.clusters[0].id = ClusterID(rawValue: 1)
      next.clusters[0].samples = rows.map { .init(time: Timestamp(seconds: Int64($0)), position: 1, row: $0) }
      try writer.apply(next) { reference in
        asked.append(reference.row)
        return Twin.sample(reference)
      }
    }
    try apply(1, [4, 6])
    try apply(2, [4, 6])
    try apply(3, [1, 4, 5])
    #expect(asked == [4, 6, 1, 5])
    guard let detail = try store.reader().cluster(ClusterID(rawValue: 1).description) else {
      Issue.record("it is missing")
      return
    }
    #expect(detail.samples.map(\.reportedAt) == [1, 4, 5].map { Timestamp(seconds: $0) })
  }

  @Test func aFullStoreSaysSoAndGoesOnWhenThereIsRoom() throws {
    let store = try Store()
    var writer = try store.writer()
    try writer.apply(changes(through: 1), sample: Twin.sample)
    var large = changes(through: 2)
    large.rollups = (0..<20_000).map {
      .init(keyword: 0, cell: CellID(row: 1, column: $0), hour: 1, reportCount: 1, witnessCount: 1)
    }
    try writer.limit(byteCount: 200_000)
    for _ in 0..<2 {
      do throws(ArchiveError) {
        try writer.apply(large, sample: Twin.sample)
        Issue.record("it was taken")
      } catch {
        guard case .full(let inner) = error else { throw error }
        #expect(inner.kind == .full)
        #expect("\(error)".contains("free space"))
      }
      #expect(writer.position == 1)
      #expect(try total(store) == 1)
    }
    try writer.limit(byteCount: 1 << 30)
    try writer.apply(large, sample: Twin.sample)
    #expect(try total(store) == 20_001)
    let isComplete = try writer.checkpoint()
    #expect(isComplete)
  }

  static let texts: [[UInt8]] = [
    [], [0], Array("a\0b".utf8), Array("it's; \"DROP\" -- %s".utf8), [0xff], [0xc3], [0xed, 0xa0, 0x80], Array("水害 🌊".utf8),
    Array("\u{FFFD}".utf8), [0xfe], Array("\u{202E}\u{1B}[31m".utf8),
  ]

  @Test func anyBytesAreTakenAsTextAndStayDistinct() throws {
    let store = try Store()
    var writer = try store.writer()
    var all = changes(through: 1, samples: Self.texts.count)
    all.keywords = Self.texts.enumerated().map { .init(number: UInt32($0), text: $1) }
    all.sources = Self.texts.enumerated().map { SourceLedger(number: UInt32($0), name: $1) }
    all.producers = Self.texts.enumerated().map {
      ProducerLedger(number: UInt32($0), name: $1, epoch: Epoch(high: 0, low: 0), lastSeenAt: Timestamp(seconds: 0))
    }
    try writer.apply(all) { reference in
      let text = Self.texts[Int(reference.row)]
      return (text, text, text)
    }
    let repaired = Self.texts.map { String(decoding: $0, as: UTF8.self) }
    let reader = try store.reader()
    let names = try reader.sources().sorted { $0.number < $1.number }.map { String(decoding: $0.name, as: UTF8.self) }
    #expect(Set(names).count == repaired.count)
    for (name, text) in zip(names, repaired) { #expect(name.utf8.starts(with: text.utf8)) }
    let producers = try reader.producers()
    #expect(producers.count == repaired.count)
    guard let detail = try reader.cluster(ClusterID(rawValue: 1).description) else {
      Issue.record("it is missing")
      return
    }
    #expect(detail.samples.map { Array($0.text.utf8) } == repaired.map { Array($0.utf8) })
    #expect(detail.samples.map { Array($0.source.utf8) } == repaired.map { Array($0.utf8) })
  }

  @Test func extremeValuesAreHeldOrSaturate() throws {
    let store = try Store()
    var writer = try store.writer()
    var extreme = changes(through: UInt64(Int64.max))
    var ledger = Ledger()
    ledger.received = .max
    ledger.accepted = UInt64(Int64.max)
    extreme.watermark = Timestamp(microseconds: .min)
    extreme.sources = [
      SourceLedger(number: .max, name: [], ledger: ledger, lastSeenAt: Timestamp(microseconds: .max))
    ]
    extreme.producers = [
      ProducerLedger(
        number: .max, name: [], epoch: Epoch(high: .max, low: .max), throughSequence: .max, ledger: ledger,
        lastSeenAt: Timestamp(microseconds: .min))
    ]
    extreme.clusters[0].openedAt = Timestamp(microseconds: .min)
    extreme.clusters[0].lastReportAt = Timestamp(microseconds: .max)
    extreme.clusters[0].reportCount = .max
    extreme.clusters[0].centroid = Coordinate(latitudeE7: .min, longitudeE7: .min)
    extreme.clusters[0].cells = [.init(cell: .nowhere, reportCount: .max, witnessCount: .max)]
    extreme.clusters[0].samples = [.init(time: Timestamp(microseconds: .max), position: .max, row: .max)]
    extreme.rollups = [
      .init(keyword: 0, cell: .nowhere, hour: .max, reportCount: .max, witnessCount: .max),
      .init(keyword: 0, cell: .nowhere, hour: .min, reportCount: .max, witnessCount: .max),
      .init(keyword: 0, cell: .nowhere, hour: .min, reportCount: .max, witnessCount: .max),
    ]
    try writer.apply(extreme, sample: Twin.sample)
    let reader = try store.reader()
    let saturated = UInt64(Int64.max)
    let source = try reader.sources()[0]
    #expect(source.ledger.received == saturated && source.ledger.accepted == saturated)
    #expect(source.number == .max && source.lastSeenAt?.microseconds == .max)
    let producer = try reader.producers()[0]
    #expect(producer.throughSequence == saturated && producer.epoch == Epoch(high: .max, low: .max))
    let row = try reader.clusters(ClusterFilter())[0]
    #expect(row.openedAt.microseconds == .min && row.lastReportAt.microseconds == .max && row.reportCount == saturated)
    #expect(row.location == Coordinate(latitudeE7: .min, longitudeE7: .min))
    let rollups = try reader.rollups(RollupFilter())
    #expect(rollups.map(\.hour) == [.min, .max])
    #expect(rollups.map(\.reportCount) == [2 * UInt64(UInt32.max), UInt64(UInt32.max)])
    #expect(rollups.map(\.cell) == [.nowhere, .nowhere])
    let meta = try reader.meta()
    #expect(meta.position == saturated && meta.watermark?.microseconds == .min)
    writer = try store.writer()
    #expect(writer.position == saturated)
  }

  @Test func aReaderSeesWholeTransactionsWhileAWriterWrites() throws {
    let store = try Store()
    _ = try store.writer()
    let path = store.folder.path
    let thread = Thread {
      do {
        var writer = try ArchiveWriter(folder: path, storeID: "store-1", settingsFingerprint: "settings-1")
        for position in 1...300 as ClosedRange<UInt64> {
          var changes = Changes()
          changes.throughPosition = position
          if position == 1 { changes.keywords = [.init(number: 0, text: [97])] }
          changes.rollups = (0..<10).map {
            .init(keyword: 0, cell: CellID(row: 0, column: $0), hour: 0, reportCount: 1, witnessCount: 0)
          }
          try writer.apply(changes, sample: Twin.sample)
        }
      } catch {
        Issue.record("the writer failed: \(error)")
      }
    }
    thread.start()
    let reader = try store.reader()
    var last: UInt64 = 0
    while !thread.isFinished {
      let counts = try reader.rollups(RollupFilter()).map(\.reportCount)
      #expect(counts.isEmpty || counts.count == 10)
      #expect(Set(counts).count <= 1, "a transaction was seen in part: \(counts)")
      #expect((counts.first ?? 0) >= last)
      last = counts.first ?? 0
    }
    #expect(try total(store) == 3_000)
  }
}
