/// Squares of 1, 2, 4, … cells a side over a square grid, each half a side from the next.
package struct SquareWindows: Sendable {
  /// A square by its first row, first column and side, in cells.
  package struct Square: Sendable, Equatable {
    package let row: Int
    package let column: Int
    package let side: Int
  }

  package let gridSide: Int
  package let squares: [Square]

  /// - Parameter maximumSide: 1 for single cells; a square that sticks out of the grid is moved back into it.
  package init(gridSide: Int, maximumSide: Int) {
    precondition(gridSide > 0 && maximumSide > 0)
    self.gridSide = gridSide
    var squares: [Square] = []
    var side = 1
    while side <= min(maximumSide, gridSide) {
      let last = gridSide - side
      var starts = Array(stride(from: 0, through: last, by: max(1, side / 2)))
      if starts.last != last { starts.append(last) }
      for row in starts {
        for column in starts { squares.append(Square(row: row, column: column, side: side)) }
      }
      side *= 2
    }
    self.squares = squares
  }

  /// The sum of each square, by a table of sums over the rectangles from the corner.
  /// - Parameter cells: row by row.
  /// - Complexity: O(cells + squares).
  package func sums<Number: Numeric>(of cells: [Number]) -> [Number] {
    precondition(cells.count == gridSide * gridSide)
    let width = gridSide + 1
    var corner = [Number](repeating: 0, count: width * width)
    for row in 0..<gridSide {
      var line: Number = 0
      for column in 0..<gridSide {
        line += cells[row * gridSide + column]
        corner[(row + 1) * width + column + 1] = corner[row * width + column + 1] + line
      }
    }
    return squares.map { square in
      let (top, left) = (square.row * width, square.column)
      let (bottom, right) = (top + square.side * width, left + square.side)
      return corner[bottom + right] - corner[top + right] - corner[bottom + left] + corner[top + left]
    }
  }
}
