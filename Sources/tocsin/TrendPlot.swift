import Archive
import Render
import Reports

/// A trend as a picture: a bar for each stretch, a line for what is usual.
enum TrendPlot {
  private static let (width, height, left, right, top, bottom) = (960.0, 360.0, 56.0, 16.0, 44.0, 48.0)

  static func svg(_ trend: Trend, title: String) -> [UInt8] {
    var canvas = SVGCanvas(width: width, height: height)
    let bins = trend.bins
    let greatest = max(1, bins.map { max(Double($0.count.reportCount), $0.usualCount ?? 0) }.max() ?? 1)
    let (inner, tall) = (width - left - right, height - top - bottom)
    let step = inner / Double(max(1, bins.count))
    func y(_ value: Double) -> Double { top + tall * (1 - value / greatest) }
    canvas.text(title, left, 24, size: 15)
    for share in [0.0, 0.5, 1.0] {
      canvas.line(left, y(greatest * share), width - right, y(greatest * share), stroke: "#dddddd")
      canvas.text(Words.significant(greatest * share, digits: 3), left - 6, y(greatest * share) + 4, size: 11, anchor: .end)
    }
    for (index, bin) in bins.enumerated() {
      let count = Double(bin.count.reportCount)
      let usual = bin.usualCount.map { ", usually \(Words.estimate($0))" } ?? ""
      canvas.rectangle(
        left + Double(index) * step + step * 0.08, y(count), step * 0.84, tall + top - y(count), fill: "#4878a8",
        title: "\(bin.start): \(Words.quantity(count, "report"))\(usual)")
    }
    // The line is broken where nobody knows what is usual.
    var points: [(x: Double, y: Double)] = []
    for (index, bin) in bins.enumerated() {
      if let usual = bin.usualCount {
        points.append((left + (Double(index) + 0.5) * step, y(usual)))
      } else if !points.isEmpty {
        canvas.polyline(points, stroke: "#d1495b")
        points = []
      }
    }
    if !points.isEmpty { canvas.polyline(points, stroke: "#d1495b") }
    let labelStep = max(1, (bins.count + 7) / 8)
    for index in stride(from: 0, to: bins.count, by: labelStep) {
      let text = bins[index].start.description
      // The last one has room, too.
      let x = min(left + Double(index) * step, width - 70)
      canvas.text(String(text.prefix(10)), x, height - bottom + 16, size: 11)
      canvas.text(String(text.dropFirst(11).prefix(5)) + "Z", x, height - bottom + 30, size: 11)
    }
    canvas.rectangle(width - 250, 14, 12, 12, fill: "#4878a8")
    canvas.text("reports", width - 232, 24, size: 12)
    canvas.line(width - 170, 20, width - 150, 20, stroke: "#d1495b", width: 2)
    canvas.text("usual by the baseline", width - 146, 24, size: 10)
    return canvas.file
  }
}
