import Reports

/// A box in the numbers of an R*Tree: single precision, rounded outwards so that nothing is missed.
struct IndexBox: Equatable {
  var minX: Float
  var maxX: Float
  var minY: Float
  var maxY: Float

  init(_ extent: BoundingBox) {
    minX = Self.below(extent.westE7)
    maxX = Self.above(extent.eastE7)
    minY = Self.below(extent.southE7)
    maxY = Self.above(extent.northE7)
  }

  /// Of a cell in a node.
  init(cell: [UInt8]) {
    func number(_ start: Int) -> Float {
      Float(bitPattern: cell[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
    }
    (minX, maxX, minY, maxY) = (number(8), number(12), number(16), number(20))
  }

  private static func below(_ valueE7: Int32) -> Float {
    let value = Double(valueE7) / 1e7
    let rounded = Float(value)
    return Double(rounded) > value ? rounded.nextDown : rounded
  }

  private static func above(_ valueE7: Int32) -> Float {
    let value = Double(valueE7) / 1e7
    let rounded = Float(value)
    return Double(rounded) < value ? rounded.nextUp : rounded
  }

  mutating func formUnion(_ other: IndexBox) {
    minX = min(minX, other.minX)
    maxX = max(maxX, other.maxX)
    minY = min(minY, other.minY)
    maxY = max(maxY, other.maxY)
  }

  /// The form that a node has it in: big-endian, its feature or node first.
  func appendCell(_ identifier: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: identifier >> UInt64(shift))) }
    for number in [minX, maxX, minY, maxY] {
      let bits = number.bitPattern
      for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
    }
  }
}
