/// Draws a picture in SVG 1.1 that stands alone: no script, no link, no font but the viewer's.
package struct SVGCanvas: Sendable {
  package let width: Double
  package let height: Double
  private var body = ""

  package init(width: Double, height: Double) {
    (self.width, self.height) = (width, height)
    rectangle(0, 0, width, height, fill: "#ffffff")
  }

  /// Text that is markup to nobody; what is not allowed in XML (XML 1.0, 2.2) or turns the direction of writing is left out.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in harmless(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{fffe}", "\u{ffff}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  package static func number(_ value: Double) -> String {
    let text = Words.fixed(value, decimals: 2)
    return text.contains(",") ? text.filter { $0 != "," } : text
  }

  package mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, title: String? = nil)
  {
    element("rect", [("x", x), ("y", y), ("width", max(0, width)), ("height", max(0, height))], "fill=\"\(fill)\"", title)
  }

  package mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, opacity: Double = 1, title: String? = nil)
  {
    element("circle", [("cx", x), ("cy", y), ("r", radius)], "fill=\"\(fill)\" fill-opacity=\"\(Self.number(opacity))\"", title)
  }

  package mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1) {
    element(
      "line", [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)], "stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\"", nil
    )
  }

  package mutating func outline(_ x: Double, _ y: Double, _ width: Double, _ height: Double, stroke: String) {
    element(
      "rect", [("x", x), ("y", y), ("width", max(0, width)), ("height", max(0, height))], "fill=\"none\" stroke=\"\(stroke)\"",
      nil)
  }

  package mutating func polyline(_ points: [(x: Double, y: Double)], stroke: String, width: Double = 1.5) {
    let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body += "<polyline points=\"\(text)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\"/>\n"
  }

  package enum Anchor: String, Sendable { case start, middle, end }

  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 12, anchor: Anchor = .start, fill: String = "#222222"
  ) {
    body +=
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" text-anchor=\"\(anchor.rawValue)\" "
      + "fill=\"\(fill)\">\(Self.escaped(text))</text>\n"
  }

  private mutating func element(_ name: String, _ numbers: [(String, Double)], _ more: String, _ title: String?) {
    let attributes = numbers.map { "\($0)=\"\(Self.number($1))\"" }.joined(separator: " ")
    let end = title.map { "><title>\(Self.escaped($0))</title></\(name)>" } ?? "/>"
    body += "<\(name) \(attributes) \(more)\(end)\n"
  }

  /// The picture as an element, to stand in HTML.
  package var element: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" "
      + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\" font-family=\"sans-serif\">\n\(body)</svg>\n"
  }

  /// The picture as a file.
  package var file: [UInt8] { Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(element)".utf8) }
}
