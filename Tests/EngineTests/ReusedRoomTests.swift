import Reports
import TestSupport
import Testing

@testable import Engine

/// What is used again behaves as if it were new: bins whose room others had, lists of late changes, and the sort that needs none.
@Suite struct ReusedRoomTests {
  /// Bins come and go at random; whatever is in them is what was put there since they came.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func aBinThatTakesTheRoomOfAnotherIsEmpty(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 71_000)
    var bins = BinTable()
    var twin: [Int32: (pairs: Set<UInt64>, cells: [UInt64: UInt64])] = [:]
    var newest: Int32 = 100
    for _ in 0..<400 {
      newest += Int32.random(in: 0...1, using: &generator)
      let number = newest - Int32.random(in: 0...3, using: &generator)
      let place = bins.insert(number)
      #expect(bins[place].number == number, "seed \(seed)")
      if twin[number] == nil {
        twin[number] = ([], [:])
        #expect(bins[place].firstNode == Node.none, "seed \(seed)")
      }
      // Many and few by turns: room that is too great for what was in it is given back.
      for _ in 0..<(number % 5 == 0 ? 300 : 4) {
        let pair = UInt64.random(in: 0...2_000, using: &generator)
        let isNew = twin[number]?.pairs.insert(pair == 0 ? 1 : pair).inserted
        if bins[place].witnesses.insert(pair) != isNew { Issue.record("seed \(seed): \(pair) in \(number)") }
        let cell = CellID(row: .random(in: 0...40, using: &generator), column: .random(in: 0...40, using: &generator))
        bins[place].tiles.add(7, cell, isCore: false, seed: seed)
        let patch = TileMap.Patch(cell)
        twin[number]?.cells[patch.tile, default: 0] |= patch.cells
      }
      for (tile, cells) in twin[number]?.cells ?? [:] {
        let corner = CellID(row: UInt32(tile >> 32) << 2, column: UInt32(truncatingIfNeeded: tile) << 2)
        let mark = TileMap.Patch(corner).mark(7, seed: seed)
        if bins[place].tiles.cells(mark) != cells { Issue.record("seed \(seed): tile \(tile) of \(number)") }
      }
      bins[place].firstNode = UInt32(number)
      let limit = newest - Int32.random(in: 4...8, using: &generator)
      for gone in twin.keys.filter({ $0 <= limit }).sorted() {
        if bins.removeOldest(through: limit) != UInt32(gone) { Issue.record("seed \(seed): not \(gone)") }
        twin[gone] = nil
      }
      #expect(bins.removeOldest(through: limit) == nil, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func changesAreSortedAndComeOutOfTheBinThatTheyWentInto(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 72_000)
    var late = LateChanges()
    var twin: [Int32: [(Int, CellID)]] = [:]
    var taken: [Detector.Change] = []
    for _ in 0..<300 {
      let bin = Int32.random(in: 0...9, using: &generator)
      for _ in 0..<Int.random(in: 0...30, using: &generator) {
        let cell =
          Bool.random(using: &generator)
          ? CellID.nowhere
          : CellID(row: .random(in: 0...3, using: &generator), column: .random(in: 0...UInt32.max, using: &generator))
        let slot = Int.random(in: 0...5, using: &generator)
        late.append(Detector.Change(slot: slot, cell: cell), bin: bin)
        twin[bin, default: []].append((slot, cell))
      }
      let asked = Int32.random(in: 0...9, using: &generator)
      let expected = twin.removeValue(forKey: asked)?.sorted { $0 < $1 }
      let before = taken
      let isThere = late.take(bin: asked, into: &taken)
      #expect(isThere == (expected != nil), "seed \(seed)")
      let isRight = isThere ? taken.map { ($0.slot, $0.cell) }.elementsEqual(expected ?? [], by: ==) : taken == before
      #expect(isRight, "seed \(seed), bin \(asked)")
    }
  }
}
