import Archive
import Engine
import Foundation
import Reports
import TestSupport
import Testing

/// What is told row by row, against what is listed at once.
@Suite struct StreamTests {
  private func collect<Row>(_ stream: (_ tell: (Row) throws -> Void) throws -> Void) throws -> [Row] {
    var rows: [Row] = []
    try stream { rows.append($0) }
    return rows
  }

  private func filters(_ twin: Twin, seed: UInt64) -> [ClusterFilter] {
    var generator = SeededGenerator(seed: seed)
    return (0..<12).map { number in
      var filter = ClusterFilter()
      let some = twin.recent.randomElement(using: &generator)
      if number % 3 == 1, let some { filter.near = .init(center: some.centroid, radiusMeters: 3e6) }
      if number % 4 == 1 { filter.keywordWords = [ChangesGenerator.words.randomElement(using: &generator) ?? ""] }
      if number % 4 == 2 { filter.since = some?.openedAt }
      if number % 5 == 3 { filter.limit = Int.random(in: 0...5, using: &generator) }
      if number % 2 == 0 { filter.includesExplained = true }
      filter.order = [.recent, .largest, .id][number % 3]
      return filter
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func summariesAreThoseOfTheLists(seed: UInt64) throws {
    let (store, twin, _) = try Store.filled(seed: seed)
    let reader = try store.reader()
    for filter in filters(twin, seed: seed) {
      try reader.atOneMoment {
        let told1 = try collect { try reader.forEachCluster(filter, $0) }
        #expect(try told1 == reader.clusters(filter), "seed \(seed): \(filter)")
        let told2 = try collect { try reader.forEachEpisode(filter, $0) }
        #expect(try told2 == reader.episodes(filter), "seed \(seed): \(filter)")
        let told3 = try collect { try reader.forEachIncident(filter, ActFilter(), $0) }
        #expect(try told3 == reader.incidents(filter), "seed \(seed): \(filter)")
      }
    }
  }

  @Test func byIdIsAscending() throws {
    let (store, _, _) = try Store.filled(seed: 3)
    let reader = try store.reader()
    var filter = ClusterFilter()
    filter.order = .id
    let ids = try collect { try reader.forEachCluster(filter, $0) }.map(\.id)
    #expect(ids.count > 10 && ids == ids.sorted())
    #expect(try reader.plan(filter).allSatisfy { !$0.contains("TEMP B-TREE") })
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func samplesAndCellsAreThoseOfTheDetails(seed: UInt64) throws {
    let (store, twin, _) = try Store.filled(seed: seed)
    let reader = try store.reader()
    for filter in filters(twin, seed: seed) {
      var unlimited = filter
      unlimited.limit = nil
      var texts: [SampleText] = []
      for row in try reader.clusters(unlimited) { texts += try reader.cluster(row.id.description)?.samples ?? [] }
      let limit = filter.limit ?? .max
      let told4 = try collect { try reader.forEachSample(of: .cluster, filter, $0) }
      #expect(told4.map(\.sample) == Array(texts.prefix(limit)))
      var cells: [EpisodeSummary.CellScore] = []
      texts = []
      for row in try reader.episodes(unlimited) {
        guard case .found(.episode(let detail)) = try reader.find(row.summary.id.description, among: [.episode]) else { continue }
        cells += detail.row.summary.cells
        texts += detail.samples
      }
      let told5 = try collect { try reader.forEachEpisodeCell(filter, $0) }
      #expect(told5.map(\.cell) == Array(cells.prefix(limit)))
      let told6 = try collect { try reader.forEachSample(of: .episode, filter, $0) }
      #expect(told6.map(\.sample) == Array(texts.prefix(limit)))
    }
  }

  /// The settings of this store name a grid, and a cell beyond it is told without a place.
  private func rollupStore(seed: UInt64) throws -> Store {
    let store = try Store()
    var generator = ChangesGenerator(seed: seed)
    var writer = try store.writer(fingerprint: "cluster.cellMeters=100000.0\n")
    for _ in 0..<30 { try writer.apply(generator.next(), sample: Twin.sample) }
    return store
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func rollupsAreThoseOfTheList(seed: UInt64) throws {
    let store = try rollupStore(seed: seed)
    let reader = try store.reader()
    let grid = CellGrid(cellMeters: 100_000)
    let all = try reader.rollups(RollupFilter())
    #expect(all.count > 100)
    var filter = ClusterFilter()
    let told = try collect { try reader.forEachRollup(filter, $0) }
    #expect(told.map(\.row) == all, "seed \(seed)")
    for rollup in told {
      let cell = rollup.row.cell
      let isCell = cell.row < grid.rowCount && cell.column < grid.columnCount(row: cell.row)
      #expect(rollup.box == (isCell ? grid.boundingBox(of: cell) : nil))
    }
    filter.keywordWords = ["fire"]
    filter.since = Timestamp(seconds: 3_600)
    filter.until = Timestamp(seconds: 7_201)
    var hours = RollupFilter()
    (hours.keywordWords, hours.since, hours.until) = (filter.keywordWords, filter.since, filter.until)
    let told7 = try collect { try reader.forEachRollup(filter, $0) }
    #expect(try told7.map(\.row) == reader.rollups(hours), "seed \(seed)")
    filter = ClusterFilter()
    filter.near = .init(center: Coordinate(latitudeE7: 0, longitudeE7: 0), radiusMeters: 9e6)
    filter.limit = 7
    let near = told.filter { $0.box != nil && filter.admits(grid.center(of: $0.row.cell)) }
    let told8 = try collect { try reader.forEachRollup(filter, $0) }
    #expect(told8 == Array(near.prefix(7)), "seed \(seed)")
  }

  /// However few are held in memory, the sums are the same.
  @Test(arguments: [1, 2, 7, 65_536]) func cellsAddUp(heldCount: Int) throws {
    let store = try rollupStore(seed: 5)
    let reader = try store.reader()
    let grid = CellGrid(cellMeters: 100_000)
    var expected: [CellID: (reports: UInt64, witnesses: UInt64, first: Int32, last: Int32)] = [:]
    try reader.atOneMoment {
      var totals = CellTotals(heldCount: heldCount)
      try reader.forEachRollup(ClusterFilter()) { rollup in
        try reader.add(rollup.row, to: &totals)
        guard rollup.box != nil else { return }
        let row = rollup.row
        let sum = expected[row.cell] ?? (0, 0, .max, .min)
        expected[row.cell] = (
          sum.reports + row.reportCount, sum.witnesses + row.witnessCount, min(sum.first, row.hour), max(sum.last, row.hour)
        )
      }
      let told = try collect { try reader.forEachCell(&totals, limit: nil, $0) }
      #expect(told.map(\.cell) == expected.keys.sorted() && !told.isEmpty)
      for row in told {
        let sum = try #require(expected[row.cell])
        #expect(row.total.reportCount == sum.reports && row.total.witnessCount == sum.witnesses)
        #expect(row.total.firstAt == Timestamp(seconds: Int64(sum.first) * 3_600))
        #expect(row.total.lastAt == Timestamp(seconds: Int64(sum.last) * 3_600 + 3_600))
        #expect(row.box == grid.boundingBox(of: row.cell))
      }
      let told9 = try collect { try reader.forEachCell(&totals, limit: 2, $0) }
      #expect(told9 == Array(told.prefix(2)))
    }
  }

  /// All streams see the store as the first of them found it.
  @Test func oneMomentIsOne() throws {
    let (store, _, generator) = try Store.filled(seed: 9)
    var changes = generator
    var writer = try store.writer()
    let reader = try store.reader()
    try reader.atOneMoment {
      let before = try reader.clusters(ClusterFilter())
      let position = try reader.meta().position
      for _ in 0..<5 { try writer.apply(changes.next(), sample: Twin.sample) }
      let told10 = try collect { try reader.forEachCluster(ClusterFilter(), $0) }
      #expect(told10 == before)
      #expect(try reader.meta().position == position)
    }
    #expect(try reader.meta().position == writer.position)
  }

  /// A copy is of one moment, leaves no file, and is not moved by what comes after it.
  @Test(arguments: 0..<4 as Range<UInt64>) func aCopyStaysAsItIs(seed: UInt64) throws {
    let (store, _, generator) = try Store.filled(seed: seed)
    var changes = generator
    var writer = try store.writer()
    let reader = try store.reader()
    let folder = try TemporaryFolder()
    let before = try reader.clusters(ClusterFilter())
    let position = writer.position
    // While it is copied, too.
    let copy = try reader.copy(to: folder.path("copy")) {
      try writer.apply(changes.next(), sample: Twin.sample)
    }
    #expect(try reader.meta().position > position, "seed \(seed)")
    #expect(try copy.meta().position == position)
    #expect(try copy.clusters(ClusterFilter()) == before, "seed \(seed)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test func aCopyThatIsEndedLeavesNothing() throws {
    struct Enough: Error {}
    let (store, _, _) = try Store.filled(seed: 1)
    let reader = try store.reader()
    let folder = try TemporaryFolder()
    var isEnded = false
    do { _ = try reader.copy(to: folder.path("copy")) { throw Enough() } } catch is Enough { isEnded = true }
    #expect(isEnded)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    // The reader goes on.
    #expect(try !reader.clusters(ClusterFilter()).isEmpty)
  }
}
