import Glibc
import Render
import Reports

/// A map as a picture, and as a page that holds the picture and its list: no script, no link, nothing to load.
enum MapPlot {
  private static let (longest, margin, bottom) = (900.0, 20.0, 40.0)

  static func canvas(_ marks: [MapMark], background: [Coordinate], _ projection: MapProjection) -> SVGCanvas {
    let width = projection.ratio >= 1 ? longest : max(200, longest * projection.ratio)
    let height = projection.ratio >= 1 ? max(200, longest / projection.ratio) : longest
    var canvas = SVGCanvas(width: width + 2 * margin, height: height + margin + bottom)
    func point(_ place: Coordinate) -> (x: Double, y: Double) {
      let point = projection.point(place)
      return (margin + point.x * width, margin + point.y * height)
    }
    canvas.outline(margin, margin, width, height, stroke: "#bbbbbb")
    for place in background {
      let (x, y) = point(place)
      canvas.circle(x, y, radius: 1.5, fill: "#bbbbbb")
    }
    let greatest = Double(max(1, marks.map(\.reportCount).max() ?? 1))
    for mark in marks.reversed() {
      let (x, y) = point(mark.place)
      let color = mark.isAlerted ? "#d1495b" : "#e0a030"
      if let box = mark.box {
        // A box may reach further than its middle: what is outside stays outside.
        func inside(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
          (min(max(point.x, margin), margin + width), min(max(point.y, margin), margin + height))
        }
        let first = inside(point(Coordinate(latitudeE7: box.northE7, longitudeE7: box.westE7)))
        let last = inside(point(Coordinate(latitudeE7: box.southE7, longitudeE7: box.eastE7)))
        if last.x > first.x { canvas.outline(first.x, first.y, last.x - first.x, last.y - first.y, stroke: color) }
      }
      // The area tells the reports.
      let radius = 4 + 16 * (Double(mark.reportCount) / greatest).squareRoot()
      canvas.circle(x, y, radius: radius, fill: color, opacity: 0.6, title: mark.says)
      if let letter = mark.letter { canvas.text(String(letter), x, y + 4, size: 11, anchor: .middle) }
    }
    let scale = projection.scale
    let y = margin + height + 18
    canvas.line(margin, y, margin + scale.share * width, y, stroke: "#222222", width: 2)
    canvas.text(scale.text, margin + scale.share * width + 8, y + 4, size: 12)
    return canvas
  }

  static func page(_ marks: [MapMark], _ canvas: SVGCanvas, title: String) -> [UInt8] {
    let rows = marks.map { "<tr><td>\($0.letter.map(String.init) ?? "")</td><td>\(SVGCanvas.escaped($0.says))</td></tr>\n" }
    let style = "body{font-family:sans-serif;margin:1.5rem;color:#222}svg{max-width:100%;height:auto}td{padding:.1rem .6rem}"
    return Array(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(SVGCanvas.escaped(title))</title>
      <style>\(style)</style>
      </head>
      <body>
      <h1>\(SVGCanvas.escaped(title))</h1>
      \(canvas.element)<table>
      \(rows.joined())</table>
      </body>
      </html>

      """.utf8)
  }
}
