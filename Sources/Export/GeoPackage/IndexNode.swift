/// One node of an R*Tree while it is filled.
struct IndexNode {
  /// The depth of the tree, which only the root says, and the number of cells.
  static let headByteCount = 4

  let number: Int64
  private(set) var count = 0
  private(set) var box: IndexBox?
  private var bytes: [UInt8]

  init(number: Int64, byteCount: Int) {
    self.number = number
    bytes = [0, 0, 0, 0]
    bytes.reserveCapacity(byteCount)
  }

  mutating func add(_ cell: [UInt8], _ cellBox: IndexBox) {
    bytes += cell
    count += 1
    if box == nil { box = cellBox } else { box?.formUnion(cellBox) }
  }

  /// What the table holds: as long as every node.
  func data(depth: Int, byteCount: Int) -> [UInt8] {
    var data = bytes
    (data[0], data[1]) = (UInt8(depth >> 8), UInt8(depth & 0xff))
    (data[2], data[3]) = (UInt8(count >> 8), UInt8(count & 0xff))
    data += repeatElement(0, count: byteCount - data.count)
    return data
  }
}
