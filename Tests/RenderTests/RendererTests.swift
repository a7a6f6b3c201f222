import Render
import Reports
import Testing

/// Renders a table and compares it with the text expected.
private func check(
  _ table: Table, _ format: OutputFormat, width: Int? = nil, color: Bool = false, _ expected: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let bytes = Renderer(format: format, width: width, allowsColor: color).render(table)
  // By bytes: strings that are canonically equivalent are equal.
  #expect(
    bytes == Array(expected.utf8), "\(String(decoding: bytes, as: UTF8.self).debugDescription)", sourceLocation: sourceLocation)
}

private func check(_ cell: Cell, json: String, csv: String, table: String, sourceLocation: SourceLocation = #_sourceLocation) {
  let one = Samples.oneColumn(cell)
  check(one, .ndjson, "{\"x\":\(json)}\n", sourceLocation: sourceLocation)
  check(one, .csv, "x\r\n\(csv)\r\n", sourceLocation: sourceLocation)
  check(one, .table, "x\n\(table)\n", sourceLocation: sourceLocation)
}

struct RendererTests {
  @Test func formatsAreNamedAsOnTheCommandLine() {
    #expect(OutputFormat.allCases.map(\.rawValue) == ["table", "json", "ndjson", "csv", "geojson"])
  }

  @Test func withoutRows() {
    let empty = Samples.table([])
    check(empty, .table, "")
    check(empty, .json, "[]\n")
    check(empty, .ndjson, "")
    check(empty, .csv, "id,time,latitude,longitude,west,south,east,north,reportCount,score,keywords\r\n")
    check(empty, .geojson, "{\"type\":\"FeatureCollection\",\"features\":[]}\n")
  }

  @Test func everyKindOfCell() {
    let first =
      #"{"id":"a1","time":"2015-02-10T13:05:59Z","place":{"type":"Point","coordinates":[-71.0589,42.3601]},"#
      + #""box":[-71.06,42.3000001,-71,42.4],"reportCount":18446744073709551615,"score":0.5,"keywords":["storm","power cut"]}"#
    let second = #"{"id":"b","time":null,"place":null,"box":null,"reportCount":7,"score":null,"keywords":[]}"#
    check(Samples.two, .json, "[\n\(first),\n\(second)\n]\n")
    check(Samples.two, .ndjson, "\(first)\n\(second)\n")
    check(
      Samples.two, .csv,
      "id,time,latitude,longitude,west,south,east,north,reportCount,score,keywords\r\n"
        + "a1,2015-02-10T13:05:59Z,42.3601,-71.0589,-71.06,42.3000001,-71,42.4,18446744073709551615,0.5,\"storm, power cut\"\r\n"
        + "b,,,,,,,,7,,\r\n")
    check(
      Samples.two, .geojson,
      """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","id":"a1","bbox":[-71.06,42.3000001,-71,42.4],"geometry":{"type":"Point",\
      "coordinates":[-71.0589,42.3601]},"properties":{"time":"2015-02-10T13:05:59Z",\
      "reportCount":18446744073709551615,"score":0.5,"keywords":["storm","power cut"]}},
      {"type":"Feature","id":"b","geometry":null,"properties":{"time":null,"reportCount":7,"score":null,"keywords":[]}}
      ]}

      """)
    check(
      Samples.two, .table,
      """
      ID  Time               Place                             Reports  score  Keywords
      a1  2015-02-10 13:05Z  42.36010, -71.05890  18446744073709551615    0.5  storm, power cut
      b                                                              7

      """)
  }

