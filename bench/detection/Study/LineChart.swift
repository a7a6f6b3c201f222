import Glibc

/// Curves over a logarithmic axis, as SVG: what an AMOC plot is made of.
package struct LineChart: Sendable {
  /// One curve.
  package struct Series: Sendable {
    package var name: String
    package var points: [(x: Double, y: Double)]
    package init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  package var title: String
  package var xTitle: String
  package var yTitle: String
  /// Ends of the axes; x is logarithmic.
  package var xRange: ClosedRange<Double>
  package var yRange: ClosedRange<Double>
  /// Marks on the x axis, with what is written there.
  package var xTicks: [(value: Double, label: String)]
  /// Where a vertical line stands; nil for none.
  package var xMark: Double?
  package var series: [Series] = []

  package init(
    title: String, xTitle: String, yTitle: String, xRange: ClosedRange<Double>, yRange: ClosedRange<Double>,
    xTicks: [(value: Double, label: String)], xMark: Double?
  ) {
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.xRange = xRange
    self.yRange = yRange
    self.xTicks = xTicks
    self.xMark = xMark
  }

  // MARK: Form

  private static let width = 760.0
  private static let height = 470.0
  private static let left = 70.0
  private static let right = 600.0
  private static let top = 50.0
  private static let bottom = 400.0
  /// Told apart by the colour-blind as well (Okabe & Ito 2008), and by their dashes in print.
  private static let styles = [
    (color: "#000000", width: 3.0, dash: ""), (color: "#0072b2", width: 1.8, dash: ""), (color: "#d55e00", width: 1.8, dash: ""),
    (color: "#009e73", width: 1.6, dash: "7 3"), (color: "#cc79a7", width: 1.6, dash: "2 3"),
    (color: "#b8860b", width: 1.6, dash: "9 3 2 3"), (color: "#56b4e9", width: 1.6, dash: "5 2"),
    (color: "#666666", width: 1.6, dash: "1 2"),
  ]

  private func x(_ value: Double) -> Double {
    Self.left + (log(value) - log(xRange.lowerBound)) / (log(xRange.upperBound) - log(xRange.lowerBound))
      * (Self.right - Self.left)
  }

  private func y(_ value: Double) -> Double {
    Self.bottom - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * (Self.bottom - Self.top)
  }

  // MARK: Drawing

  /// The whole picture, 760 × 470.
  package var svg: String {
    let size = "width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\""
    var svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" "
    svg += "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"12\">\n"
    svg += "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    svg += text(title, Self.left, 28, size: 15, weight: "bold")
    svg += axes
    if let xMark, xRange.contains(xMark) {
      svg += line(x(xMark), Self.top, x(xMark), Self.bottom, color: "#888888", dash: "4 4")
    }
    for (index, one) in series.enumerated() { svg += curve(one, Self.styles[index % Self.styles.count]) }
    svg += legend
    return svg + "</svg>\n"
  }

  private var axes: String {
    var svg = ""
    for tick in yTicks {
      svg += line(Self.left, y(tick), Self.right, y(tick), color: "#e2e2e2")
      svg += text(tick.coordinate(tick == tick.rounded() ? 0 : 1), Self.left - 8, y(tick) + 4, anchor: "end")
    }
    for tick in xTicks where xRange.contains(tick.value) {
      svg += line(x(tick.value), Self.top, x(tick.value), Self.bottom, color: "#e2e2e2")
      svg += line(x(tick.value), Self.bottom, x(tick.value), Self.bottom + 5, color: "#333333")
      svg += text(tick.label, x(tick.value), Self.bottom + 20, anchor: "middle")
    }
    svg += line(Self.left, Self.bottom, Self.right, Self.bottom, color: "#333333")
    svg += line(Self.left, Self.top, Self.left, Self.bottom, color: "#333333")
    svg += text(xTitle, (Self.left + Self.right) / 2, Self.bottom + 46, anchor: "middle", size: 13)
    let middle = (Self.top + Self.bottom) / 2
    svg += "<g transform=\"rotate(-90 24 \(middle.coordinate()))\">"
    svg += text(yTitle, 24, middle, anchor: "middle", size: 13) + "</g>\n"
    return svg
  }

  /// Five to ten round values.
  private var yTicks: [Double] {
    let span = yRange.upperBound - yRange.lowerBound
    let step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].first { span / $0 <= 10 } ?? 100
    let first = Int((yRange.lowerBound / step).rounded(.up))
    let last = Int((yRange.upperBound / step).rounded(.down))
    return (first...last).map { Double($0) * step }
  }

  private func curve(_ series: Series, _ style: (color: String, width: Double, dash: String)) -> String {
    let visible = series.points.filter { xRange.contains($0.x) && yRange.contains($0.y) }
    guard !visible.isEmpty else { return "" }
    let points = visible.map { "\(x($0.x).coordinate()),\(y($0.y).coordinate())" }.joined(separator: " ")
    let dash = style.dash.isEmpty ? "" : " stroke-dasharray=\"\(style.dash)\""
    return "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(style.color)\" stroke-width=\"\(style.width)\"\(dash) "
      + "stroke-linejoin=\"round\"/>\n"
  }

  private var legend: String {
    series.enumerated().map { index, one in
      let style = Self.styles[index % Self.styles.count]
      let height = Self.top + 14 + Double(index) * 22
      return line(
        Self.right + 18, height, Self.right + 52, height, color: style.color, dash: style.dash, width: style.width)
        + text(one.name, Self.right + 60, height + 4)
    }.joined()
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, dash: String = "", width: Double = 1
  ) -> String {
    let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    return "<line x1=\"\(x1.coordinate())\" y1=\"\(y1.coordinate())\" x2=\"\(x2.coordinate())\" y2=\"\(y2.coordinate())\" "
      + "stroke=\"\(color)\" stroke-width=\"\(width)\"\(dashes)/>\n"
  }

  private func text(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "start", size: Int = 12, weight: String = "normal"
  ) -> String {
    let safe = text.map { $0 == "&" ? "&amp;" : $0 == "<" ? "&lt;" : $0 == ">" ? "&gt;" : String($0) }.joined()
    return "<text x=\"\(x.coordinate())\" y=\"\(y.coordinate())\" text-anchor=\"\(anchor)\" font-size=\"\(size)\" "
      + "font-weight=\"\(weight)\" fill=\"#222222\">\(safe)</text>\n"
  }
}
