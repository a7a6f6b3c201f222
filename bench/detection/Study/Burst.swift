/// Something that happens: further reports in some cells, from its onset on.
package struct Burst: Sendable {
  /// How far it spreads.
  package enum Size: Int, CaseIterable, Sendable {
    /// One cell.
    case one = 1
    /// Three by three cells.
    case nine = 9
    /// Seven by seven cells without their corners: no window of any detector fits.
    case fortyFive = 45

    /// Rows and columns that it takes.
    package var span: Int {
      switch self {
      case .one: 1
      case .nine: 3
      case .fortyFive: 7
      }
    }
  }

  /// Indices of its cells in a bin's counts.
  package let cells: [Int]
  /// Mean further reports a bin and cell.
  package let intensity: Double
  private var random: Random

  /// A burst at a random place of a grid of `side` × `side` cells.
  package init(_ size: Size, intensity: Double, side: Int, seed: UInt64) {
    random = Random(seed: seed, stream: 3)
    self.intensity = intensity
    let span = size.span
    let row = random.below(side - span + 1)
    let column = random.below(side - span + 1)
    var cells: [Int] = []
    for y in 0..<span {
      for x in 0..<span {
        let isCorner = (y == 0 || y == span - 1) && (x == 0 || x == span - 1)
        if size == .fortyFive, isCorner { continue }
        cells.append((row + y) * side + column + x)
      }
    }
    self.cells = cells
  }

  /// Adds one bin of it to a bin's counts.
  package mutating func add(to counts: inout [Int]) {
    for cell in cells { counts[cell] += random.poisson(intensity) }
  }

  /// Mean further reports a bin and cell: so many that detectors take two to four bins, for the mean delay tells nothing
  /// where all are immediate or none finds it.
  package static func intensity(_ size: Size, _ null: Null) -> Double {
    switch (size, null) {
    case (.one, .clumped): 8.5
    case (.one, _): 3.4
    case (.nine, .clumped): 2.1
    case (.nine, _): 0.85
    case (.fortyFive, .clumped): 1.0
    case (.fortyFive, _): 0.36
    }
  }
}
