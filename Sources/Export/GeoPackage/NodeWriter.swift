import SQLite

/// Writes the nodes of an R*Tree from below, each once it is full, into the tables behind it (SQLite's `rtree.c`, "Database Format of
/// R-Tree Tables").
struct NodeWriter: ~Copyable {
  private static let rootNumber: Int64 = 1

  private let capacity: Int
  private let nodeByteCount: Int
  private let putNode: Statement
  private let putParent: Statement
  private let putRow: Statement
  private let reparent: Statement
  private let rehome: Statement
  /// The node that is filled on each level, leaves first.
  private var levels: [IndexNode] = []
  private var nextNumber = rootNumber + 1
}

extension NodeWriter {
  /// - Parameter capacity: cells in a node.
  init(table: String, capacity: Int, nodeByteCount: Int, on connection: borrowing Connection) throws(SQLiteError) {
    guard capacity > 1 else {
      throw SQLiteError(extendedCode: 1, message: "an R*Tree's node has no room", path: connection.path)
    }
    try self.init(
      capacity: capacity, nodeByteCount: nodeByteCount,
      putNode: connection.prepare("INSERT OR REPLACE INTO \"\(table)_node\" (nodeno, data) VALUES (?1, ?2)"),
      putParent: connection.prepare("INSERT INTO \"\(table)_parent\" (nodeno, parentnode) VALUES (?1, ?2)"),
      putRow: connection.prepare("INSERT INTO \"\(table)_rowid\" (rowid, nodeno) VALUES (?1, ?2)"),
      reparent: connection.prepare("UPDATE \"\(table)_parent\" SET parentnode = \(Self.rootNumber) WHERE nodeno = ?1"),
      rehome: connection.prepare("UPDATE \"\(table)_rowid\" SET nodeno = \(Self.rootNumber) WHERE rowid = ?1"))
  }

  /// Takes the cell of a feature.
  mutating func add(leaf cell: [UInt8]) throws(SQLiteError) {
    let feature = cell[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let node = try add(cell, IndexBox(cell: cell), level: 0)
    try putRow.bind(Int64(bitPattern: feature), at: 1)
    try putRow.bind(node, at: 2)
    try putRow.run()
  }

  /// Adds a cell to the node of a level, which a full one makes way for; the number of the node that has it now.
  private mutating func add(_ cell: [UInt8], _ box: IndexBox, level: Int) throws(SQLiteError) -> Int64 {
    if level == levels.count {
      levels.append(newNode())
    } else if levels[level].count == capacity {
      try close(level)
      levels[level] = newNode()
    }
    levels[level].add(cell, box)
    return levels[level].number
  }

  private mutating func newNode() -> IndexNode {
    defer { nextNumber += 1 }
    return IndexNode(number: nextNumber, byteCount: nodeByteCount)
  }

  /// Writes the node of a level and tells the level above.
  private mutating func close(_ level: Int) throws(SQLiteError) {
    let node = levels[level]
    guard let box = node.box else { return }
    try put(node.number, node.data(depth: 0, byteCount: nodeByteCount))
    var cell: [UInt8] = []
    box.appendCell(UInt64(bitPattern: node.number), to: &cell)
    let parent = try add(cell, box, level: level + 1)
    try putParent.bind(node.number, at: 1)
    try putParent.bind(parent, at: 2)
    try putParent.run()
  }

  private func put(_ number: Int64, _ data: [UInt8]) throws(SQLiteError) {
    try putNode.bind(number, at: 1)
    try putNode.bind(blob: data, at: 2)
    try putNode.run()
  }

  /// Writes what is not full, level by level; the last node is the root, which has a number of its own.
  consuming func finish() throws(SQLiteError) {
    guard !levels.isEmpty else { return }
    var level = 0
    while level + 1 < levels.count {
      try close(level)
      level += 1
    }
    let root = levels[level].data(depth: level, byteCount: nodeByteCount)
    try put(Self.rootNumber, root)
    for index in 0..<levels[level].count {
      let start = IndexNode.headByteCount + index * 24
      let child = root[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if level == 0 {
        try rehome.bind(Int64(bitPattern: child), at: 1)
        try rehome.run()
      } else {
        try reparent.bind(Int64(bitPattern: child), at: 1)
        try reparent.run()
      }
    }
  }
}
