import Foundation
import TestSupport

/// A table of the shared data's `scan` folder.
enum ScanFile {
  /// Rows of cells, without the quotes; `nil`, said aloud, where the file is absent.
  static func rows(_ name: String, separatedBy isSeparator: (Character) -> Bool) throws -> [[String]]? {
    guard let file = SharedData.files(in: "scan", suffix: name).first else { return nil }
    let text = String(decoding: try SharedData.bytes(file), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map { line in
      line.split(whereSeparator: isSeparator).map { $0.trimmingCharacters(in: ["\""]) }
    }
  }

  /// A table with a header, by column.
  static func columns(_ name: String) throws -> [String: [String]]? {
    guard let rows = try rows(name, separatedBy: { $0 == "," }), let header = rows.first else { return nil }
    return Dictionary(
      uniqueKeysWithValues: header.enumerated().map { at, title in (title, rows.dropFirst().map { $0[at] }) })
  }
}

extension [String: [String]] {
  func numbers(_ title: String) -> [Double] { self[title, default: []].compactMap(Double.init) }
}

/// Equal to six decimals, as published figures are.
func isPublished(_ value: Double, _ figure: Double) -> Bool { abs(value - figure) <= 5.1e-7 }
