import Engine
import Foundation
import Reports
import TestSupport
import Testing

/// Maps: marks stand where their places lie, and a page loads nothing.
extension StoreCommandTests {
  @Suite struct MapTests {
    /// Incidents at some places, the first one the least usual.
    private func store(_ places: [(latitude: Double, longitude: Double)], keyword: String = "gas smell") throws -> DetectionStore
    {
      try DetectionStore { changes in
        changes.keywords[0].text = Array(keyword.utf8)
        changes.clusters = []
        changes.incidents = places.indices.map { index in
          var incident = DetectionStore.incident(ClusterID(rawValue: UInt64(index + 1) << 60))
          let place = Coordinate(latitude: places[index].latitude, longitude: places[index].longitude)
          incident.centroid = place
          incident.boundingBox = nil
          incident.significance = DetectionStore.significance(27, 3.1, Double(1_000 - index), 40, 30)
          return incident
        }
      }
    }

    /// Where the letters stand: rows from the top, columns from the left.
    private func letters(_ text: String) -> [Character: (row: Int, column: Int)] {
      var found: [Character: (Int, Int)] = [:]
      for (row, line) in text.split(separator: "\n").enumerated() where line.hasPrefix("│") {
        for (column, character) in line.enumerated() where character.isLetter { found[character] = (row, column) }
      }
      return found
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func lettersStandInTheOrderOfTheirPlaces(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      // Far enough apart that no two share a character.
      let rows = (0..<5).map { 42.0 + Double($0) * 0.05 }.shuffled(using: &generator)
      let columns = (0..<5).map { -71.5 + Double($0) * 0.1 }.shuffled(using: &generator)
      let store = try store(zip(rows, columns).map { ($0, $1) })
      let text = try Tocsin.output(["map", "--store", store.path])
      let found = letters(text)
      #expect(found.count == 5, "seed \(seed): \(text)")
      for first in 0..<5 {
        for second in 0..<5 {
          guard let a = found[Character(UnicodeScalar(UInt8(65 + first)))],
            let b = found[Character(UnicodeScalar(UInt8(65 + second)))]
          else { continue }
          #expect((a.row < b.row) == (rows[first] > rows[second]), "seed \(seed): \(text)")
          #expect((a.column < b.column) == (columns[first] < columns[second]), "seed \(seed): \(text)")
        }
      }
      // The list below tells what the letters are.
      #expect(text.contains("\nA  \(ClusterID(rawValue: 1 << 60))"), "\(text)")
    }

    @Test func theAntimeridianIsNoEdge() throws {
      let store = try store([(-17, 179.9), (-17.05, -179.9), (-17.1, 179.8)])
      let found = letters(try Tocsin.output(["map", "--store", store.path]))
      let (a, b, c) = (try #require(found["A"]), try #require(found["B"]), try #require(found["C"]))
      #expect(c.column < a.column && a.column < b.column)
    }

    @Test func mapsFitTheTerminalAndUseItsColours() throws {
      let store = try store([(42.3, -71.1), (42.4, -71.0)])
      let result = try PseudoTerminal.run(["map", "--store", store.path], rows: 24, columns: 60)
      let map = result.output.split(separator: "\n").prefix { !$0.contains("└") }
      #expect(result.status == 0 && map.count <= 22 && result.output.contains("\u{1b}[0;1;31mA"), "\(result.output)")
      let plain = try PseudoTerminal.run(["map", "--store", store.path, "--color", "never"], rows: 24, columns: 60)
      #expect(!plain.output.contains("\u{1b}"))
      for line in plain.output.split(separator: "\n").prefix(map.count) { #expect(line.count <= 60) }
    }

    @Test func picturesAreWellFormedAndPagesLoadNothing() throws {
      let hostile = "</title><script src=//x>alert(1)</script>&'\"\u{1b}[2J"
      let store = try store([(42.3, -71.1), (42.4, -71.0), (42.35, -71.05)], keyword: hostile)
      let folder = try TemporaryFolder()
      for name in ["map.svg", "map.html"] {
        #expect(try Tocsin.run(["map", "--store", store.path, "--plot", folder.path(name)]).status == 0)
      }
      let script = """
        import sys, re, html.parser, xml.dom.minidom as dom
        picture = dom.parse(sys.argv[1])
        marks = [c for c in picture.getElementsByTagName("circle") if c.getElementsByTagName("title")]
        assert len(marks) == 3, len(marks)
        # The last drawn is the first of the list: (42.3, -71.1), which lies in the lower left.
        x, y = zip(*[(float(c.getAttribute("cx")), float(c.getAttribute("cy"))) for c in marks])
        assert x[2] == min(x) and y[2] == max(y), (x, y)
        page = open(sys.argv[2], encoding="utf-8").read()
        class Reader(html.parser.HTMLParser):
          tags, loads = [], []
          def handle_starttag(self, tag, attributes):
            self.tags.append(tag)
            self.loads += [v for k, v in attributes if k in ("src", "href", "xlink:href", "srcset", "action", "data")]
        reader = Reader()
        reader.feed(page)
        assert not set(reader.tags) & {"script", "link", "img", "iframe", "object", "base", "a", "form"}, reader.tags
        assert not reader.loads, reader.loads
        assert "default-src 'none'" in page and "url(" not in page and "@import" not in page
        assert set(re.findall("https?://[^ \\"<]+", page)) == {"http://www.w3.org/2000/svg"}
        assert not [c for c in page if ord(c) < 32 and c != "\\n"]
        """
      try Data(script.utf8).write(to: folder.url.appending(path: "script"))
      let child = try Child(
        ["python3", folder.path("script"), folder.path("map.svg"), folder.path("map.html")], errors: folder.path("errors"))
      #expect(child.wait() == 0, "\((try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? "")")
      let gif = try Tocsin.run(["map", "--store", store.path, "--plot", "x.gif"])
      #expect(gif.status == 2 && gif.complaints.contains(".svg or .png or .html"))
      // A file that cannot be written leaves none behind.
      #expect(try Tocsin.run(["map", "--store", store.path, "--plot", folder.path("no/such/map.svg")]).status == 2)
      #expect(try Tocsin.run(["map", "--store", store.path, "--near", "0,0"]).status == 1)
    }
  }
}
