package import Journal
import Platform
package import Reports

/// Who a store is, and the secrets that its hashes are keyed with. Made once, in a file that only its owner can read.
package struct StoreIdentity: Equatable, Sendable {
  /// A random number that marks the store's files as belonging together.
  package let journalID: StoreID
  /// Keys the hashes of identities, so that nobody can aim for collisions.
  package let identityKey: SipHash.Key
  /// Keys the hashes of reporters, so that they cannot be guessed back.
  package let reporterKey: SipHash.Key

  package init(journalID: StoreID, identityKey: SipHash.Key, reporterKey: SipHash.Key) {
    self.journalID = journalID
    self.identityKey = identityKey
    self.reporterKey = reporterKey
  }

  private static let byteCount = 48
  private static let heading = "tocsin-store-identity-1 "

  /// Reads a store's identity, or makes one where there is none.
  ///
  /// - Throws: `ServiceError` where the file cannot be read or written, or is malformed.
  package init(layout: StoreLayout) throws(ServiceError) {
    let bytes = try ServiceError.wrapping {
      if !FileSystem.exists(layout.identity) { try Self.make(layout) }
      let file = try File(layout.identity, .read)
      guard let bytes = Self.parse(try file.readAll(limit: 4_096)) else {
        throw ServiceError(
          "\(layout.identity): not a store's identity; restore it from a backup, for the journal's hashes mean nothing without it"
        )
      }
      return bytes
    }
    let words = stride(from: 0, to: Self.byteCount, by: 8).map { start in
      bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    journalID = StoreID(high: words[0], low: words[1])
    identityKey = SipHash.Key(first: words[2], second: words[3])
    reporterKey = SipHash.Key(first: words[4], second: words[5])
  }

  /// Writes a new identity beside its place and moves it there, so that a crash leaves all of it or nothing.
  private static func make(_ layout: StoreLayout) throws {
    guard !FileSystem.exists(layout.journal) else {
      throw ServiceError(
        "\(layout.identity) is missing beside a journal; restore it from a backup, or use another folder with --store")
    }
    let digits = Array("0123456789abcdef".utf8)
    let random = try SecureRandom.bytes(count: byteCount)
    let text = Array(heading.utf8) + random.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] } + [UInt8(ascii: "\n")]
    let temporary = layout.identity + ".new"
    if FileSystem.exists(temporary) { try FileSystem.remove(temporary) }
    let file = try File(temporary, .createExclusively)
    try file.write(text.span, at: 0)
    try file.synchronize()
    try FileSystem.rename(temporary, to: layout.identity)
    try FileSystem.synchronizeDirectory(layout.directory)
  }

  private static func parse(_ text: [UInt8]) -> [UInt8]? {
    let heading = Array(heading.utf8)
    guard text.count == heading.count + 2 * byteCount + 1, text.starts(with: heading), text.last == UInt8(ascii: "\n") else {
      return nil
    }
    let digits = text[heading.count..<text.count - 1].map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard !digits.contains(nil) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
  }
}
