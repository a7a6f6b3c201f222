extension Words {
  /// Numbers as a line of blocks from ▁ to █, the greatest of all the highest; of more numbers than `width` as many as fit, each the
  /// greatest of its neighbours.
  ///
  /// - Parameter greatest: what █ stands for, where lines are to be compared; else the greatest of the numbers.
  package static func sparkline(_ numbers: [Double], width: Int, greatest: Double? = nil) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    let count = min(numbers.count, max(1, width))
    guard count > 0 else { return "" }
    let whole = greatest ?? numbers.filter(\.isFinite).max() ?? 0
    var text = ""
    for index in 0..<count {
      let range = index * numbers.count / count..<(index + 1) * numbers.count / count
      let number = numbers[range].filter(\.isFinite).max()
      guard let number else {
        text.append(" ")
        continue
      }
      let level = whole > 0 ? Int((max(0, min(1, number / whole)) * 7).rounded(.up)) : 0
      text.append(blocks[level])
    }
    return text
  }
}
