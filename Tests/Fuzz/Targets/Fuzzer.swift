/// One reader of bytes from outside, and what must hold of it whatever the bytes are.
///
/// To add one: a type that conforms, and its name in `all`.
package protocol Fuzzer: SendableMetatype {
  /// Its name on the command line, and that of its corpus.
  static var name: String { get }

  /// Inputs to begin with, by name: valid ones, and what is hard by hand.
  static func seeds() throws -> [(name: String, bytes: [UInt8])]

  /// - Parameter channel: What bytes go through between being written and being read again; a test damages them there, to see that
  ///   it is found.
  init(channel: @escaping Channel) throws

  /// Reads one input.
  ///
  /// - Returns: Whether it was taken for what it should be, wholly or in part.
  /// - Throws: `Violation` where something does not hold.
  func check(_ input: [UInt8]) throws -> Bool
}

package typealias Channel = ([UInt8]) -> [UInt8]

/// Every fuzzer there is.
package enum Fuzzers {
  package static let all: [any Fuzzer.Type] = [
    DecodeFuzzer.self, WireFuzzer.self, JournalFuzzer.self, ConfigurationFuzzer.self, SnapshotFuzzer.self,
  ]
}
