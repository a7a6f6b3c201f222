package import Render

/// Writes one layer as text, a few hundred rows at a time.
package struct TextWriter: FeatureWriter, ~Copyable {
  private static let rowCount = 512

  private let format: TextFormat
  private let write: ([UInt8]) throws -> Void
  private let done: () throws -> Void
  private var layer: Layer?
  private var rows: [[Cell]] = []
  private var features: FeatureLines
  private var isFirst = true

  /// - Parameters:
  ///   - write: Takes the bytes in their order.
  ///   - done: Called after the last of them.
  package init(_ format: TextFormat, write: @escaping ([UInt8]) throws -> Void, done: @escaping () throws -> Void) {
    self.format = format
    self.write = write
    self.done = done
    features = FeatureLines(isSequence: format == .geojsonseq)
  }

  package mutating func begin(_ layer: Layer) throws {
    precondition(self.layer == nil, "a text holds one layer")
    self.layer = layer
    if format == .csv { try write(Renderer(format: .csv).render(layer.table)) }
    if format == .geojson { try write(features.opening) }
  }

  package mutating func add(_ row: [Cell], _ shape: Shape?) throws {
    if format == .geojson || format == .geojsonseq { features.note(shape) }
    rows.append(row)
    if rows.count == Self.rowCount { try flush() }
  }

  private mutating func flush() throws {
    guard let layer, !rows.isEmpty else { return }
    switch format {
    case .ndjson: try write(Renderer(format: .ndjson).render(layer.table(of: rows)))
    case .csv:
      let renderer = Renderer(format: .csv)
      let header = renderer.render(layer.table).count
      try write(Array(renderer.render(layer.table(of: rows.map { $0.map(\.plain) })).dropFirst(header)))
    case .geojson, .geojsonseq: try write(features.lines(rows, of: layer))
    }
    rows.removeAll(keepingCapacity: true)
  }

  package mutating func end() throws {
    try flush()
    if format == .geojson { try write(features.closing) }
  }

  package mutating func finish() throws { try done() }
}

extension Layer {
  fileprivate func table(of rows: [[Cell]]) -> Table {
    var table = table
    for row in rows { table.append(row) }
    return table
  }
}

extension Cell {
  /// The same with texts that no terminal obeys and no reader ends early.
  fileprivate var plain: Cell {
    switch self {
    case .text(let text): .text(plainText(text))
    case .words(let words): .words(words.map { plainText($0) })
    default: self
    }
  }
}
