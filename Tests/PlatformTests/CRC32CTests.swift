import Platform
import TestSupport
import Testing

@Suite struct CRC32CTests {
  private func check(_ bytes: [UInt8], _ expected: UInt32, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(CRC32C.checksum(bytes.span) == expected, sourceLocation: sourceLocation)
    #expect(CRC32C.tableChecksum(bytes.span) == expected, sourceLocation: sourceLocation)
  }

  /// RFC 3720, appendix B.4.
  @Test func vectorsOfTheStandard() {
    check([], 0)
    check(Array("123456789".utf8), 0xe306_9283)
    check(Array(repeating: 0, count: 32), 0x8a91_36aa)
    check(Array(repeating: 0xff, count: 32), 0x62a8_ab43)
    check(Array(0..<32), 0x46dd_794e)
    check(Array((0..<32).reversed()), 0x113f_db5c)
    var read: [UInt8] = [0x01, 0xc0] + Array(repeating: 0, count: 14) + [0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14]
    read += [0, 0, 0, 0x18, 0x28] + Array(repeating: 0, count: 7) + [0x02] + Array(repeating: 0, count: 7)
    check(read, 0xd996_3a56)
  }

  @Test(arguments: 0..<32 as Range<UInt64>)
  func instructionAndTableAgree(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<Int.random(in: 0...5000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    let cut = Int.random(in: 0...bytes.count, using: &random)
    let front = bytes.span.extracting(first: cut)
    let back = bytes.span.extracting(droppingFirst: cut)
    let whole = CRC32C.checksum(bytes.span)
    #expect(whole == CRC32C.tableChecksum(bytes.span))
    #expect(whole == CRC32C.checksum(back, continuing: CRC32C.tableChecksum(front)))
    #expect(whole == CRC32C.tableChecksum(back, continuing: CRC32C.checksum(front)))
  }
}
