import Arguments

/// The file that `--plot` names.
enum PlotFile {
  /// Its path, where it ends as one of the forms that there are.
  static func path(_ arguments: ParsedArguments, forms: [String]) throws(ArgumentError) -> String? {
    guard let path = arguments.string("plot") else { return nil }
    if forms.contains(where: { path.hasSuffix(".\($0)") && path.count > $0.count + 1 }) { return path }
    let expected = "--plot: expected a file that ends with \(forms.map { "." + $0 }.joined(separator: " or ")), found \"\(path)\""
    guard path.hasSuffix(".png") else { throw ArgumentError(expected) }
    let svg = path.dropLast(4) + ".svg"
    throw ArgumentError("\(expected); write \(svg), of which `rsvg-convert --zoom 2 \(svg) --output \(path)` makes a PNG")
  }
}
