import Reports
import Testing

@Suite struct SipHashTests {
  private let key = SipHash.Key(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)

  private func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash = SipHash(key: key, compressionRounds: 2, finalizationRounds: 4)
    hash.combine(bytes.span)
    return hash.finish()
  }

  /// The vectors that the authors publish for SipHash-2-4: bytes 0, 1, 2 … under the key 00 … 0f.
  @Test func givesThePublishedVectors() {
    #expect(hash([]) == 0x726f_db47_dd0e_0e31)
    #expect(hash([0]) == 0x74f8_39c5_93dc_67fd)
    #expect(hash((0..<8).map { $0 }) == 0x93f5_f579_9a93_2462)
    #expect(hash((0..<15).map { $0 }) == 0xa129_ca61_49be_45e5)
    #expect(hash((0..<63).map { $0 }) == 0x958a_324c_eb06_4572)
  }

  @Test func doesNotDependOnHowTheBytesAreCut() {
    let bytes = (0..<40).map { UInt8($0) }
    for cut in 0...40 {
      var parts = SipHash(key: key, compressionRounds: 2, finalizationRounds: 4)
      parts.combine(bytes.span.extracting(0..<cut))
      parts.combine(bytes.span.extracting(cut..<40))
      #expect(parts.finish() == hash(bytes))
    }
  }
}
