import Arguments
import Export

/// The file that `--plot` names.
enum PlotFile {
  /// Its path, where it ends as one of the forms that there are.
  static func path(_ arguments: ParsedArguments, forms: [String]) throws(ArgumentError) -> String? {
    guard let path = arguments.string("plot") else { return nil }
    if forms.contains(where: { path.hasSuffix(".\($0)") && path.count > $0.count + 1 }) { return path }
    let expected = forms.map { "." + $0 }.joined(separator: " or ")
    throw ArgumentError("--plot: expected a file that ends with \(expected), found \"\(path)\"")
  }

  /// Writes a picture in SVG, or what another program makes of it where the path ends with `.png`: linking what draws it would cost
  /// every command its start.
  static func write(_ svg: [UInt8], to path: String) throws {
    guard path.hasSuffix(".png") else { return try OutputFile.write(svg, to: path) }
    var file = try OutputFile(path, replaces: true)
    try file.write(svg, through: ["rsvg-convert", "--zoom", "2", "--format", "png"], ofPackage: "librsvg2-bin")
    try file.finish()
  }
}