  @Test func cells() {
    check(.text(""), json: #""""#, csv: #""""#, table: "")
    check(.text("a \"b\""), json: #""a \"b\"""#, csv: #""a ""b""""#, table: "a \"b\"")
    check(.integer(0), json: "0", csv: "0", table: "0")
    check(.number(1), json: "1.0", csv: "1.0", table: "1.0")
    check(.number(-0.1), json: "-0.1", csv: "-0.1", table: "-0.1")
    check(.number(.infinity), json: "null", csv: #""""#, table: "")
    check(.words(["a"]), json: #"["a"]"#, csv: "a", table: "a")
    check(.missing, json: "null", csv: #""""#, table: "")
    check(
      .time(Timestamp(microseconds: -1)), json: #""1969-12-31T23:59:59.999999Z""#, csv: "1969-12-31T23:59:59.999999Z",
      table: "1969-12-31 23:59Z")
  }

  @Test func degreesAreExactOutsideTheTable() {
    func check(_ latitudeE7: Int32, _ longitudeE7: Int32, _ latitude: String, _ longitude: String, _ table: String) {
      RenderTests.check(
        .place(Coordinate(latitudeE7: latitudeE7, longitudeE7: longitudeE7)),
        json: "{\"type\":\"Point\",\"coordinates\":[\(longitude),\(latitude)]}", csv: "\"\(latitude), \(longitude)\"",
        table: table)
    }
    check(0, 0, "0", "0", "0.00000, 0.00000")
    check(1, -1, "0.0000001", "-0.0000001", "0.00000, 0.00000")
    check(50, -50, "0.000005", "-0.000005", "0.00001, -0.00001")
    check(49, -149, "0.0000049", "-0.0000149", "0.00000, -0.00001")
    check(900_000_000, -1_800_000_000, "90", "-180", "90.00000, -180.00000")
    check(100_000_000, 5_000_000, "10", "0.5", "10.00000, 0.50000")
    check(899_999_999, .min, "89.9999999", "-214.7483648", "90.00000, -214.74836")
  }

  @Test func formulasBecomeText() {
    for start in ["=", "+", "-", "@"] {
      check(Samples.oneColumn(.text(start + "1")), .csv, "x\r\n'\(start)1\r\n")
      check(Samples.oneColumn(.words([start, "b"])), .csv, "x\r\n\"'\(start), b\"\r\n")
      check(Samples.oneColumn(.text("1" + start)), .csv, "x\r\n1\(start)\r\n")
    }
    check(Samples.oneColumn(.text("\t=1")), .csv, "x\r\n'\t=1\r\n")
    check(Samples.oneColumn(.text("\r=1")), .csv, "x\r\n\"'\r=1\"\r\n")
    check(Samples.oneColumn(.text("\r\n=1")), .csv, "x\r\n\"'\r\n=1\"\r\n")
    // A mark joins the sign to one character.
    check(Samples.oneColumn(.text("=\u{301}1")), .csv, "x\r\n'=\u{301}1\r\n")
  }

  @Test func controlsAreEscapedInJSON() {
    let text = "\u{0}\u{1b}[31m\u{7f}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2028}\u{2029}\u{2066}\u{2069}…漢\u{2065}"
    let escaped =
      #"\u0000\u001b[31m\u007f\u009b\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069…漢"# + "\u{2065}"
    check(Samples.oneColumn(.text(text)), .ndjson, "{\"x\":\"\(escaped)\"}\n")
    check(Samples.oneColumn(.words([text])), .json, "[\n{\"x\":[\"\(escaped)\"]}\n]\n")
    check(
      Samples.oneColumn(.missing, named: "\u{202e}"), .geojson,
      "{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"geometry\":null,"
        + "\"properties\":{\"\\u202e\":null}}\n]}\n")
  }

  @Test func controlsAreVisibleInATerminal() {
    func check(_ text: String, _ expected: String) {
      #expect(Array(harmless(text).utf8) == Array(expected.utf8))
      RenderTests.check(Samples.oneColumn(.text(text)), .table, "x\n\(expected)\n")
      RenderTests.check(Samples.oneColumn(.words([text])), .table, "x\n\(expected)\n")
    }
    check("plain 漢 é", "plain 漢 é")
    check("\u{1b}]0;title\u{7}", #"\u{1b}]0;title\u{7}"#)
    check("a\r\nb\tc", #"a\u{d}\u{a}b\u{9}c"#)
    check("\u{9b}2J\u{7f}\u{85}", #"\u{9b}2J\u{7f}\u{85}"#)
    check("\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}", #"\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}"#)
    check("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#)
    check("e\u{301}\u{1b}", "e\u{301}\\u{1b}")
  }

  @Test func allControlsAreHarmless() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isControl =
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .lineSeparator
        || scalar.properties.generalCategory == .paragraphSeparator || scalar.properties.isBidiControl
      #expect(harmless(String(scalar)).hasPrefix("\\u{") == isControl, "U+\(String(value, radix: 16))")
    }
  }
}
