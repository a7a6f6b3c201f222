/// Which cells of a bin have nodes, and which of these are core, sixteen neighbouring cells of a keyword to an entry: what lies around
/// a node is known from a few entries, and most of what is not there is not looked for.
///
/// Two tiles share an entry with probability n²/2⁶⁵; then a cell may seem to have what it has not. The store's own seed is in the hash, so that
/// nobody outside can aim for tiles that meet.
struct TileMap {
  struct Tile {
    var mark: UInt64 = 0
    /// By cell of the tile: whether it has a node; in the high half, whether that is core.
    var cells: UInt64 = 0
  }

  /// Some cells of one tile.
  struct Patch {
    /// The tile's row and, below it, its column: those of its cells by four.
    let tile: UInt64
    /// A bit a cell.
    var cells: UInt64

    init(_ cell: CellID) {
      tile = UInt64(cell.row >> 2) << 32 | UInt64(cell.column >> 2)
      cells = 1 << UInt64((cell.row & 3) << 2 | cell.column & 3)
    }

    /// What the tile of a keyword is found by.
    func mark(_ keyword: UInt32, seed: UInt64) -> UInt64 {
      let first = (tile ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      let mixed = first.high ^ first.low ^ UInt64(keyword)
      let second = (mixed ^ seed &* 0xd6e8_feb8_6659_fd93).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
      return max(1, second.high ^ second.low)
    }

    /// The cell of a bit.
    @inline(__always)
    func cell(_ bit: Int) -> CellID {
      CellID(
        row: UInt32(truncatingIfNeeded: tile >> 32) << 2 | UInt32(truncatingIfNeeded: bit >> 2),
        column: UInt32(truncatingIfNeeded: tile) << 2 | UInt32(truncatingIfNeeded: bit & 3))
    }

    /// Puts a cell to those of its tile.
    static func add(_ cell: CellID, to patches: inout [Patch]) {
      let patch = Patch(cell)
      if let known = patches.firstIndex(where: { $0.tile == patch.tile }) {
        patches[known].cells |= patch.cells
      } else {
        patches.append(patch)
      }
    }
  }

  /// Linear probing, at most half full.
  private var tiles: [Tile] = []
  private var count = 0

  /// The cells of a tile; zero where it has no node.
  @inline(__always)
  func cells(_ mark: UInt64) -> UInt64 {
    guard count > 0 else { return 0 }
    let mask = tiles.count - 1
    var slot = Int(truncatingIfNeeded: mark) & mask
    while tiles[slot].mark != 0 {
      if tiles[slot].mark == mark { return tiles[slot].cells }
      slot = (slot + 1) & mask
    }
    return 0
  }

  /// Notes that a keyword's cell has a node, or that it is core.
  ///
  /// - Complexity: O(1) expected, amortised.
  mutating func add(_ keyword: UInt32, _ cell: CellID, isCore: Bool, seed: UInt64) {
    if count * 2 >= tiles.count { grow() }
    let patch = Patch(cell)
    let mark = patch.mark(keyword, seed: seed)
    let mask = tiles.count - 1
    var slot = Int(truncatingIfNeeded: mark) & mask
    while tiles[slot].mark != 0, tiles[slot].mark != mark { slot = (slot + 1) & mask }
    if tiles[slot].mark == 0 {
      tiles[slot].mark = mark
      count += 1
    }
    tiles[slot].cells |= isCore ? patch.cells << 32 : patch.cells
  }

  /// Forgets all of them; the room that they took is kept, unless it was too much for them.
  ///
  /// - Complexity: O(room).
  mutating func removeAll() {
    if count * 8 < tiles.count { tiles = [] }
    for slot in tiles.indices { tiles[slot] = Tile() }
    count = 0
  }

  private mutating func grow() {
    let old = tiles
    tiles = Array(huge: Tile(), count: max(16, old.count * 2))
    let mask = tiles.count - 1
    for tile in old where tile.mark != 0 {
      var slot = Int(truncatingIfNeeded: tile.mark) & mask
      while tiles[slot].mark != 0 { slot = (slot + 1) & mask }
      tiles[slot] = tile
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&tiles)
    try coder.code(&count)
  }
}
