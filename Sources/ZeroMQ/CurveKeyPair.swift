import CZeroMQ

/// A key pair of CurveZMQ. Only its public half is ever printed.
package struct CurveKeyPair: Equatable, Sendable, CustomStringConvertible {
  package let publicKey: CurveKey
  /// 40 characters of Z85 that nobody else may see.
  package let secretKeyText: String

  package var description: String { "key pair \(publicKey)" }

  /// A fresh pair.
  /// - Throws: `ZeroMQError` where libzmq was built without CURVE.
  package static func generate() throws(ZeroMQError) -> CurveKeyPair {
    var publicText = [CChar](repeating: 0, count: CurveKey.characterCount + 1)
    var secretText = publicText
    guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else { throw .last("make a key pair") }
    guard let key = CurveKey(text(publicText)) else { throw ZeroMQError(operation: "make a key pair", number: EINVAL) }
    return CurveKeyPair(publicKey: key, secretKeyText: text(secretText))
  }

  /// The pair of a secret key; nil where the text is none.
  package init?(secretKeyText: String) {
    guard CurveKey.bytes(secretKeyText) != nil else { return nil }
    var publicText = [CChar](repeating: 0, count: CurveKey.characterCount + 1)
    guard unsafe zmq_curve_public(&publicText, secretKeyText) == 0, let key = CurveKey(Self.text(publicText)) else { return nil }
    self.init(publicKey: key, secretKeyText: secretKeyText)
  }

  private init(publicKey: CurveKey, secretKeyText: String) {
    self.publicKey = publicKey
    self.secretKeyText = secretKeyText
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
